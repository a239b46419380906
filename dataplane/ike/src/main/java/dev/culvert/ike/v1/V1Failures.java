package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import java.util.Optional;

/** Failures in words: the notify, what it means, and what of ours it refers to. */
public final class V1Failures {
    private V1Failures() {}

    public static FailureKind kindOf(NotifyPayload notify) {
        return notify.type()
                .map(type -> switch (type) {
                    case NO_PROPOSAL_CHOSEN,
                            ATTRIBUTES_NOT_SUPPORTED,
                            INVALID_TRANSFORM_ID,
                            INVALID_PROTOCOL_ID,
                            BAD_PROPOSAL_SYNTAX -> FailureKind.NO_PROPOSAL_CHOSEN;
                    case AUTHENTICATION_FAILED,
                            INVALID_HASH_INFORMATION,
                            INVALID_SIGNATURE,
                            INVALID_CERTIFICATE,
                            INVALID_CERT_AUTHORITY,
                            INVALID_CERT_ENCODING,
                            CERT_TYPE_UNSUPPORTED,
                            CERTIFICATE_UNAVAILABLE -> FailureKind.AUTHENTICATION_FAILED;
                    case INVALID_PAYLOAD_TYPE,
                            DOI_NOT_SUPPORTED,
                            SITUATION_NOT_SUPPORTED,
                            INVALID_COOKIE,
                            INVALID_MAJOR_VERSION,
                            INVALID_MINOR_VERSION,
                            INVALID_FLAGS,
                            INVALID_MESSAGE_ID,
                            INVALID_SPI,
                            PAYLOAD_MALFORMED,
                            INVALID_KEY_INFORMATION,
                            UNEQUAL_PAYLOAD_LENGTHS -> FailureKind.PROTOCOL_ERROR;
                    default -> FailureKind.REFUSED_BY_PEER;
                })
                .orElse(FailureKind.REFUSED_BY_PEER);
    }

    /** As the registry writes it. */
    public static String name(NotifyPayload notify) {
        return NotifyType.nameOf(notify.notifyTypeId());
    }

    /** What the notify means, behind a colon; nothing for one that is not known. */
    public static String meaning(NotifyPayload notify) {
        return notify.type().map(type -> ": " + type.meaning()).orElse("");
    }

    public static Failure of(FailureKind kind, String message) {
        return new Failure(kind, Optional.empty(), message);
    }

    /** The peer's notify, and what is to be said of it. */
    public static Failure notified(NotifyPayload notify, FailureKind kind, String message) {
        return new Failure(kind, Optional.of(name(notify)), message);
    }
}

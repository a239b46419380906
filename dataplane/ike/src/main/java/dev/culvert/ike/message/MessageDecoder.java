package dev.culvert.ike.message;

import dev.culvert.ike.message.UnprotectedError.Reason;
import dev.culvert.wire.WireReader;
import java.util.List;
import java.util.Optional;

/** Reads datagrams as far as it goes without keys. The major version in the header decides the decoder. */
final class MessageDecoder {
    private static final int VERSION_OFFSET = 17;

    private MessageDecoder() {}

    static DecodeResult decode(byte[] datagram) {
        if (datagram.length < IkeHeader.LENGTH) {
            return drop(Reason.TOO_SHORT, datagram.length + " octets are less than an IKE header", Optional.empty());
        }
        IkeHeader header = IkeHeader.parse(datagram);
        if (header.initiatorSpi() == 0) {
            return drop(Reason.NO_INITIATOR_SPI, "the initiator SPI is zero", Optional.of(header));
        }
        return switch (datagram[VERSION_OFFSET] >>> 4 & 0xf) {
            case 1 -> drop(Reason.IKE_V1, "IKEv1 is not spoken", Optional.of(header));
            case 2 -> decodeV2(header, datagram);
            default -> invalidMajorVersion(header);
        };
    }

    private static DecodeResult decodeV2(IkeHeader header, byte[] datagram) {
        long length = IkeHeader.length(datagram);
        if (length != datagram.length) {
            return drop(
                    Reason.LENGTH_MISMATCH,
                    "the header says " + length + " octets, the datagram has " + datagram.length,
                    Optional.of(header));
        }
        WireReader chain = WireReader.of(datagram, IkeHeader.LENGTH, datagram.length - IkeHeader.LENGTH);
        return switch (PayloadChain.parse(IkeHeader.nextPayload(datagram), chain)) {
            case Parsed.Failed<List<Payload>>(Problem problem) -> problem.unprotected(header);
            case Parsed.Ok<List<Payload>>(List<Payload> payloads) -> classify(header, payloads, datagram);
        };
    }

    private static DecodeResult classify(IkeHeader header, List<Payload> payloads, byte[] datagram) {
        boolean encrypted = !payloads.isEmpty()
                && (payloads.getLast() instanceof SkPayload || payloads.getLast() instanceof SkfPayload);
        if (encrypted) {
            Optional<Problem> problem = ExchangeRules.checkOuter(header, payloads);
            return problem.isPresent()
                    ? problem.get().unprotected(header)
                    : new DecodeResult.Encrypted(new EncryptedMessage(header, payloads, datagram));
        }
        Optional<Problem> problem = ExchangeRules.checkUnprotected(header, payloads);
        return problem.isPresent()
                ? problem.get().unprotected(header)
                : new DecodeResult.Ok(new IkeMessage(header, payloads));
    }

    /** RFC 7296 §2.5: a higher version is answered with ours, a response with nothing. */
    private static DecodeResult invalidMajorVersion(IkeHeader header) {
        boolean tell = header.majorVersion() > 2 && !header.response();
        return new UnprotectedError(
                Reason.INVALID_MAJOR_VERSION,
                "IKE version " + header.majorVersion() + "." + header.minorVersion(),
                Optional.of(header),
                tell ? Optional.of(NotifyPayload.of(NotifyType.INVALID_MAJOR_VERSION)) : Optional.empty());
    }

    private static DecodeResult drop(Reason reason, String detail, Optional<IkeHeader> header) {
        return new UnprotectedError(reason, detail, header, Optional.empty());
    }
}

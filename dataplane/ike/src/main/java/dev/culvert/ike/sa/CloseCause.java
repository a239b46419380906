package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import java.util.Optional;

/**
 * Why an IKE SA ended.
 *
 * @param failure what went wrong, if something did
 */
public record CloseCause(Kind kind, Optional<Failure> failure) {
    /** The ways in which an IKE SA ends. */
    public enum Kind {
        /** It never came up. */
        FAILED,
        DELETED_BY_US,
        DELETED_BY_PEER,
        PEER_DEAD,
        /** Another one took its place. */
        REPLACED
    }

    public static CloseCause failed(Failure failure) {
        return new CloseCause(Kind.FAILED, Optional.of(failure));
    }

    public static CloseCause peerDead(Failure failure) {
        return new CloseCause(Kind.PEER_DEAD, Optional.of(failure));
    }

    public static CloseCause of(Kind kind) {
        return new CloseCause(kind, Optional.empty());
    }

    RemovalReason removalReason() {
        return switch (kind) {
            case FAILED, REPLACED -> RemovalReason.IKE_SA_CLOSED;
            case DELETED_BY_US -> RemovalReason.DELETED_BY_US;
            case DELETED_BY_PEER -> RemovalReason.DELETED_BY_PEER;
            case PEER_DEAD -> RemovalReason.PEER_DEAD;
        };
    }
}

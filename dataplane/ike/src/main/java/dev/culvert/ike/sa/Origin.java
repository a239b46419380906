package dev.culvert.ike.sa;

/**
 * The authenticated IKE SA that an IKE SA descends from by rekeying; itself, if it was never rekeyed. Two IKE SAs that
 * both sides began at once are told apart and ordered by it, the same way on both sides.
 *
 * @param initiator whether we began it
 * @param createdAt when its first message was sent or received
 * @param establishedAt when it was authenticated
 */
public record Origin(boolean initiator, long initiatorSpi, long responderSpi, long createdAt, long establishedAt) {
    /** Whether both came up at once, each from another side. */
    public boolean isTwinOf(Origin other) {
        return initiator != other.initiator && createdAt < other.establishedAt && other.createdAt < establishedAt;
    }

    public boolean isLowerThan(Origin other) {
        int byInitiator = Long.compareUnsigned(initiatorSpi, other.initiatorSpi);
        return byInitiator != 0 ? byInitiator < 0 : Long.compareUnsigned(responderSpi, other.responderSpi) < 0;
    }
}

package dev.culvert.ike.endpoint;

import dev.culvert.crypto.RandomSource;

/** Repeatable octets; those as long as a nonce begin with what a test wants, so that it decides whose is the lowest. */
final class ChosenNonces implements RandomSource {
    private static final int NONCE_LENGTH = 32;

    private final RandomSource seeded;
    private int first = -1;

    ChosenNonces(long seed) {
        seeded = RandomSource.seeded(seed);
    }

    /** @param value first octet of the nonces from now on; negative to leave them alone */
    void first(int value) {
        first = value;
    }

    @Override
    public void fill(byte[] target) {
        seeded.fill(target);
        if (first >= 0 && target.length == NONCE_LENGTH) {
            target[0] = (byte) first;
        }
    }
}

package dev.culvert.crypto.jdk;

import dev.culvert.crypto.RandomSource;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * Unpredictable IVs for CBC (RFC 3602 §3) without a system call for each packet: a counter encrypted under a key of its
 * own that nobody else knows, a batch at a time (NIST SP 800-38A appendix C). Not thread-safe.
 */
final class IvGenerator {
    private static final int KEY_LENGTH = 16;
    private static final int BLOCK = 16;
    private static final int BATCH = 32 * BLOCK;

    private final Cipher cipher = Jca.cipher("AES/ECB/NoPadding");
    private final byte[] counters = new byte[BATCH];
    private final byte[] ivs = new byte[BATCH];
    private int used = BATCH;
    private long counter;

    IvGenerator(RandomSource random) {
        byte[] key = random.bytes(KEY_LENGTH);
        try {
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** @param length 1 to 16 octets */
    void next(byte[] target, int offset, int length) {
        if (used == BATCH) {
            refill();
        }
        System.arraycopy(ivs, used, target, offset, length);
        used += BLOCK;
    }

    private void refill() {
        for (int i = Long.BYTES; i < BATCH; i += BLOCK) {
            Jca.putLong(counters, i, counter++);
        }
        try {
            cipher.doFinal(counters, 0, BATCH, ivs, 0);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        used = 0;
    }
}

package dev.culvert.crypto.jdk;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.MacSpi;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-XCBC-MAC (RFC 3566 §4) before truncation, on the JDK's AES: neither the JDK nor Bouncy Castle has it. CBC under K1,
 * and into the last block K2 when it is full, or a one bit, zeros and K3 when it is not.
 */
final class XcbcMac extends MacSpi {
    private static final int BLOCK = 16;
    private static final int CHUNK = 64 * BLOCK;

    private final Cipher chain = Jca.cipher("AES/CBC/NoPadding");
    private final byte[] k2 = new byte[BLOCK];
    private final byte[] k3 = new byte[BLOCK];

    /** Held back until there is more, since it may be the last one. */
    private final byte[] block = new byte[BLOCK];

    private int blockLength;

    /** What CBC puts out before the last block, which nobody wants. */
    private final byte[] discarded = new byte[CHUNK];

    @Override
    protected int engineGetMacLength() {
        return BLOCK;
    }

    @Override
    protected void engineInit(Key key, @Nullable AlgorithmParameterSpec parameters) throws InvalidKeyException {
        byte[] octets = key.getEncoded();
        if (octets == null || octets.length != BLOCK) {
            throw new InvalidKeyException("AES-XCBC has a key of 16 octets");
        }
        byte[] k1 = new byte[BLOCK];
        try {
            Cipher derive = Jca.cipher("AES/ECB/NoPadding");
            derive.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(octets, "AES"));
            derive(derive, 1, k1);
            derive(derive, 2, k2);
            derive(derive, 3, k3);
            chain.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(k1, "AES"), new IvParameterSpec(new byte[BLOCK]));
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        } finally {
            Arrays.fill(octets, (byte) 0);
            Arrays.fill(k1, (byte) 0);
        }
        blockLength = 0;
    }

    private static void derive(Cipher cipher, int octet, byte[] to) throws GeneralSecurityException {
        Arrays.fill(to, (byte) octet);
        cipher.doFinal(to, 0, BLOCK, to, 0);
    }

    @Override
    protected void engineUpdate(byte input) {
        if (blockLength == BLOCK) {
            enchain(block, 0, BLOCK);
            blockLength = 0;
        }
        block[blockLength++] = input;
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (blockLength == BLOCK) {
                enchain(block, 0, BLOCK);
                blockLength = 0;
            }
            int taken;
            if (blockLength == 0 && left > BLOCK) {
                taken = Math.min((left - 1) / BLOCK * BLOCK, CHUNK);
                enchain(input, from, taken);
            } else {
                taken = Math.min(BLOCK - blockLength, left);
                System.arraycopy(input, from, block, blockLength, taken);
                blockLength += taken;
            }
            from += taken;
            left -= taken;
        }
    }

    private void enchain(byte[] input, int offset, int length) {
        try {
            chain.update(input, offset, length, discarded, 0);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    @Override
    protected byte[] engineDoFinal() {
        byte[] subkey = k2;
        if (blockLength < BLOCK) {
            block[blockLength] = (byte) 0x80;
            Arrays.fill(block, blockLength + 1, BLOCK, (byte) 0);
            subkey = k3;
        }
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= subkey[i];
        }
        byte[] mac = new byte[BLOCK];
        try {
            // resets the chain to its IV of zeros
            chain.doFinal(block, 0, BLOCK, mac, 0);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        blockLength = 0;
        return mac;
    }

    @Override
    protected void engineReset() {
        engineDoFinal();
    }
}

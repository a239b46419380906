package dev.culvert.crypto.jdk;

import dev.culvert.crypto.CbcCipher;
import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES or 3DES in CBC mode. The {@link Cipher} is made for each message: messages are rare and SAs many. */
final class JdkCbcCipher implements CbcCipher {
    private final EncryptionAlgorithm algorithm;
    private final SecretBytes key;

    JdkCbcCipher(EncryptionAlgorithm algorithm, SecretBytes key) {
        this.algorithm = algorithm;
        this.key = key.copy();
    }

    @Override
    public int blockSize() {
        return algorithm.blockSize();
    }

    @Override
    public byte[] encrypt(byte[] iv, byte[] blocks) {
        return run(Cipher.ENCRYPT_MODE, iv, blocks);
    }

    @Override
    public byte[] decrypt(byte[] iv, byte[] blocks) {
        return run(Cipher.DECRYPT_MODE, iv, blocks);
    }

    private byte[] run(int direction, byte[] iv, byte[] blocks) {
        if (iv.length != blockSize() || blocks.length % blockSize() != 0) {
            throw new IllegalArgumentException(
                    algorithm + " of " + blocks.length + " octets with an IV of " + iv.length);
        }
        boolean des = algorithm == EncryptionAlgorithm.TRIPLE_DES_CBC;
        Cipher cipher = Jca.cipher(des ? "DESede/CBC/NoPadding" : "AES/CBC/NoPadding");
        try {
            cipher.init(direction, new SecretKeySpec(key.bytes(), des ? "DESede" : "AES"), new IvParameterSpec(iv));
            return cipher.doFinal(blocks);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    @Override
    public void close() {
        key.close();
    }
}

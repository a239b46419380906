package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.Prf;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Known answers and padding of SK payloads. */
final class MessageCipherTest {
    private static final HexFormat HEX = HexFormat.of();

    /** RFC 7634 appendix B. */
    @Test
    void chaCha20Poly1305InIke() {
        SecretBytes key = SecretBytes.wrap(
                HEX.parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f" + "a0a1a2a3"));
        byte[] prefix = HEX.parseHex("c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029");
        byte[] plain = HEX.parseHex("0000000c000040010000000a");
        byte[] expected = HEX.parseHex("c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029"
                + "1011121314151617"
                + "610394701f8d017f7c129248896b71bfe25236efd7cdc67066906315b2");

        MessageCipher cipher = new AeadMessageCipher(EncryptionAlgorithm.CHACHA20_POLY1305, key, 0x1011121314151617L);
        assertThat(prefix.length + cipher.sealedLength(plain.length)).isEqualTo(0x45);
        assertThat(cipher.seal(prefix, plain)).isEqualTo(expected);
        assertThat(cipher.open(expected, prefix.length))
                .hasValueSatisfying(b -> assertThat(b).isEqualTo(plain));
    }

    /**
     * McGrew and Viega, The Galois/Counter Mode of Operation (GCM), test cases 4 and 16: 20 octets of associated data.
     * The last octet of their plaintext, 57, is taken for the Pad Length.
     */
    @ParameterizedTest
    @CsvSource({
        "feffe9928665731c6d6a8f9467308308,"
                + "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
                + "5bc94fbc3221a5db94fae95ae7121a47",
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308,"
                + "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b"
    })
    void gcmSpecification(String key, String sealed) {
        MessageCipher cipher =
                new AeadMessageCipher(EncryptionAlgorithm.AES_GCM_16, SecretBytes.wrap(HEX.parseHex(key + "cafebabe")));
        byte[] message = HEX.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2" + "facedbaddecaf888" + sealed);
        assertThat(cipher.open(message, 20))
                .hasValueSatisfying(b -> assertThat(b).isEqualTo(HEX.parseHex("d931")));
    }

    @Test
    void paddingOfAnyAmountAndContentIsAccepted() throws GeneralSecurityException {
        assertThat(cbcMessage("aabbcc" + "ffffffffffffffffffffffff" + "0c")).isEqualTo(HEX.parseHex("aabbcc"));
        assertThat(cbcMessage("aabbcc" + "01".repeat(28) + "1c")).isEqualTo(HEX.parseHex("aabbcc"));
        assertThat(cbcMessage("01".repeat(15) + "0f")).isEmpty();
    }

    @Test
    void line20_paddingLongerThanTheBodyIsDropped() throws GeneralSecurityException {
        assertThat(cbcMessage("01".repeat(15) + "10")).isNull();
        assertThat(cbcMessage("01".repeat(15) + "ff")).isNull();
    }

    @Test
    void line20_bodyWithoutCiphertextIsDropped() throws GeneralSecurityException {
        assertThat(cbcMessage("")).isNull();
        MessageCipher gcm = new AeadMessageCipher(EncryptionAlgorithm.AES_GCM_16, SecretBytes.wrap(new byte[20]));
        for (int length = 0; length < 8 + 1 + 16; length++) {
            assertThat(gcm.open(new byte[32 + length], 32)).isEmpty();
        }
    }

    /** Opens a message of that padded plaintext, sealed here with the JCA alone; null when it is dropped. */
    @SuppressWarnings("NullAway") // a test helper: null is what AssertJ is asked about
    private static byte[] cbcMessage(String padded) throws GeneralSecurityException {
        byte[] encryptionKey = HEX.parseHex("06a9214036b8a15b512e03d534120006");
        byte[] integrityKey = HEX.parseHex("0c".repeat(32));
        byte[] prefix = HEX.parseHex("11".repeat(32));
        byte[] iv = HEX.parseHex("3dafba429d9eb430b422da802c9fac41");
        Cipher aes = Cipher.getInstance("AES/CBC/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(encryptionKey, "AES"), new IvParameterSpec(iv));
        byte[] sealed = aes.doFinal(HEX.parseHex(padded));
        byte[] icv = Prf.of(PrfAlgorithm.HMAC_SHA2_256)
                .compute(SecretBytes.copyOf(integrityKey), prefix, iv, sealed)
                .bytes();
        byte[] message =
                SecretBytes.concat(prefix, iv, sealed, Arrays.copyOf(icv, 16)).bytes();
        MessageCipher cipher = new SeparateMessageCipher(
                EncryptionAlgorithm.AES_CBC,
                SecretBytes.wrap(encryptionKey),
                IntegrityAlgorithm.HMAC_SHA2_256_128,
                SecretBytes.wrap(integrityKey),
                RandomSource.seeded(1));
        return cipher.open(message, prefix.length).orElse(null);
    }
}

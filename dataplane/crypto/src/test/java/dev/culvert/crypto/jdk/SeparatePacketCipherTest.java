package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.Prf;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Known answers of AES-CBC, AES-CTR and 3DES in ESP; the ICV behind them is computed by {@link Prf}, which has its own. */
final class SeparatePacketCipherTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] INTEGRITY_KEY = HEX.parseHex("0b".repeat(32));
    private static final int ICV_LENGTH = 16;

    /**
     * @param key with the nonce of counter mode
     * @param packet ESP header, IV and ciphertext
     */
    record Vector(String origin, EncryptionAlgorithm algorithm, String key, String packet, String plain) {
        Vector(String origin, String key, String packet, String plain) {
            this(origin, EncryptionAlgorithm.AES_CBC, key, packet, plain);
        }
    }

    static final List<Vector> VECTORS = List.of(
            new Vector(
                    "RFC 3602 section 4, case 5",
                    "90d382b410eeba7ad938c46cec1a82bf",
                    "0000432100000001e96e8c08ab465763fd098d45dd3ff893f663c25d325c18c6a9453e19"
                            + "4e120849a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a8e4b7e52"
                            + "775b07d1db34ed9c538ab50c551b874aa269add047ad2d5913ac19b7cfbad4a6",
                    "08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b"
                            + "1c1d1e1f202122232425262728292a2b2c2d2e2f30313233343536370102030405060708"
                            + "090a0b0c0d0e0e01"),
            new Vector(
                    "RFC 3602 section 4, case 6",
                    "90d382b410eeba7ad938c46cec1a82bf",
                    "000043210000000869d08df7d203329db093fc4924e5bd80f51995881ec4e0c4488987ce"
                            + "742e8109689bb379d2d750c0d915dca346a89f75",
                    "0800b5e8a80a0500a69c083d0b660e0077777777777777777777777701020201"),
            new Vector(
                    "RFC 3602 section 4, case 7",
                    "0123456789abcdef0123456789abcdef",
                    "0000876500000002f4e765244f6407adf13dc1380f673f37773b5241a4c449225e4f3ce5"
                            + "ed611b0c237ca96cf74a93013c1b0ea1a0cf70f8e4ecaec78ac53aad7a0f022b859243c6"
                            + "47752e94a859352b8a4d4d2decd136e5c177f132ad3fbfb2201ac9904c74ee0a109e0ca1"
                            + "e4dfe9d5a100b842f1c22f0d",
                    "45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d02a20400"
                            + "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b"
                            + "2c2d2e2f30313233343536370102030405060708090a0a04"),
            new Vector(
                    "RFC 3602 section 4, case 8",
                    "0123456789abcdef0123456789abcdef",
                    "000087650000000585d47224b5f3dd5d2101d4ea8dffab2215b92683819596a8047232cc"
                            + "00f7048fe45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c07ff9639"
                            + "b7eb7dfb3512e5de435e7207ed971ef3d2726d9b5ef6affc6d17a0decbb13892",
                    "45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300"
                            + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff01020304"
                            + "05060708090a0a04"),
            new Vector(
                    "NIST SP 800-38A F.2.3, AES-192",
                    "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
                    "0000000000000001000102030405060708090a0b0c0d0e0f4f021db243bc633d7178183a"
                            + "9fa071e8b4d9ada9ad7dedf4e5e738763f69145a571b242012fb7ae07fa9baac3df102e0"
                            + "08b0e27988598881d920a9e64f5615cd",
                    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
                            + "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"),
            new Vector(
                    "NIST SP 800-38A F.2.5, AES-256",
                    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                    "0000000000000001000102030405060708090a0b0c0d0e0ff58c4c04d6e5f1ba779eabfb"
                            + "5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461"
                            + "b2eb05e2c39be9fcda6c19078c6a9d1b",
                    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
                            + "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"),
            new Vector(
                    "RFC 3686 section 6, test vector 1",
                    EncryptionAlgorithm.AES_CTR,
                    "ae6852f8121067cc4bf7a5765577f39e" + "00000030",
                    "0000000000000001" + "0000000000000000" + "e4095d4fb7a7b3792d6175a3261311b8",
                    "53696e676c6520626c6f636b206d7367"),
            new Vector(
                    "RFC 3686 section 6, test vector 2",
                    EncryptionAlgorithm.AES_CTR,
                    "7e24067817fae0d743d6ce1f32539163" + "006cb6db",
                    "0000000000000001" + "c0543b59da48d90b"
                            + "5104a106168a72d9790d41ee8edad388eb2e1efc46da57c8fce630df9141be28",
                    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
            new Vector(
                    "RFC 3686 section 6, test vector 4",
                    EncryptionAlgorithm.AES_CTR,
                    "16af5b145fc9f579c175f93e3bfb0eed863d06ccfdb78515" + "00000048",
                    "0000000000000001" + "36733c147d6d93cb" + "4b55384fe259c9c84e7935a003cbe928",
                    "53696e676c6520626c6f636b206d7367"),
            new Vector(
                    "RFC 3686 section 6, test vector 7",
                    EncryptionAlgorithm.AES_CTR,
                    "776beff2851db06f4c8a0542c8696f6c6a81af1eec96b4d37fc1d689e6c1c104" + "00000060",
                    "0000000000000001" + "db5672c97aa8f0b2" + "145ad01dbf824ec7560863dc71e3e0c0",
                    "53696e676c6520626c6f636b206d7367"),
            new Vector(
                    "OpenSSL's test/evptests.txt, DES-EDE3-CBC",
                    EncryptionAlgorithm.TRIPLE_DES_CBC,
                    "0123456789abcdeff1e0d3c2b5a49786fedcba9876543210",
                    "0000000000000001" + "fedcba9876543210"
                            + "3fe301c962ac01d02213763c1cbd4cdc799657c064ecf5d41c673812cfde9675",
                    "37363534333231204e6f77206973207468652074696d6520666f722000000000"),
            new Vector(
                    "RFC 2410: what goes in comes out",
                    EncryptionAlgorithm.NULL,
                    "",
                    "0000000000000001" + "3736353433323120",
                    "3736353433323120"));

    @ParameterizedTest
    @FieldSource("VECTORS")
    void withoutEsn(Vector vector) {
        check(vector, false);
    }

    @ParameterizedTest
    @FieldSource("VECTORS")
    void withEsn(Vector vector) {
        check(vector, true);
    }

    private static void check(Vector vector, boolean esn) {
        int sequenceHigh = 0x01020304;
        byte[] unauthenticated = HEX.parseHex(vector.packet());
        byte[] mac = Prf.of(PrfAlgorithm.HMAC_SHA2_256)
                .compute(
                        SecretBytes.copyOf(INTEGRITY_KEY),
                        unauthenticated,
                        esn ? HEX.parseHex("01020304") : new byte[0])
                .bytes();
        byte[] expected = Arrays.copyOf(unauthenticated, unauthenticated.length + ICV_LENGTH);
        System.arraycopy(mac, 0, expected, unauthenticated.length, ICV_LENGTH);
        byte[] plain = HEX.parseHex(vector.plain());

        byte[] packet = Arrays.copyOf(unauthenticated, expected.length);
        System.arraycopy(plain, 0, packet, 8 + vector.algorithm().ivLength(), plain.length);
        cipher(vector, esn).sealBehindIv(packet, 0, plain.length, sequenceHigh);
        assertThat(packet).isEqualTo(expected);

        byte[] out = new byte[plain.length];
        assertThat(cipher(vector, esn).open(expected, 0, expected.length, sequenceHigh, out, 0))
                .isEqualTo(plain.length);
        assertThat(out).isEqualTo(plain);
    }

    private static SeparatePacketCipher cipher(Vector vector, boolean esn) {
        return new SeparatePacketCipher(
                vector.algorithm(),
                SecretBytes.wrap(HEX.parseHex(vector.key())),
                IntegrityAlgorithm.HMAC_SHA2_256_128,
                SecretBytes.copyOf(INTEGRITY_KEY),
                esn,
                RandomSource.seeded(1));
    }
}

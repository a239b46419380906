package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Known answers of PRF, prf+ and the truncated integrity functions. */
final class PrfTest {
    private static final HexFormat HEX = HexFormat.of();

    record Vector(String origin, PrfAlgorithm algorithm, String key, String data, String output) {}

    static final List<Vector> VECTORS = List.of(
            new Vector(
                    "RFC 4231 case 1",
                    PrfAlgorithm.HMAC_SHA2_256,
                    "0b".repeat(20),
                    "4869205468657265",
                    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            new Vector(
                    "RFC 4231 case 1",
                    PrfAlgorithm.HMAC_SHA2_384,
                    "0b".repeat(20),
                    "4869205468657265",
                    "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9"
                            + "076ede7f4af152e8b2fa9cb6"),
            new Vector(
                    "RFC 4231 case 1",
                    PrfAlgorithm.HMAC_SHA2_512,
                    "0b".repeat(20),
                    "4869205468657265",
                    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7"
                            + "d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"),
            new Vector(
                    "RFC 4231 case 2",
                    PrfAlgorithm.HMAC_SHA2_256,
                    "4a656665",
                    "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            new Vector(
                    "RFC 4231 case 2",
                    PrfAlgorithm.HMAC_SHA2_384,
                    "4a656665",
                    "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca"
                            + "5e69e2c78b3239ecfab21649"),
            new Vector(
                    "RFC 4231 case 2",
                    PrfAlgorithm.HMAC_SHA2_512,
                    "4a656665",
                    "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75"
                            + "c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
            new Vector(
                    "RFC 4231 case 3",
                    PrfAlgorithm.HMAC_SHA2_256,
                    "aa".repeat(20),
                    "dd".repeat(50),
                    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            new Vector(
                    "RFC 4231 case 3",
                    PrfAlgorithm.HMAC_SHA2_384,
                    "aa".repeat(20),
                    "dd".repeat(50),
                    "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39d"
                            + "c13814b94e3ab6e101a34f27"),
            new Vector(
                    "RFC 4231 case 3",
                    PrfAlgorithm.HMAC_SHA2_512,
                    "aa".repeat(20),
                    "dd".repeat(50),
                    "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e8482"
                            + "79a722c806b485a47e67c807b946a337bee8942674278859e13292fb"),
            new Vector(
                    "RFC 4231 case 4",
                    PrfAlgorithm.HMAC_SHA2_256,
                    "0102030405060708090a0b0c0d0e0f10111213141516171819",
                    "cd".repeat(50),
                    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            new Vector(
                    "RFC 4231 case 4",
                    PrfAlgorithm.HMAC_SHA2_384,
                    "0102030405060708090a0b0c0d0e0f10111213141516171819",
                    "cd".repeat(50),
                    "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23"
                            + "c4a7d679ccf8a386c674cffb"),
            new Vector(
                    "RFC 4231 case 4",
                    PrfAlgorithm.HMAC_SHA2_512,
                    "0102030405060708090a0b0c0d0e0f10111213141516171819",
                    "cd".repeat(50),
                    "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c1"
                            + "1aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"),
            new Vector(
                    "RFC 4231 case 6",
                    PrfAlgorithm.HMAC_SHA2_256,
                    "aa".repeat(131),
                    "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
                            + "79202d2048617368204b6579204669727374",
                    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            new Vector(
                    "RFC 4231 case 6",
                    PrfAlgorithm.HMAC_SHA2_384,
                    "aa".repeat(131),
                    "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
                            + "79202d2048617368204b6579204669727374",
                    "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab"
                            + "4030fe8296248df163f44952"),
            new Vector(
                    "RFC 4231 case 6",
                    PrfAlgorithm.HMAC_SHA2_512,
                    "aa".repeat(131),
                    "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
                            + "79202d2048617368204b6579204669727374",
                    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037"
                            + "e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"),
            new Vector(
                    "RFC 2202 case 1",
                    PrfAlgorithm.HMAC_SHA1,
                    "0b".repeat(20),
                    "4869205468657265",
                    "b617318655057264e28bc0b6fb378c8ef146be00"),
            new Vector(
                    "RFC 2202 case 2",
                    PrfAlgorithm.HMAC_SHA1,
                    "4a656665",
                    "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            new Vector(
                    "RFC 2202 case 3",
                    PrfAlgorithm.HMAC_SHA1,
                    "aa".repeat(20),
                    "dd".repeat(50),
                    "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
            new Vector(
                    "RFC 2202 case 6",
                    PrfAlgorithm.HMAC_SHA1,
                    "aa".repeat(80),
                    "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
                            + "79202d2048617368204b6579204669727374",
                    "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
            new Vector(
                    "RFC 2202 case 1",
                    PrfAlgorithm.HMAC_MD5,
                    "0b".repeat(16),
                    "4869205468657265",
                    "9294727a3638bb1c13f48ef8158bfc9d"),
            new Vector(
                    "RFC 2202 case 2",
                    PrfAlgorithm.HMAC_MD5,
                    "4a656665",
                    "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                    "750c783e6ab0b503eaa86e310a5db738"),
            new Vector(
                    "RFC 2202 case 6",
                    PrfAlgorithm.HMAC_MD5,
                    "aa".repeat(80),
                    "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
                            + "79202d2048617368204b6579204669727374",
                    "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"));

    private static final String COUNTING = "000102030405060708090a0b0c0d0e0f1011121314151617" + "18191a1b1c1d1e1f2021";

    /** Keys of other lengths than 16 octets show how they are brought to that. */
    static final List<Vector> AES_VECTORS = List.of(
            xcbc("RFC 3566 case 1", 0, "75f0251d528ac01c4573dfd584d79f29"),
            xcbc("RFC 3566 case 2", 3, "5b376580ae2f19afe7219ceef172756f"),
            xcbc("RFC 3566 case 3", 16, "d2a246fa349b68a79998a4394ff7a263"),
            xcbc("RFC 3566 case 4", 20, "47f51b4564966215b8985c63055ed308"),
            xcbc("RFC 3566 case 5", 32, "f54f0ec8d2b9f3d36807734bd5283fd4"),
            xcbc("RFC 3566 case 6", 34, "becbb3bccdb518a30677d5481fb6b4d8"),
            new Vector(
                    "RFC 3566 case 7",
                    PrfAlgorithm.AES_XCBC,
                    COUNTING.substring(0, 32),
                    "00".repeat(1000),
                    "f0dafee895db30253761103b5d84528f"),
            new Vector(
                    "RFC 4434, key of 10 octets",
                    PrfAlgorithm.AES_XCBC,
                    COUNTING.substring(0, 20),
                    COUNTING.substring(0, 40),
                    "0fa087af7d866e7653434e602fdde835"),
            new Vector(
                    "RFC 4434, key of 18 octets",
                    PrfAlgorithm.AES_XCBC,
                    COUNTING.substring(0, 32) + "edcb",
                    COUNTING.substring(0, 40),
                    "8cd3c93ae598a9803006ffb67c40e9e4"),
            new Vector(
                    "RFC 4493 example 1",
                    PrfAlgorithm.AES_CMAC,
                    "2b7e151628aed2a6abf7158809cf4f3c",
                    "",
                    "bb1d6929e95937287fa37d129b756746"),
            new Vector(
                    "RFC 4493 example 2",
                    PrfAlgorithm.AES_CMAC,
                    "2b7e151628aed2a6abf7158809cf4f3c",
                    "6bc1bee22e409f96e93d7e117393172a",
                    "070a16b46b4d4144f79bdd9dd04a287c"),
            new Vector(
                    "RFC 4493 example 3",
                    PrfAlgorithm.AES_CMAC,
                    "2b7e151628aed2a6abf7158809cf4f3c",
                    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
                    "dfa66747de9ae63030ca32611497c827"),
            new Vector(
                    "RFC 4615, key of 18 octets",
                    PrfAlgorithm.AES_CMAC,
                    COUNTING.substring(0, 32) + "edcb",
                    COUNTING.substring(0, 40),
                    "84a348a4a45d235babfffc0d2b4da09a"),
            new Vector(
                    "RFC 4615, key of 16 octets",
                    PrfAlgorithm.AES_CMAC,
                    COUNTING.substring(0, 32),
                    COUNTING.substring(0, 40),
                    "980ae87b5f4c9c5214f5b6a8455e4c2d"),
            new Vector(
                    "RFC 4615, key of 10 octets",
                    PrfAlgorithm.AES_CMAC,
                    COUNTING.substring(0, 20),
                    COUNTING.substring(0, 40),
                    "290d9e112edb09ee141fcf64c0b72f3d"));

    private static Vector xcbc(String origin, int length, String output) {
        return new Vector(
                origin, PrfAlgorithm.AES_XCBC, COUNTING.substring(0, 32), COUNTING.substring(0, 2 * length), output);
    }

    @ParameterizedTest
    @FieldSource({"VECTORS", "AES_VECTORS"})
    void knownAnswers(Vector vector) {
        Prf prf = Prf.of(vector.algorithm());
        byte[] data = HEX.parseHex(vector.data());
        SecretBytes key = secret(vector.key());
        assertThat(hex(prf.compute(key, data))).isEqualTo(vector.output());
        int cut = Math.min(3, data.length);
        assertThat(hex(prf.compute(
                        key, new byte[0], Arrays.copyOf(data, cut), Arrays.copyOfRange(data, cut, data.length))))
                .as("in parts")
                .isEqualTo(vector.output());
    }

    /** RFC 4868 section 2.7.2, test cases AUTH256-1, AUTH384-1 and AUTH512-1. */
    @ParameterizedTest
    @CsvSource({
        "HMAC_SHA2_256_128, 198a607eb44bfbc69903a0f1cf2bbdc5",
        "HMAC_SHA2_384_192, b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973",
        "HMAC_SHA2_512_256, 637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8"
    })
    void integrity(IntegrityAlgorithm algorithm, String icv) {
        SecretBytes mac = Prf.of(algorithm.impliedPrf())
                .compute(secret("0b".repeat(algorithm.keyLength())), HEX.parseHex("4869205468657265"));
        assertThat(hex(mac.slice(0, algorithm.icvLength()))).isEqualTo(icv);
    }

    /** The worked example in libreswan's test program for NIST's CAVS of the IKEv2 KDF (SHA-1). */
    @Test
    void keysOfIkeAndChildSas() {
        Prf prf = Prf.of(PrfAlgorithm.HMAC_SHA1);
        byte[] secret = HEX.parseHex("4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52");
        byte[] newSecret = HEX.parseHex("863f3c9d06efd39d2b907b97f8699e5dd5251ef64a2a176f36ee40c87d4f9330");
        byte[] nonces = HEX.parseHex("32b50d5f4a3763f3" + "9206a04b26564cb1");
        byte[] spis = HEX.parseHex("34c9e7c188868785" + "3ff77d760d2b2199");

        SecretBytes seed = prf.compute(SecretBytes.copyOf(nonces), secret);
        assertThat(hex(seed)).isEqualTo("a9a7b222b59f8f48645f28a1db5b5f5d7479cba7");
        SecretBytes keys = prf.plus(seed, SecretBytes.concat(nonces, spis).bytes(), 132);
        assertThat(hex(keys))
                .isEqualTo("a14293677cc80ff8f9cc0eee30d895da9d8f405666e30ef0dfcb63c634a46002a2a63080e514a062"
                        + "768b76606f9fa5e992204fc5a670bde3f10d6b027113936a5c55b648a194ae587b0088d52204b702"
                        + "c979fa280870d2ed41efa9c549fd11198af1670b143d384bd275c5f594cf266b05ebadca855e4249"
                        + "520a441a81157435a7a56cc4");
        SecretBytes skD = keys.slice(0, 20);
        assertThat(hex(prf.plus(skD, nonces, 132)))
                .isEqualTo("8059e3ee8810e6c3a91bc8bcd2a7a41151b8d0e6ae239c7b38093ad85ef4c5811a8e7b5d1cdabd95"
                        + "60b2d5e092d1f24e2d4b85eccdf0ad0dc9abd94b51ee71814ca6dbc8bb51b6309f5b9545c7eb35cf"
                        + "5580b1e521a8fe20754a2d883ba0c2cf285f524aea6545b33106bc03e614296d319d41d4b50b3f51"
                        + "0b1c0a22f3e664994d234cb4");
        assertThat(hex(prf.plus(skD, SecretBytes.concat(newSecret, nonces).bytes(), 132)))
                .startsWith("bb43244c1860ad65ee1e211ffe8bb3661750c8f89cb9f547df7f4fa61d37301628190e38c66232ea")
                .endsWith("7899c7054d56fd74c");
        assertThat(hex(prf.compute(skD, newSecret, nonces))).isEqualTo("63e81194946ebd05df7df5ebf5d8750056bf1f1d");
    }

    /** RFC 7296 section 2.13, spelled out. */
    @ParameterizedTest
    @EnumSource
    void prfPlusChainsItsBlocks(PrfAlgorithm algorithm) {
        Prf prf = Prf.of(algorithm);
        SecretBytes key = secret("010203");
        byte[] seed = HEX.parseHex("a0a1");
        byte[] t1 = prf.compute(key, seed, new byte[] {1}).bytes();
        byte[] t2 = prf.compute(key, t1, seed, new byte[] {2}).bytes();
        byte[] t3 = prf.compute(key, t2, seed, new byte[] {3}).bytes();
        byte[] whole = SecretBytes.concat(t1, t2, t3).bytes();
        for (int length = 0; length <= whole.length; length++) {
            assertThat(prf.plus(key, seed, length).bytes()).isEqualTo(Arrays.copyOf(whole, length));
        }
    }

    /** However the data comes in pieces, the chain of AES-XCBC is the same. */
    @Test
    void xcbcTakesAnyPieces() {
        Random dice = new Random(5);
        Prf prf = Prf.of(PrfAlgorithm.AES_XCBC);
        SecretBytes key = secret("0f".repeat(16));
        for (int round = 0; round < 200; round++) {
            byte[] data = new byte[dice.nextInt(3000)];
            dice.nextBytes(data);
            List<byte[]> pieces = new ArrayList<>();
            for (int from = 0; from < data.length; ) {
                int to = Math.min(data.length, from + 1 + dice.nextInt(dice.nextBoolean() ? 20 : 1500));
                pieces.add(Arrays.copyOfRange(data, from, to));
                from = to;
            }
            assertThat(prf.compute(key, pieces.toArray(byte[][]::new)).bytes())
                    .as("round %d", round)
                    .isEqualTo(prf.compute(key, data).bytes());
        }
    }

    @Test
    void prfPlusEndsAfter255Blocks() {
        Prf prf = Prf.of(PrfAlgorithm.HMAC_SHA2_256);
        assertThat(prf.plus(secret("01"), new byte[1], 255 * 32).length()).isEqualTo(255 * 32);
        assertThatThrownBy(() -> prf.plus(secret("01"), new byte[1], 255 * 32 + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8160");
    }

    /** The JCA refuses the empty key; the value is that of Python's hmac module. */
    @Test
    void anEmptyKeyIsAKey() {
        assertThat(hex(Prf.of(PrfAlgorithm.HMAC_SHA2_256).compute(SecretBytes.empty())))
                .isEqualTo("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    }

    private static SecretBytes secret(String hex) {
        return SecretBytes.wrap(HEX.parseHex(hex));
    }

    private static String hex(SecretBytes secret) {
        return HEX.formatHex(secret.bytes());
    }
}

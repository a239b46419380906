package dev.culvert.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Lines 17 and 18 of the bad inputs, on the level of signatures: whatever is wrong, the answer is no. */
class BadSignaturesTest {
    private static final byte[] MESSAGE = "the octets to sign".getBytes(StandardCharsets.US_ASCII);
    private static final String DIGEST_INFO_SHA256 = "3031300d060960864801650304020105000420";

    private static KeyPair rsa(int bits, BigInteger exponent) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(new RSAKeyGenParameterSpec(bits, exponent));
        return generator.generateKeyPair();
    }

    private static byte[] hash() throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(MESSAGE);
    }

    /** 00 01 padding 00 digestInfo hash tail, brought to the modulus' length by the padding. */
    private static byte[] encoded(int length, byte fill, String digestInfo, byte[] hash, byte[] tail, int padding) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0);
        out.write(1);
        byte[] info = HexFormat.of().parseHex(digestInfo);
        int fills = padding >= 0 ? padding : length - 3 - info.length - hash.length - tail.length;
        for (int i = 0; i < fills; i++) {
            out.write(fill);
        }
        out.write(0);
        out.writeBytes(info);
        out.writeBytes(hash);
        out.writeBytes(tail);
        return Arrays.copyOf(out.toByteArray(), length);
    }

    private static byte[] rawRsa(KeyPair pair, byte[] block) {
        RSAPrivateKey key = (RSAPrivateKey) pair.getPrivate();
        int length = (key.getModulus().bitLength() + 7) / 8;
        return fixed(new BigInteger(1, block).modPow(key.getPrivateExponent(), key.getModulus()), length);
    }

    private static byte[] fixed(BigInteger value, int length) {
        byte[] octets = value.toByteArray();
        byte[] result = new byte[length];
        int from = Math.max(0, octets.length - length);
        System.arraycopy(octets, from, result, length - (octets.length - from), octets.length - from);
        return result;
    }

    @Test
    void line17_paddingOfPkcs1IsStrict() throws GeneralSecurityException {
        KeyPair pair = rsa(2048, BigInteger.valueOf(3));
        VerifyingKey key = VerifyingKey.of(pair.getPublic()).orElseThrow();
        byte[] none = {};
        assertThat(verifies(key, pair, encoded(256, (byte) 0xff, DIGEST_INFO_SHA256, hash(), none, -1)))
                .as("the test makes a good one")
                .isTrue();
        // CVE-2006-4339, CVE-2018-16151: garbage behind the hash, short padding
        byte[] garbage = new byte[100];
        Arrays.fill(garbage, (byte) 0x5a);
        assertThat(verifies(key, pair, encoded(256, (byte) 0xff, DIGEST_INFO_SHA256, hash(), garbage, -1)))
                .isFalse();
        assertThat(verifies(key, pair, encoded(256, (byte) 0xff, DIGEST_INFO_SHA256, hash(), none, 8)))
                .isFalse();
        // CVE-2018-16152: parameters of the digest's AlgorithmIdentifier that hold anything
        assertThat(verifies(
                        key,
                        pair,
                        encoded(
                                256,
                                (byte) 0xff,
                                "3041301d0609608648016503040201041000112233445566778899aabbccddeeff0420",
                                hash(),
                                none,
                                -1)))
                .isFalse();
        // a length in two octets where one will do is not DER
        assertThat(verifies(
                        key,
                        pair,
                        encoded(256, (byte) 0xff, "308131300d060960864801650304020105000420", hash(), none, -1)))
                .isFalse();
        assertThat(verifies(key, pair, encoded(256, (byte) 0xfe, DIGEST_INFO_SHA256, hash(), none, -1)))
                .isFalse();
        byte[] blockType2 = encoded(256, (byte) 0xff, DIGEST_INFO_SHA256, hash(), none, -1);
        blockType2[1] = 2;
        assertThat(verifies(key, pair, blockType2)).isFalse();
        // another hash than the algorithm says
        assertThat(verifies(
                        key,
                        pair,
                        encoded(256, (byte) 0xff, "3041300d060960864801650304020305000440", new byte[64], none, -1)))
                .isFalse();
    }

    /** The forgery of CVE-2006-4339: with e = 3 the cube root of a block with free octets at its end is a signature. */
    @Test
    void line17_theCubeRootOfABlockWithRoomIsNoSignature() throws GeneralSecurityException {
        KeyPair pair = rsa(2048, BigInteger.valueOf(3));
        VerifyingKey key = VerifyingKey.of(pair.getPublic()).orElseThrow();
        byte[] block = encoded(256, (byte) 0xff, DIGEST_INFO_SHA256, hash(), new byte[0], 8);
        Arrays.fill(block, 2 + 8 + 1 + 19 + 32, 256, (byte) 0xff);
        BigInteger root = cubeRoot(new BigInteger(1, block));
        assertThat(Arrays.copyOf(fixed(root.pow(3), 256), 62))
                .as("the forgery holds the hash")
                .isEqualTo(Arrays.copyOf(block, 62));
        assertThat(key.verify(SignatureAlgorithm.RSA_PKCS1_SHA256, fixed(root, 256), MESSAGE))
                .isFalse();
    }

    /** IKEv1 signs a hash without saying which function made it (RFC 2409 §5.1); the padding is as strict. */
    @Test
    void line17_paddingOfABareHashIsStrict() throws GeneralSecurityException {
        KeyPair pair = rsa(2048, BigInteger.valueOf(3));
        VerifyingKey key = VerifyingKey.of(pair.getPublic()).orElseThrow();
        byte[] none = {};
        byte[] good = encoded(256, (byte) 0xff, "", hash(), none, -1);
        assertThat(key.verifyHash(rawRsa(pair, good), hash()))
                .as("the test makes a good one")
                .isTrue();
        byte[] garbage = new byte[100];
        Arrays.fill(garbage, (byte) 0x5a);
        byte[] zeros = encoded(256, (byte) 0, "", hash(), none, -1);
        byte[] blockType2 = good.clone();
        blockType2[1] = 2;
        for (byte[] bad : new byte[][] {
            encoded(256, (byte) 0xff, DIGEST_INFO_SHA256, hash(), none, -1),
            encoded(256, (byte) 0xff, "", hash(), garbage, -1),
            encoded(256, (byte) 0xff, "", hash(), none, 8),
            encoded(256, (byte) 0xfe, "", hash(), none, -1),
            zeros,
            blockType2
        }) {
            assertThat(key.verifyHash(rawRsa(pair, bad), hash())).isFalse();
        }
        byte[] room = encoded(256, (byte) 0xff, "", hash(), none, 8);
        Arrays.fill(room, 2 + 8 + 1 + 32, 256, (byte) 0xff);
        assertThat(key.verifyHash(fixed(cubeRoot(new BigInteger(1, room)), 256), hash()))
                .isFalse();
    }

    @Test
    void line17_bareHashesEmptyAndOfWrongLengths() throws GeneralSecurityException {
        KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp256r1"));
        for (KeyPair pair : new KeyPair[] {rsa(2048, RSAKeyGenParameterSpec.F4), ec.generateKeyPair()}) {
            VerifyingKey key = VerifyingKey.of(pair.getPublic()).orElseThrow();
            byte[] good = SigningKey.of(pair.getPrivate()).orElseThrow().signHash(hash());
            assertThat(key.verifyHash(good, hash())).isTrue();
            assertThat(key.verifyHash(good, new byte[32])).isFalse();
            assertThat(key.verifyHash(new byte[0], hash())).isFalse();
            assertThat(key.verifyHash(new byte[good.length], hash())).isFalse();
            assertThat(key.verifyHash(Arrays.copyOf(good, good.length - 1), hash()))
                    .isFalse();
            assertThat(key.verifyHash(Arrays.copyOf(good, good.length + 1), hash()))
                    .isFalse();
            if (pair.getPublic() instanceof RSAPublicKey rsa) {
                BigInteger above = new BigInteger(1, good).add(rsa.getModulus());
                assertThat(key.verifyHash(fixed(above, 256), hash())).isFalse();
                assertThat(key.verifyHash(fixed(above, 257), hash())).isFalse();
            }
        }
    }

    @Test
    void line17_emptyAndWrongLengths() throws GeneralSecurityException {
        KeyPair rsa = rsa(2048, RSAKeyGenParameterSpec.F4);
        KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp256r1"));
        for (KeyPair pair : new KeyPair[] {rsa, ed, ec.generateKeyPair()}) {
            VerifyingKey key = VerifyingKey.of(pair.getPublic()).orElseThrow();
            SigningKey signing = SigningKey.of(pair.getPrivate()).orElseThrow();
            assertThat(signing.belongsTo(pair.getPublic())).isTrue();
            for (SignatureAlgorithm algorithm : signing.algorithms()) {
                byte[] good = signing.sign(algorithm, MESSAGE);
                assertThat(key.verify(algorithm, good, MESSAGE)).isTrue();
                assertThat(key.verify(algorithm, new byte[0], MESSAGE)).isFalse();
                assertThat(key.verify(algorithm, Arrays.copyOf(good, good.length - 1), MESSAGE))
                        .isFalse();
                assertThat(key.verify(algorithm, Arrays.copyOf(good, good.length + 1), MESSAGE))
                        .isFalse();
                for (SignatureAlgorithm other : SignatureAlgorithm.values()) {
                    if (other != algorithm) {
                        assertThat(key.verify(other, good, MESSAGE)).isFalse();
                    }
                }
            }
        }
    }

    @Test
    void line18_signatureNotBelowTheModulus() throws GeneralSecurityException {
        KeyPair pair = rsa(2048, RSAKeyGenParameterSpec.F4);
        VerifyingKey key = VerifyingKey.of(pair.getPublic()).orElseThrow();
        BigInteger n = ((RSAPublicKey) pair.getPublic()).getModulus();
        SigningKey signing = SigningKey.of(pair.getPrivate()).orElseThrow();
        BigInteger good = new BigInteger(1, signing.sign(SignatureAlgorithm.RSA_PKCS1_SHA256, MESSAGE));
        byte[] ones = new byte[256];
        Arrays.fill(ones, (byte) 0xff);
        for (SignatureAlgorithm algorithm :
                new SignatureAlgorithm[] {SignatureAlgorithm.RSA_PKCS1_SHA256, SignatureAlgorithm.RSA_PSS_SHA256}) {
            assertThat(key.verify(algorithm, new byte[256], MESSAGE)).isFalse();
            assertThat(key.verify(algorithm, fixed(n, 256), MESSAGE)).isFalse();
            assertThat(key.verify(algorithm, ones, MESSAGE)).isFalse();
        }
        // the same residue, one modulus higher (RFC 8017 §8.2.2 step 2b): 2048 bits hold it for some signatures only
        byte[] higher = good.add(n).toByteArray();
        assertThat(key.verify(SignatureAlgorithm.RSA_PKCS1_SHA256, higher, MESSAGE))
                .isFalse();
    }

    /** CVE-2017-11185: exponents and moduli that are no key. */
    @Test
    void line18_keysThatAreNone() throws GeneralSecurityException {
        BigInteger n = ((RSAPublicKey) rsa(2048, RSAKeyGenParameterSpec.F4).getPublic()).getModulus();
        assertThat(usable(n, RSAKeyGenParameterSpec.F4)).isTrue();
        assertThat(usable(n, BigInteger.ONE)).isFalse();
        assertThat(usable(n, BigInteger.TWO)).isFalse();
        assertThat(usable(n.subtract(BigInteger.ONE), RSAKeyGenParameterSpec.F4))
                .as("even")
                .isFalse();
        assertThat(usable(n, BigInteger.ONE.shiftLeft(300).add(BigInteger.ONE))).isFalse();
        assertThat(usable(BigInteger.ONE.shiftLeft(20000).add(BigInteger.ONE), RSAKeyGenParameterSpec.F4))
                .isFalse();
        KeyPair small = rsa(1024, RSAKeyGenParameterSpec.F4);
        assertThat(VerifyingKey.of(small.getPublic())).isEmpty();
        assertThat(SigningKey.of(small.getPrivate())).isEmpty();
        assertThat(VerifyingKey.of(
                        KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic()))
                .isEmpty();
        KeyPairGenerator dsa = KeyPairGenerator.getInstance("DSA");
        dsa.initialize(1024);
        assertThat(VerifyingKey.of(dsa.generateKeyPair().getPublic())).isEmpty();
        assertThat(VerifyingKey.of(KeyPairGenerator.getInstance(NamedParameterSpec.ED448.getName())
                        .generateKeyPair()
                        .getPublic()))
                .isPresent();
    }

    /** CVE-2021-41990: a salt length that is huge, negative, or only not the hash's. */
    @Test
    void line18_pssSaltsOfOtherLengths() {
        String before =
                "a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500";
        for (String salt : new String[] {
            "a203020100", "a203020121", "a2030201ff", "a206020408000000", "a20702057fffffffff", "a20402020020"
        }) {
            String parameters = before + salt;
            String sequence = "30" + String.format("%02x", parameters.length() / 2) + parameters;
            String whole = "06092a864886f70d01010a" + sequence;
            byte[] der = HexFormat.of().parseHex("30" + String.format("%02x", whole.length() / 2) + whole);
            assertThat(SignatureAlgorithm.byIdentifier(der)).as(salt).isEmpty();
        }
    }

    @Test
    void line17_identifiersAreDer() {
        for (String hex : new String[] {
            "",
            "30",
            "3000",
            "300506032b657000",
            "30810506032b6570",
            "300706032b65700500",
            "300606032b657000",
            "300d06092a864886f70d01010b0501",
            "300b06092a864886f70d01010b",
            "300d06092a864886f70d0101010500",
            "300c06082a8648ce3d0403020500",
            "308006032b65700000"
        }) {
            assertThat(SignatureAlgorithm.byIdentifier(HexFormat.of().parseHex(hex)))
                    .as(hex)
                    .isEmpty();
        }
    }

    private static boolean usable(BigInteger n, BigInteger e) throws GeneralSecurityException {
        try {
            return VerifyingKey.of(KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, e)))
                    .isPresent();
        } catch (InvalidKeySpecException refusedByTheJdk) {
            return false;
        }
    }

    private static boolean verifies(VerifyingKey key, KeyPair pair, byte[] block) {
        return key.verify(SignatureAlgorithm.RSA_PKCS1_SHA256, rawRsa(pair, block), MESSAGE);
    }

    private static BigInteger cubeRoot(BigInteger value) {
        BigInteger low = BigInteger.ZERO;
        BigInteger high = BigInteger.ONE.shiftLeft(value.bitLength() / 3 + 1);
        while (low.compareTo(high) < 0) {
            BigInteger middle = low.add(high).add(BigInteger.ONE).shiftRight(1);
            if (middle.pow(3).compareTo(value) <= 0) {
                low = middle;
            } else {
                high = middle.subtract(BigInteger.ONE);
            }
        }
        return low;
    }
}

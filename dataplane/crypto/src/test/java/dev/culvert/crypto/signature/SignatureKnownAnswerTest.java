package dev.culvert.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AlgorithmIdentifiers as RFC 7427 appendix A and RFC 8420 print them, and signatures of RFC 4754 §8 and RFC 8032 §7. */
class SignatureKnownAnswerTest {
    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

    @ParameterizedTest
    @CsvSource({
        // RFC 7427 A.1
        "300d06092a864886f70d01010b0500, RSA_PKCS1_SHA256",
        "300d06092a864886f70d01010c0500, RSA_PKCS1_SHA384",
        "300d06092a864886f70d01010d0500, RSA_PKCS1_SHA512",
        // RFC 7427 A.3
        "300a06082a8648ce3d040302, ECDSA_SHA256",
        "300a06082a8648ce3d040303, ECDSA_SHA384",
        "300a06082a8648ce3d040304, ECDSA_SHA512",
        // RFC 7427 A.4.3, with the trailer field spelled out
        "304606092a864886f70d01010a3039a00f300d06096086480165030402010500a11c301a06092a864886f70d010108"
                + "300d06096086480165030402010500a203020120a303020101, RSA_PSS_SHA256",
        // as sent by strongSwan and libreswan
        "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108"
                + "300d06096086480165030402010500a203020120, RSA_PSS_SHA256",
        "304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108"
                + "300d06096086480165030402020500a203020130, RSA_PSS_SHA384",
        "304106092a864886f70d01010a3034a00f300d06096086480165030402030500a11c301a06092a864886f70d010108"
                + "300d06096086480165030402030500a203020140, RSA_PSS_SHA512",
        // RFC 8420 appendix A
        "300506032b6570, ED25519",
        "300506032b6571, ED448"
    })
    void readsIdentifiers(String der, SignatureAlgorithm algorithm) {
        byte[] octets = HexFormat.of().parseHex(der);
        assertThat(SignatureAlgorithm.byIdentifier(octets)).contains(algorithm);
        assertThat(SignatureAlgorithm.byIdentifier(algorithm.identifier().orElseThrow()))
                .contains(algorithm);
        if (!der.contains("a303020101")) {
            assertThat(algorithm.identifier().orElseThrow()).isEqualTo(octets);
        }
    }

    @Test
    void olderMethodsHaveNoIdentifier() {
        assertThat(SignatureAlgorithm.RSA_PKCS1_SHA1.identifier()).isEmpty();
        assertThat(SignatureAlgorithm.byIdentifier(HexFormat.of().parseHex("300d06092a864886f70d0101050500")))
                .as("sha1WithRSAEncryption")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 4754 §8.1 to §8.3, with the DER that RFC 7427 has for the same signature
        "secp256r1, ECDSA_P256_SHA256_RAW, ECDSA_SHA256,"
                + "2442A5CC0ECD015FA3CA31DC8E2BBC70BF42D60CBCA20085E0822CB04235E970,"
                + "6FC98BD7E50211A4A27102FA3549DF79EBCB4BF246B80945CDDFE7D509BBFD7D,"
                + "CB28E0999B9C7715FD0A80D8E47A77079716CBBF917DD72E97566EA1C066957C,"
                + "86FA3BB4E26CAD5BF90B7F81899256CE7594BB1EA0C89212748BFF3B3D5B0315",
        "secp384r1, ECDSA_P384_SHA384_RAW, ECDSA_SHA384,"
                + "96281BF8DD5E0525CA049C048D345D3082968D10FEDF5C5ACA0C64E6465A97EA5CE10C9DFEC21797415710721F437922,"
                + "447688BA94708EB6E2E4D59F6AB6D7EDFF9301D249FE49C33096655F5D502FAD3D383B91C5E7EDAA2B714CC99D5743CA,"
                + "FB017B914E29149432D8BAC29A514640B46F53DDAB2C69948084E2930F1C8F7E08E07C9C63F2D21A07DCB56A6AF56EB3,"
                + "B263A1305E057F984D38726A1B46874109F417BCA112674C528262A40A629AF1CBB9F516CE0FA7D2FF630863A00E8B9F",
        "secp521r1, ECDSA_P521_SHA512_RAW, ECDSA_SHA512,"
                + "0151518F1AF0F563517EDD5485190DF95A4BF57B5CBA4CF2A9A3F6474725A35F7AFE0A6DDEB8BEDBCD6A197E592D4018"
                + "8901CECD650699C9B5E456AEA5ADD19052A8,"
                + "006F3B142EA1BFFF7E2837AD44C9E4FF6D2D34C73184BBAD90026DD5E6E85317D9DF45CAD7803C6C20035B2F3FF63AFF"
                + "4E1BA64D1C077577DA3F4286C58F0AEAE643,"
                + "0154FD3836AF92D0DCA57DD5341D3053988534FDE8318FC6AAAAB68E2E6F4339B19F2F281A7E0B22C269D93CF8794A92"
                + "78880ED7DBB8D9362CAEACEE544320552251,"
                + "017705A7030290D1CEB605A9A1BB03FF9CDD521E87A696EC926C8C10C8362DF4975367101F67D1CF9BCCBF2F3D239534"
                + "FA509E70AAC851AE01AAC68D62F866472660"
    })
    void verifiesEcdsa(
            String curve, SignatureAlgorithm raw, SignatureAlgorithm der, String x, String y, String r, String s)
            throws GeneralSecurityException {
        VerifyingKey key = VerifyingKey.of(ecKey(curve, x, y)).orElseThrow();
        byte[] signature = HexFormat.of().parseHex(r + s);
        assertThat(key.verify(raw, signature, ABC)).isTrue();
        assertThat(key.verify(raw, signature, "abd".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
        byte[] sigValue = der(r, s);
        assertThat(key.verify(der, sigValue, ABC)).isTrue();
        assertThat(key.verify(der, signature, ABC)).as("raw where DER is due").isFalse();
        assertThat(key.verify(raw, sigValue, ABC)).as("DER where raw is due").isFalse();
    }

    @Test
    void verifiesEd25519() throws GeneralSecurityException {
        // RFC 8032 §7.1, test 1, behind the SubjectPublicKeyInfo of RFC 8410
        PublicKey key = KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(HexFormat.of()
                        .parseHex("302a300506032b6570032100"
                                + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")));
        byte[] signature = HexFormat.of()
                .parseHex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
        VerifyingKey verifying = VerifyingKey.of(key).orElseThrow();
        assertThat(verifying.verify(SignatureAlgorithm.ED25519, signature, new byte[0]))
                .isTrue();
        assertThat(verifying.verify(SignatureAlgorithm.ED25519, signature, new byte[1]))
                .isFalse();
    }

    private static PublicKey ecKey(String curve, String x, String y) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(
                        new ECPoint(new BigInteger(x, 16), new BigInteger(y, 16)),
                        parameters.getParameterSpec(ECParameterSpec.class)));
    }

    /** ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }. */
    private static byte[] der(String r, String s) {
        String body = integer(r) + integer(s);
        int length = body.length() / 2;
        String prefix = length < 128 ? String.format("30%02x", length) : String.format("3081%02x", length);
        return HexFormat.of().parseHex(prefix + body);
    }

    private static String integer(String hex) {
        byte[] octets = new BigInteger(hex, 16).toByteArray();
        return String.format("02%02x", octets.length) + HexFormat.of().formatHex(octets);
    }
}

package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SuiteTest {
    @ParameterizedTest
    @CsvSource({
        "aes128gcm16-prfsha256-x25519, 20, 0, 32",
        "aes256gcm16-prfsha384-ecp384, 36, 0, 48",
        "chacha20poly1305-prfsha512-ecp521, 36, 0, 64",
        "aes192-sha1-modp2048, 24, 20, 20",
        "aes256-sha512-modp8192, 32, 64, 64",
        "aes128ctr-aesxcbc-ecp256bp, 20, 16, 16",
        "aes256ctr-aescmac-ecp384bp, 36, 16, 16",
        "aes128ccm8-prfaescmac-ecp512bp, 19, 0, 16",
        "aes256ccm16-prfaesxcbc-x448, 35, 0, 16",
        "aes192gcm12-prfsha512-modp1536, 28, 0, 64",
        "3des-sha256_96-modp1024, 24, 32, 32"
    })
    void keyLengthsOfIke(String keywords, int encryption, int integrity, int prf) {
        IkeSuite suite = IkeSuite.of(ProposalKeywords.parse(SecurityProtocol.IKE, keywords));
        assertThat(suite.encryptionKeyLength()).isEqualTo(encryption);
        assertThat(suite.integrityKeyLength()).isEqualTo(integrity);
        assertThat(suite.prfKeyLength()).isEqualTo(prf);
        assertThat(suite.keywords()).isEqualTo(keywords);
        assertThat(IkeSuite.of(suite.proposal())).isEqualTo(suite);
    }

    @ParameterizedTest
    @CsvSource({
        "aes128gcm16, 20, 0, 16, 4, false",
        "chacha20poly1305-x25519-esn, 36, 0, 16, 4, true",
        "aes256-sha1, 32, 20, 12, 16, false",
        "aes192-sha256-modp2048, 24, 32, 16, 16, false",
        "aes128-sha384, 16, 48, 24, 16, false",
        "aes128-sha512-esn, 16, 64, 32, 16, true",
        "null-aescmac, 0, 16, 12, 4, false",
        "3des-sha256_96, 24, 32, 12, 8, false",
        "aes192ctr-aesxcbc, 28, 16, 12, 4, false",
        "aes256gmac, 36, 0, 16, 4, false",
        "aes128gcm8, 20, 0, 8, 4, false",
        "aes256ccm12-esn, 35, 0, 12, 4, true"
    })
    void keyLengthsOfEsp(String keywords, int encryption, int integrity, int icv, int padBlock, boolean esn) {
        ChildSuite suite = ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, keywords));
        assertThat(suite.encryptionKeyLength()).isEqualTo(encryption);
        assertThat(suite.integrityKeyLength()).isEqualTo(integrity);
        assertThat(suite.icvLength()).isEqualTo(icv);
        assertThat(suite.padBlock()).isEqualTo(padBlock);
        assertThat(suite.esn()).isEqualTo(esn);
        assertThat(suite.keywords()).isEqualTo(keywords);
        assertThat(ChildSuite.of(suite.proposal())).isEqualTo(suite);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aes128-aes256-sha256-x25519",
                "aes128-sha256-sha384-prfsha256-x25519",
                "aes128-sha256-sha384-x25519",
                "aes128-sha256-x25519-ecp256"
            })
    void aSuiteLeavesNoChoice(String keywords) {
        Proposal proposal = ProposalKeywords.parse(SecurityProtocol.IKE, keywords);
        assertThatThrownBy(() -> IkeSuite.of(proposal))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(keywords)
                .hasMessageContaining("leaves a choice");
    }

    @ParameterizedTest
    @CsvSource({"1, 12, 0", "1, 12, 100", "1, 28, 128", "1, 2, 0", "1, 7, 128", "1, 20, 512"})
    void aSuiteHasAlgorithmsThatWork(int type, int id, int bits) {
        Proposal proposal = new Proposal(
                SecurityProtocol.ESP,
                List.of(new Transform(type, id, bits), Transform.of(IntegrityAlgorithm.HMAC_SHA2_256_128)));
        assertThatThrownBy(() -> ChildSuite.of(proposal)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"aes256", "aes256gcm16-sha256"})
    void integrityGoesWithCbcAndOnlyWithIt(String keywords) {
        boolean aead = keywords.startsWith("aes256gcm16");
        Transform cipher = Transform.of(aead ? EncryptionAlgorithm.AES_GCM_16 : EncryptionAlgorithm.AES_CBC, 256);
        Proposal proposal = new Proposal(
                SecurityProtocol.ESP,
                aead ? List.of(cipher, Transform.of(IntegrityAlgorithm.HMAC_SHA2_256_128)) : List.of(cipher));
        assertThatThrownBy(() -> ChildSuite.of(proposal))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an integrity algorithm");
    }
}

package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person can name, this runs; and what must not be used, nobody can name. */
class SupportedAlgorithmsTest {
    private static final RandomSource RANDOM = RandomSource.seeded(4);

    @ParameterizedTest
    @EnumSource
    void line08_noEncryptionIsProposedThatTheProvidersLack(EncryptionAlgorithm encryption) {
        for (int bits : encryption.keyLengthsBits()) {
            String keywords = encryption.keyword(bits) + (encryption.isAead() ? "" : "-sha256");
            ChildSuite suite = ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, keywords));
            try (PacketCipher cipher = PacketCiphers.forChild(
                    suite,
                    SecretBytes.wrap(RANDOM.bytes(suite.encryptionKeyLength())),
                    SecretBytes.wrap(RANDOM.bytes(suite.integrityKeyLength())),
                    RANDOM)) {
                byte[] packet = new byte[cipher.overhead() + 64];
                cipher.seal(packet, 0, 64, 1);
                assertThat(cipher.open(packet, 0, packet.length, 0, new byte[64], 0))
                        .isEqualTo(64);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void line08_noIntegrityAlgorithmIsProposedThatTheProvidersLack(IntegrityAlgorithm integrity) {
        String keywords = "aes128-" + integrity.keyword();
        ChildSuite suite = ChildSuite.of(
                integrity == IntegrityAlgorithm.HMAC_MD5_96
                        ? ProposalKeywords.parseV1(SecurityProtocol.ESP, keywords)
                        : ProposalKeywords.parse(SecurityProtocol.ESP, keywords));
        try (PacketCipher cipher = PacketCiphers.forChild(
                suite,
                SecretBytes.wrap(RANDOM.bytes(16)),
                SecretBytes.wrap(RANDOM.bytes(integrity.keyLength())),
                RANDOM)) {
            assertThat(cipher.icvLength()).isEqualTo(integrity.icvLength());
        }
    }

    @ParameterizedTest
    @EnumSource
    void line08_noPrfIsProposedThatTheProvidersLack(PrfAlgorithm prf) {
        try (SecretBytes output = Prf.of(prf).compute(SecretBytes.wrap(RANDOM.bytes(40)), new byte[100])) {
            assertThat(output.length()).isEqualTo(prf.outputLength());
        }
    }

    @ParameterizedTest
    @EnumSource
    void line08_noKeyExchangeIsProposedThatTheProvidersLack(KeyExchangeMethod method) throws Exception {
        try (KeyExchange one = KeyExchange.generate(method, RANDOM)) {
            KeyExchange.Answer answer = KeyExchange.answer(method, one.publicValue(), RANDOM);
            try (SecretBytes secret = one.agree(answer.value());
                    SecretBytes same = answer.secret()) {
                assertThat(one.publicValue()).hasSize(method.publicValueLength());
                assertThat(answer.value()).hasSize(method.answerLength());
                assertThat(secret.length()).isEqualTo(method.secretLength());
                assertThat(secret.constantTimeEquals(same)).isTrue();
            }
        }
    }

    /** DES, Blowfish, DES-MAC, KPDK, 768-bit MODP and the group with a subgroup of 160 bits: not by any name, nor MD5 in IKEv2. */
    @ParameterizedTest
    @CsvSource({
        "IKE, des-sha256-modp2048",
        "IKE, blowfish128-sha256-modp2048",
        "IKE, aes128-sha256-modp768",
        "IKE, aes128-sha256-modp1024s160",
        "ESP, des-sha256",
        "ESP, blowfish-sha256",
        "ESP, aes128-md5",
        "AH, md5",
        "IKE, aes128-md5-modp2048",
        "IKE, aes128-sha256-prfmd5-modp2048",
        "ESP, aes128-desmac",
        "ESP, aes128-sha256-modp768"
    })
    void line64_whatIsNeverOfferedCannotBeNamed(SecurityProtocol protocol, String keywords) {
        assertThatThrownBy(() -> ProposalKeywords.parse(protocol, keywords))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "IKE, des-sha1-modp2048",
        "IKE, aes128-sha1-modp768",
        "IKE, aes128-sha1-modp1024s160",
        "ESP, des-md5",
        "ESP, aes128-desmac"
    })
    void line64_norCanItBeNamedForIkev1(SecurityProtocol protocol, String keywords) {
        assertThatThrownBy(() -> ProposalKeywords.parseV1(protocol, keywords))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "1, 7", "3, 3", "3, 4", "4, 1", "4, 22"})
    void line64_whatIsNeverOfferedIsNotAcceptedEither(int type, int id) {
        Proposal everything = ProposalKeywords.parse(
                SecurityProtocol.IKE, "3des-aes256-aes128-sha1-sha256-aesxcbc-prfsha1-prfsha256-modp1024-modp2048");
        List<Transform> offered = everything.transforms().stream()
                .map(t -> t.type() == type ? new Transform(type, id, 0) : t)
                .distinct()
                .toList();
        assertThat(Negotiation.select(List.of(new Proposal(SecurityProtocol.IKE, offered)), List.of(everything)))
                .isEmpty();
    }
}

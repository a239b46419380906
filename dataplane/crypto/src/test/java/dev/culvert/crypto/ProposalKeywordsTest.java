package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProposalKeywordsTest {
    @Test
    void transformsCarryTheNumbersOfIana() {
        assertThat(ProposalKeywords.parse(SecurityProtocol.IKE, "aes256-aes128-sha256-sha512-modp2048-x25519"))
                .isEqualTo(new Proposal(
                        SecurityProtocol.IKE,
                        List.of(
                                new Transform(1, 12, 256),
                                new Transform(1, 12, 128),
                                new Transform(2, 5, 0),
                                new Transform(2, 7, 0),
                                new Transform(3, 12, 0),
                                new Transform(3, 14, 0),
                                new Transform(4, 14, 0),
                                new Transform(4, 31, 0))));
        assertThat(ProposalKeywords.parse(SecurityProtocol.ESP, "chacha20poly1305-aes256gcm16-ecp384-esn-noesn"))
                .isEqualTo(new Proposal(
                        SecurityProtocol.ESP,
                        List.of(
                                new Transform(1, 28, 0),
                                new Transform(1, 20, 256),
                                new Transform(4, 20, 0),
                                new Transform(5, 1, 0),
                                new Transform(5, 0, 0))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aes256gcm16-prfsha384-x25519",
                "aes128gcm16-aes256gcm16-prfsha256-prfsha512-ecp256-modp3072",
                "aes256-sha256-modp2048",
                "aes256gcm16-prfsha384-x25519-ke1_mlkem768",
                "aes256gcm16-prfsha384-x25519-ke1_mlkem1024-ke1_mlkem768-ke1_none-ke7_ecp384",
                "aes128-sha1-prfsha256-modp1024",
                "aes192-sha384-sha512-ecp521-ecp384",
                "3des-sha1-modp1024",
                "aes128ctr-aesxcbc-ecp256bp-ecp384bp-ecp512bp",
                "aes256ctr-aescmac-x448",
                "aes128ccm8-aes192ccm12-aes256ccm16-prfaesxcbc-prfaescmac-x448",
                "aes256gcm8-aes256gcm12-prfsha384-x25519",
                "aes256-sha256_96-prfsha384-x25519",
                "chacha20poly1305-prfsha512-modp8192-modp6144-modp4096-modp1536"
            })
    void ikeProposalsArePrintedAsTheyAreWritten(String keywords) {
        Proposal proposal = ProposalKeywords.parse(SecurityProtocol.IKE, keywords);
        assertThat(ProposalKeywords.print(proposal)).isEqualTo(keywords).isEqualTo(proposal.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aes256gcm16",
                "aes256gcm16-x25519",
                "aes192-sha256",
                "null-sha256",
                "3des-aesxcbc",
                "aes256ctr-aescmac-x448",
                "aes128gmac-aes256gmac",
                "aes128-sha256_96",
                "aes128ccm8-aes192ccm12-aes256ccm16-aes128gcm8-aes192gcm12",
                "chacha20poly1305-aes128gcm16-ecp256-none-esn-noesn",
                "aes128-sha1-modp2048-esn"
            })
    void espProposalsArePrintedAsTheyAreWritten(String keywords) {
        assertThat(ProposalKeywords.print(ProposalKeywords.parse(SecurityProtocol.ESP, keywords)))
                .isEqualTo(keywords);
    }

    @ParameterizedTest
    @CsvSource({
        "IKE, aes-sha-modp2048, aes128-sha1-modp2048",
        "IKE, aes256-sha2_256-curve25519, aes256-sha256-x25519",
        "IKE, aes256-sha2_384-sha2_512-ecp256, aes256-sha384-sha512-ecp256",
        "IKE, AES256GCM16-PRFSHA384-X25519, aes256gcm16-prfsha384-x25519",
        "IKE, x25519-prfsha384-aes256gcm16, aes256gcm16-prfsha384-x25519",
        "IKE, aes256-sha256-prfsha256-x25519, aes256-sha256-x25519",
        "IKE, aes256gcm16-sha384-x25519, aes256gcm16-prfsha384-x25519",
        "ESP, aes256gcm-noesn, aes256gcm16",
        "ESP, aes192gcm128, aes192gcm16",
        "ESP, aes192gcm96-aes192gcm64, aes192gcm12-aes192gcm8",
        "ESP, aes192ccm-aes192ccm96-aes192ccm64, aes192ccm16-aes192ccm12-aes192ccm8",
        "ESP, aes256ccm128-curve448, aes256ccm16-x448",
        "ESP, aes256-sha2_256_96, aes256-sha256_96",
        "IKE, aes128ctr-aesxcbc-prfaesxcbc-curve448, aes128ctr-aesxcbc-x448",
        "ESP, aes256gcm16-sha256, aes256gcm16",
        "ESP, aes128gcm16-modpnone, aes128gcm16-none"
    })
    void aliasesAndWhatFollowsFromThem(SecurityProtocol protocol, String written, String printed) {
        Proposal proposal = ProposalKeywords.parse(protocol, written);
        assertThat(ProposalKeywords.print(proposal)).isEqualTo(printed);
        assertThat(ProposalKeywords.parse(protocol, printed)).isEqualTo(proposal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "IKE | aes256-sha256-modp2049 | keyword 'modp2049' is not known | modp2048, modp3072",
                "IKE | des-sha1-modp2048 | keyword 'des' is an encryption algorithm that is not supported |"
                        + " aes128, aes192, aes256, aes128ctr",
                "ESP | blowfish256-sha256 | keyword 'blowfish256' is an encryption algorithm that is not supported |"
                        + " aes128",
                "IKE | aes256-sha256-modp1024s160 | 'modp1024s160' is a key exchange method that is not supported |"
                        + " allowed: modp1024,",
                "IKE | null-sha256-x25519 | keyword 'null' does not encrypt, which is for ESP only | allowed: 3des, aes128,",
                "IKE | aes128gmac-prfsha256-x25519 | keyword 'aes128gmac' does not encrypt | chacha20poly1305",
                "ESP | null | an integrity algorithm is missing | allowed: sha1, aesxcbc",
                "ESP | null-aes128-sha256-aes256gcm16 | need a proposal each | (aes256gcm16)",
                "IKE | aes256-md5-modp2048 | keyword 'md5' is an integrity algorithm that IKEv2 does not have for IKE |"
                        + " allowed: sha1, aesxcbc, aescmac, sha256, sha384, sha512, sha256_96",
                "IKE | aes256gcm16-prfmd5-x25519 | 'prfmd5' is a pseudorandom function that IKEv2 does not have for IKE |"
                        + " allowed: prfsha1, prfaesxcbc, prfsha256, prfsha384, prfsha512, prfaescmac",
                "IKE | aes256-sha256-modp768 | keyword 'modp768' is a key exchange method that is not supported |"
                        + " allowed: modp1024,",
                "IKE | aes256-sha256-none | keyword 'none': IKE needs a key exchange | allowed: modp1024",
                "IKE | aes256-sha256-x25519-esn | 'esn' is the choice of sequence numbers | no place in a proposal for IKE",
                "IKE | aes256gcm16-prfsha256-mlkem768 | 'mlkem768' | x25519-ke1_mlkem768",
                "ESP | aes256gcm16-mlkem768 | 'mlkem768' | too long",
                "IKE | aes256gcm16-prfsha256-x25519-ke1_x25519 | 'ke1_x25519' | a second time",
                "IKE | aes256gcm16-prfsha256-x25519-ke8_mlkem768 | 'ke8_mlkem768' | ke1_ to ke7_",
                "IKE | aes256gcm16-prfsha256-x25519-ke1_kyber3 | 'ke1_kyber3' | mlkem768",
                "IKE | aes256gcm16-prfsha256-x25519-ke1_sha256 | 'ke1_sha256' | mlkem768",
                "IKE | aes256gcm16-prfsha256-x25519-ke1_modp768 | 'ke1_modp768' | not supported",
                "ESP | aes256gcm16-ke1_mlkem768 | aes256gcm16-ke1_mlkem768 | need a first one",
                "ESP | aes256gcm16-none-ke1_mlkem768 | aes256gcm16-none-ke1_mlkem768 | need a first one",
                "IKE | aes256gcm16-x25519 | a pseudorandom function is missing | prfsha384",
                "IKE | aes256-x25519 | an integrity algorithm is missing | sha256",
                "IKE | aes256-prfsha256-x25519 | an integrity algorithm is missing | sha256",
                "IKE | aes256-sha256 | a key exchange method is missing | x25519",
                "IKE | sha256-x25519 | an encryption algorithm is missing | aes256",
                "IKE | aes256gcm16-aes128-sha256-x25519 | need a proposal each | (aes256gcm16)",
                "IKE | aes256-aes256-sha256-x25519 | 'aes256' names an algorithm a second time | proposal",
                "ESP | aes256gcm16-x25519-curve25519 | 'curve25519' names an algorithm a second time | proposal",
                "ESP | aes256 | an integrity algorithm is missing | allowed: sha1, aesxcbc",
                "ESP | aes256gcm16-prfsha256 | 'prfsha256' is a pseudorandom function | no place in a proposal for ESP",
                "ESP | camellia256-sha256 | keyword 'camellia256' is an encryption algorithm that is not supported | aes256gcm16",
                "ESP | aes256gcm16--x25519 | empty keyword | aes256gcm16-x25519",
                "ESP | aes256gcm16- | empty keyword | aes256gcm16-x25519",
                "ESP | default | keyword 'default' is not known | aes128",
                "ESP | aes256gcm16! | keyword 'aes256gcm16!' is not known | aes128",
                "ESP | \"\" | empty proposal | aes256gcm16-x25519",
                "AH | aes256-sha256 | keyword 'aes256' is an encryption algorithm, which has no place | AH",
                "AH | x25519 | an integrity algorithm is missing | sha256"
            })
    void errorsNameTheKeywordAndWhatIsAllowed(
            SecurityProtocol protocol, String written, String problem, String allowed) {
        assertThatThrownBy(() -> ProposalKeywords.parse(protocol, written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining(allowed)
                .hasMessageContaining(written);
    }

    @ParameterizedTest
    @CsvSource({
        "IKE, aes256-sha256-modp2048",
        "IKE, aes128-sha1-sha384-modp1536-ecp521",
        "IKE, 3des-md5-modp1024",
        "IKE, aes192-sha512-ecp384bp",
        "ESP, 3des-md5",
        "ESP, aes256gcm16-modp2048",
        "ESP, aes128ctr-aesxcbc-esn-noesn",
        "ESP, aes256gmac",
        "ESP, null-sha256-none",
        "ESP, aes128-sha256_96",
        "AH, md5-sha1-modp1024"
    })
    void ikev1HasItsOwnAlgorithms(SecurityProtocol protocol, String keywords) {
        Proposal proposal = ProposalKeywords.parseV1(protocol, keywords);
        assertThat(ProposalKeywords.parseV1(protocol, ProposalKeywords.print(proposal)))
                .isEqualTo(proposal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "IKE | aes256gcm16-sha256-modp2048 | keyword 'aes256gcm16' is an encryption algorithm that IKEv1 does not"
                        + " have for IKE | allowed: 3des, aes128, aes192, aes256",
                "IKE | aes256ctr-sha256-modp2048 | keyword 'aes256ctr' | aes256",
                "IKE | null-sha256-modp2048 | keyword 'null' | 3des, aes128",
                "IKE | aes256-aesxcbc-modp2048 | keyword 'aesxcbc' | allowed: md5, sha1, sha256, sha384, sha512",
                "IKE | aes256-sha256-prfsha512-modp2048 | the HMAC of the hash function | aes256-sha256-ecp256",
                "IKE | aes256-prfsha256-modp2048 | the HMAC of the hash function | aes256-sha256-ecp256",
                "IKE | aes256-sha256-x25519 | keyword 'x25519' is a key exchange method that IKEv1 does not have |"
                        + " allowed: modp1024, modp1536, modp2048",
                "IKE | aes256-sha256-ecp256-ke1_mlkem768 | keyword 'ke1_mlkem768' is an additional key exchange that IKEv1"
                        + " does not have | modp2048",
                "ESP | chacha20poly1305 | keyword 'chacha20poly1305' | aes256gcm16",
                "ESP | aes256-aescmac | keyword 'aescmac' | aesxcbc",
                "IKE | aes256-sha256_96-modp2048 | keyword 'sha256_96' | sha256",
                "ESP | aes256gcm16-x25519 | keyword 'x25519' | ecp256"
            })
    void errorsInIkev1NameTheKeywordAndWhatIsAllowed(
            SecurityProtocol protocol, String written, String problem, String allowed) {
        assertThatThrownBy(() -> ProposalKeywords.parseV1(protocol, written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining(allowed)
                .hasMessageContaining(written);
    }

    @ParameterizedTest
    @EnumSource
    void ikev1sDefaultsAreIkev1sAndNotWeak(SecurityProtocol protocol) {
        for (Proposal proposal : ProposalKeywords.defaultsV1(protocol)) {
            assertThat(ProposalKeywords.parseV1(protocol, proposal.toString())).isEqualTo(proposal);
            assertThat(ProposalKeywords.weak(proposal)).isEmpty();
        }
    }

    @Test
    void longTextIsRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> ProposalKeywords.parse(SecurityProtocol.IKE, "aes256-".repeat(1000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a proposal has 7000 characters; allowed: 512");
    }

    @Test
    void whatAPeerOffersIsPrintedWhateverItIs() {
        Proposal offered = new Proposal(
                SecurityProtocol.IKE,
                List.of(
                        new Transform(1, 3, 0),
                        new Transform(1, 12, 256),
                        new Transform(1, 12, 0),
                        new Transform(1, 99, 128),
                        new Transform(2, 4, 0),
                        new Transform(3, 0, 0),
                        new Transform(3, 1026, 0),
                        new Transform(4, 35, 0),
                        new Transform(4, 31, 0, List.of(new TransformAttribute(0x8011, new byte[] {1, 2}))),
                        new Transform(6, 36, 0)));
        assertThat(ProposalKeywords.print(offered))
                .isEqualTo("3des-aes256-ENCR_12-ENCR_99/128-sha256_96-prfaesxcbc-mlkem512-KE_31[attribute 17=0102]"
                        + "-ke1_mlkem768");
        assertThat(ProposalKeywords.print(List.of(
                        offered.without(TransformType.ENCRYPTION).without(TransformType.KEY_EXCHANGE),
                        new Proposal(SecurityProtocol.ESP, List.of()))))
                .isEqualTo("sha256_96-prfaesxcbc-ke1_mlkem768, ");
    }

    @ParameterizedTest
    @EnumSource(names = {"IKE", "ESP"})
    void defaultsAreCompleteAndNotWeak(SecurityProtocol protocol) {
        for (Proposal proposal : ProposalKeywords.defaults(protocol)) {
            assertThat(ProposalKeywords.parse(protocol, proposal.toString())).isEqualTo(proposal);
            assertThat(ProposalKeywords.weak(proposal)).isEmpty();
        }
    }

    @Test
    void line64_weakKeywordsAreNamed() {
        assertThat(ProposalKeywords.weak(
                        ProposalKeywords.parse(SecurityProtocol.IKE, "aes128-sha1-modp1024-modp2048-modp1536")))
                .containsExactly("prfsha1", "sha1", "modp1024", "modp1536");
        assertThat(ProposalKeywords.weak(ProposalKeywords.parseV1(SecurityProtocol.IKE, "3des-md5-modp1024")))
                .containsExactly("3des", "prfmd5", "md5", "modp1024");
        assertThat(ProposalKeywords.weak(ProposalKeywords.parse(
                        SecurityProtocol.ESP, "3des-aes256-aes128ctr-null-sha256-sha256_96-aescmac-modp1024-x448")))
                .containsExactly("3des", "null", "sha256_96", "modp1024");
        assertThat(ProposalKeywords.weak(
                        ProposalKeywords.parse(SecurityProtocol.ESP, "aes256gmac-aes256ccm8-aes128gcm12")))
                .containsExactly("aes256gmac");
    }

    @Test
    void randomTextIsAProposalOrAnIllegalArgument() {
        Random dice = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = dice.nextInt(40);
            for (int j = 0; j < length; j++) {
                text.append((char) (dice.nextInt(4) == 0 ? dice.nextInt(0x10000) : ' ' + dice.nextInt(95)));
            }
            parseAnything(text.toString());
        }
    }

    @Test
    void randomKeywordsAreAProposalOrAnIllegalArgument() {
        Random dice = new Random(2);
        String[] keywords =
                ("aes aes128 aes256 aes128gcm16 aes256gcm chacha20poly1305 sha sha1 sha256 sha2_512 prfsha1 prfsha384"
                                + " x25519 curve25519 modp2048 ecp256 none esn noesn 3des des md5 null aes128gmac aes256ctr aes128ccm"
                                + " aescmac aesxcbc sha256_96 x448 ecp256bp mlkem768 ke1_x25519")
                        .split(" ", -1);
        int parsed = 0;
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder();
            int count = 1 + dice.nextInt(5);
            for (int j = 0; j < count; j++) {
                text.append(j == 0 ? "" : "-").append(keywords[dice.nextInt(keywords.length)]);
            }
            parsed += parseAnything(text.toString());
        }
        assertThat(parsed).as("so that the test reaches the parser's end").isGreaterThan(100);
    }

    /** 0, 1 or 2 protocols took it; what was taken survives printing. */
    private static int parseAnything(String text) {
        int parsed = 0;
        for (SecurityProtocol protocol : SecurityProtocol.values()) {
            try {
                Proposal proposal = ProposalKeywords.parse(protocol, text);
                assertThat(ProposalKeywords.parse(protocol, proposal.toString()))
                        .isEqualTo(proposal);
                parsed++;
            } catch (IllegalArgumentException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            } catch (RuntimeException e) {
                fail("'" + text + "'", e);
            }
        }
        return parsed;
    }
}

package dev.culvert.ike.v1.proposal;

import static dev.culvert.ike.v1.auth.AuthenticationMethod.ECDSA_256;
import static dev.culvert.ike.v1.auth.AuthenticationMethod.PRE_SHARED_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.Attribute;
import dev.culvert.ike.v1.message.ProposalPayload;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.TransformPayload;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Phase1ProposalsTest {
    private static final Lifetime EIGHT_HOURS = Lifetime.ofSeconds(28800);

    @Test
    void anOfferHasATransformForEachChoiceInOrder() {
        List<Proposal> configured = ike("aes256-aes128-sha256-ecp256-modp2048", "3des-sha1-modp1024");
        assertThat(Phase1Proposals.describe(configured, PRE_SHARED_KEY, EIGHT_HOURS))
                .isEqualTo(
                        "aes256-sha256-ecp256 (pre-shared key, 28800 s), aes256-sha256-modp2048 (pre-shared key, 28800 s), "
                                + "aes128-sha256-ecp256 (pre-shared key, 28800 s), aes128-sha256-modp2048 (pre-shared key, 28800 s), "
                                + "3des-sha1-modp1024 (pre-shared key, 28800 s)");
        SaPayload offer = Phase1Proposals.offer(configured, PRE_SHARED_KEY, EIGHT_HOURS);
        assertThat(offer.proposals()).hasSize(1);
        assertThat(offer.proposals().getFirst().transforms().stream().map(TransformPayload::number))
                .containsExactly(1, 2, 3, 4, 5);
    }

    /** RFC 2409 appendix A's numbers. */
    @ParameterizedTest
    @CsvSource({
        "aes128-sha1-modp1024, 7, 128, 2, 2",
        "aes192-sha256-modp2048, 7, 192, 4, 14",
        "aes256-sha384-ecp384, 7, 256, 5, 20",
        "aes256-sha512-modp8192, 7, 256, 6, 18",
        "3des-md5-modp1536, 5, 0, 1, 5",
    })
    void numbersOfRfc2409(String keywords, int encryption, int bits, int hash, int group) {
        List<Proposal> configured = ike(keywords);
        SaPayload offer = Phase1Proposals.offer(configured, PRE_SHARED_KEY, Lifetime.UNSAID);
        TransformPayload transform = offer.proposals().getFirst().transforms().getFirst();
        assertThat(transform.transformId()).isEqualTo(1);
        assertThat(transform.attribute(1)).contains(Attribute.of(1, encryption));
        assertThat(transform.attribute(2)).contains(Attribute.of(2, hash));
        assertThat(transform.attribute(3)).contains(Attribute.of(3, 1));
        assertThat(transform.attribute(4)).contains(Attribute.of(4, group));
        assertThat(transform
                        .attribute(14)
                        .map(a -> (int) a.number().orElseThrow())
                        .orElse(0))
                .isEqualTo(bits);
        assertThat(Phase1Proposals.select(offer, configured, PRE_SHARED_KEY)
                        .orElseThrow()
                        .terms()
                        .suite())
                .isEqualTo(IkeSuite.of(configured.getFirst()));
    }

    @Test
    void whatIkeV1HasNoNumberForIsPassedOver() {
        List<Proposal> configured = List.of(
                ProposalKeywords.parse(SecurityProtocol.IKE, "aes256gcm16-prfsha384-ecp384"),
                ProposalKeywords.parse(SecurityProtocol.IKE, "aes256-sha256-x25519-modp2048"),
                ProposalKeywords.parse(SecurityProtocol.IKE, "aes128-sha256-prfsha512-modp2048"));
        assertThat(Phase1Proposals.describe(configured, PRE_SHARED_KEY, Lifetime.UNSAID))
                .isEqualTo("aes256-sha256-modp2048 (pre-shared key)");
        assertThatThrownBy(() -> Phase1Proposals.offer(configured.subList(0, 1), PRE_SHARED_KEY, Lifetime.UNSAID))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The peer prefers 3DES; the answer is what we prefer of what both can, as it was offered. */
    @Test
    void theConfiguredOrderDecides() {
        SaPayload offer = Phase1Proposals.offer(
                ike("3des-sha1-modp1024", "aes128-aes256-sha1-sha256-modp1024-modp2048"), PRE_SHARED_KEY, EIGHT_HOURS);
        Phase1Proposals.Agreed agreed = Phase1Proposals.select(
                        offer, ike("aes256-sha256-modp2048", "3des-sha1-modp1024"), PRE_SHARED_KEY)
                .orElseThrow();
        assertThat(agreed.terms())
                .isEqualTo(new Phase1Terms(
                        IkeSuite.of(ike("aes256-sha256-modp2048").getFirst()), PRE_SHARED_KEY, EIGHT_HOURS));
        TransformPayload chosen =
                agreed.answer().proposals().getFirst().transforms().getFirst();
        assertThat(offer.proposals().getFirst().transforms()).contains(chosen);
        assertThat(Phase1Proposals.accept(
                        agreed.answer(),
                        ike("3des-sha1-modp1024", "aes128-aes256-sha1-sha256-modp1024-modp2048"),
                        PRE_SHARED_KEY))
                .contains(agreed.terms());
    }

    @Test
    void nothingInCommon() {
        SaPayload offer = Phase1Proposals.offer(ike("aes128-sha1-modp1024"), PRE_SHARED_KEY, EIGHT_HOURS);
        assertThat(Phase1Proposals.select(offer, ike("aes128-sha1-modp2048"), PRE_SHARED_KEY))
                .isEmpty();
        assertThat(Phase1Proposals.select(offer, ike("aes256-sha1-modp1024"), PRE_SHARED_KEY))
                .isEmpty();
        assertThat(Phase1Proposals.select(offer, ike("aes128-sha256-modp1024"), PRE_SHARED_KEY))
                .isEmpty();
        assertThat(Phase1Proposals.select(offer, ike("aes128-sha1-modp1024"), ECDSA_256))
                .isEmpty();
        assertThat(Phase1Proposals.methods(offer)).containsExactly(1);
    }

    @Test
    void anAnswerThatWasNotOfferedIsRefused() {
        List<Proposal> sent = ike("aes256-sha256-modp2048");
        assertThat(Phase1Proposals.accept(transforms(aes(128, 4, 14, 1)), sent, PRE_SHARED_KEY))
                .isEmpty();
        assertThat(Phase1Proposals.accept(transforms(aes(256, 4, 14, 3)), sent, PRE_SHARED_KEY))
                .isEmpty();
        assertThat(Phase1Proposals.accept(transforms(aes(256, 4, 14, 1), aes(256, 4, 14, 1)), sent, PRE_SHARED_KEY))
                .isEmpty();
        assertThat(Phase1Proposals.accept(transforms(), sent, PRE_SHARED_KEY)).isEmpty();
        assertThat(Phase1Proposals.accept(transforms(aes(256, 4, 14, 1)), sent, PRE_SHARED_KEY))
                .isPresent();
    }

    /** RFC 3602 §2.1: 128 bits by default. Zero is no length at all (CVE-2024-3652). */
    @Test
    void keyLengthThatIsNotSaid() {
        List<Proposal> configured = ike("aes256-aes128-sha1-modp1024");
        assertThat(Phase1Proposals.select(transforms(aes(0, 2, 2, 1)), configured, PRE_SHARED_KEY)
                        .orElseThrow()
                        .terms()
                        .suite()
                        .keyLengthBits())
                .isEqualTo(128);
        assertThat(select(
                        configured,
                        Attribute.of(1, 7),
                        Attribute.of(14, 0),
                        Attribute.of(2, 2),
                        Attribute.of(3, 1),
                        Attribute.of(4, 2)))
                .isFalse();
        assertThat(select(
                        configured,
                        Attribute.of(1, 7),
                        new Attribute(14, false, Bytes.EMPTY),
                        Attribute.of(2, 2),
                        Attribute.of(3, 1),
                        Attribute.of(4, 2)))
                .isFalse();
    }

    @Test
    void transformsWithWhatIsNotUnderstoodAreLeftAside() {
        List<Proposal> configured = ike("aes128-sha1-modp1024");
        Attribute[] good = {
            Attribute.of(1, 7), Attribute.of(14, 128), Attribute.of(2, 2), Attribute.of(3, 1), Attribute.of(4, 2)
        };
        assertThat(select(configured, good)).isTrue();
        assertThat(select(configured, with(good, Attribute.of(5, 1))))
                .as("group type")
                .isTrue();
        assertThat(select(configured, with(good, Attribute.of(13, 1))))
                .as("a PRF")
                .isFalse();
        assertThat(select(configured, with(good, Attribute.of(6, 23))))
                .as("a prime of its own")
                .isFalse();
        assertThat(select(configured, with(good, Attribute.of(2, 4))))
                .as("two hashes")
                .isFalse();
        assertThat(select(configured, with(good, Attribute.of(2, 2))))
                .as("the same twice")
                .isTrue();
        assertThat(select(configured, with(good, Attribute.of(30000, 1))))
                .as("unknown")
                .isFalse();
        assertThat(select(configured, Arrays.copyOf(good, 4))).as("no group").isFalse();
    }

    @Test
    void otherProtocolsInPhase1AreLeftAside() {
        SaPayload esp = new SaPayload(
                List.of(new ProposalPayload(1, ProtocolId.ESP, Bytes.ofInt(0xc0ffee01), List.of(aes(128, 2, 2, 1)))));
        assertThat(Phase1Proposals.select(esp, ike("aes128-sha1-modp1024"), PRE_SHARED_KEY))
                .isEmpty();
    }

    @Test
    void describesWhatItDoesNotKnow() {
        assertThat(Phase1Proposals.describe(transforms(
                        new TransformPayload(
                                1,
                                1,
                                List.of(
                                        Attribute.of(1, 1),
                                        Attribute.of(2, 1),
                                        Attribute.of(3, 65001),
                                        Attribute.of(4, 1))),
                        new TransformPayload(
                                2, 1, List.of(Attribute.of(1, 99), Attribute.of(2, 98), Attribute.of(4, 97))),
                        aes(0, 3, 22, 4))))
                .isEqualTo("des-md5-modp768 (authentication method 65001), "
                        + "encryption 99-hash 98-group 97 (authentication method 0), "
                        + "aes without key length-tiger-group 22 (RSA encryption)");
        assertThat(Phase1Proposals.describe(transforms())).isEqualTo("nothing");
        TransformPayload[] many = new TransformPayload[100];
        Arrays.fill(many, aes(128, 2, 2, 1));
        assertThat(Phase1Proposals.describe(transforms(many))).endsWith(" and 76 more");
    }

    private static boolean select(List<Proposal> configured, Attribute... attributes) {
        return Phase1Proposals.select(
                        transforms(new TransformPayload(1, 1, List.of(attributes))), configured, PRE_SHARED_KEY)
                .isPresent();
    }

    private static Attribute[] with(Attribute[] attributes, Attribute more) {
        Attribute[] all = Arrays.copyOf(attributes, attributes.length + 1);
        all[attributes.length] = more;
        return all;
    }

    /** @param bits 0 for none */
    private static TransformPayload aes(int bits, int hash, int group, int method) {
        List<Attribute> rest = List.of(Attribute.of(2, hash), Attribute.of(4, group), Attribute.of(3, method));
        List<Attribute> attributes = new java.util.ArrayList<>(List.of(Attribute.of(1, 7)));
        if (bits != 0) {
            attributes.add(Attribute.of(14, bits));
        }
        attributes.addAll(rest);
        return new TransformPayload(1, 1, attributes);
    }

    private static SaPayload transforms(TransformPayload... transforms) {
        return new SaPayload(List.of(new ProposalPayload(0, ProtocolId.ISAKMP, Bytes.EMPTY, List.of(transforms))));
    }

    private static List<Proposal> ike(String... keywords) {
        return Arrays.stream(keywords)
                .map(text -> ProposalKeywords.parseV1(SecurityProtocol.IKE, text))
                .toList();
    }
}

package dev.culvert.ike.v1.proposal;

import static dev.culvert.ike.v1.proposal.EncapsulationMode.TRANSPORT;
import static dev.culvert.ike.v1.proposal.EncapsulationMode.TUNNEL;
import static dev.culvert.ike.v1.proposal.EncapsulationMode.UDP_TUNNEL;
import static dev.culvert.ike.v1.proposal.EncapsulationMode.UDP_TUNNEL_DRAFT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.Attribute;
import dev.culvert.ike.v1.message.ProposalPayload;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.TransformPayload;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Phase2ProposalsTest {
    private static final Lifetime HOUR = new Lifetime(3600, 4_608_000);
    private static final int OUR_SPI = 0xc0ffee01;
    private static final int PEER_SPI = 0xc0ffee02;

    /** RFC 2407 §4.4.4 and §4.5, RFC 4106 §8, RFC 4543 §7: GMAC has another number than in IKEv2. */
    @ParameterizedTest
    @CsvSource({
        "ESP, 3des-md5, 3, 0, 1",
        "ESP, null-sha1, 11, 0, 2",
        "ESP, aes256-sha256, 12, 256, 5",
        "ESP, aes128-sha384, 12, 128, 6",
        "ESP, aes128-sha512, 12, 128, 7",
        "ESP, aes128-aesxcbc, 12, 128, 9",
        "ESP, aes192ctr-sha256, 13, 192, 5",
        "ESP, aes128ccm8, 14, 128, 0",
        "ESP, aes128ccm16, 16, 128, 0",
        "ESP, aes256gcm8, 18, 256, 0",
        "ESP, aes256gcm16, 20, 256, 0",
        "ESP, aes128gmac, 23, 128, 0",
        "AH, sha1, 3, 0, 2",
        "AH, sha256, 5, 0, 5",
        "AH, aesxcbc, 9, 0, 9",
    })
    void numbersOfTheDoi(SecurityProtocol protocol, String keywords, int id, int bits, int authentication) {
        List<Proposal> configured = proposals(protocol, keywords);
        SaPayload offer = Phase2Proposals.offer(configured, Optional.empty(), TUNNEL, Lifetime.UNSAID, PEER_SPI);
        ProposalPayload proposal = offer.proposals().getFirst();
        TransformPayload transform = proposal.transforms().getFirst();
        assertThat(proposal.protocolId()).isEqualTo(protocol.id());
        assertThat(proposal.spi()).isEqualTo(Bytes.ofInt(PEER_SPI));
        assertThat(transform.transformId()).isEqualTo(id);
        assertThat(value(transform, 4)).isEqualTo(1);
        assertThat(value(transform, 5)).isEqualTo(authentication);
        assertThat(value(transform, 6)).isEqualTo(bits);
        assertThat(Phase2Proposals.select(offer, configured, Set.of(TUNNEL), false, OUR_SPI)
                        .orElseThrow()
                        .terms())
                .isEqualTo(new Phase2Terms(ChildSuite.of(configured.getFirst()), TUNNEL, Lifetime.UNSAID, PEER_SPI));
    }

    @Test
    void anOfferHasAProposalForEachConfiguredOne() {
        SaPayload offer = Phase2Proposals.offer(
                esp("aes256gcm16-aes128gcm16-modp2048", "aes256-sha256-sha1-modp2048"),
                Optional.of(KeyExchangeMethod.MODP_2048),
                UDP_TUNNEL,
                HOUR,
                PEER_SPI);
        assertThat(offer.proposals().stream().map(ProposalPayload::number)).containsExactly(1, 2);
        assertThat(Phase2Proposals.describe(offer))
                .isEqualTo("ESP aes256gcm16-modp2048 (udp tunnel, 3600 s, 4608000 KB), "
                        + "ESP aes128gcm16-modp2048 (udp tunnel, 3600 s, 4608000 KB), "
                        + "ESP aes256-sha256-modp2048 (udp tunnel, 3600 s, 4608000 KB), "
                        + "ESP aes256-sha1-modp2048 (udp tunnel, 3600 s, 4608000 KB)");
    }

    /** RFC 2409 §5.5: one KE payload, one group in all transforms. */
    @Test
    void anOfferHasOneGroup() {
        List<Proposal> configured = esp("aes128-sha1-modp2048-modp1024", "3des-sha1");
        assertThat(Phase2Proposals.group(configured)).contains(KeyExchangeMethod.MODP_2048);
        assertThat(Phase2Proposals.describe(Phase2Proposals.offer(
                        configured, Phase2Proposals.group(configured), TUNNEL, Lifetime.UNSAID, PEER_SPI)))
                .isEqualTo("ESP aes128-sha1-modp2048 (tunnel)");
        assertThat(Phase2Proposals.group(esp("aes128-sha1", "aes128-sha1-modp2048")))
                .isEmpty();
        assertThatThrownBy(() -> Phase2Proposals.offer(
                        configured, Optional.of(KeyExchangeMethod.ECP_256), TUNNEL, Lifetime.UNSAID, PEER_SPI))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theConfiguredOrderDecidesAndTheTransformComesBackAsItWas() {
        List<Proposal> theirs = esp("3des-sha1", "aes128-aes256-sha1-sha256");
        SaPayload offer = Phase2Proposals.offer(theirs, Optional.empty(), TUNNEL, HOUR, PEER_SPI);
        Phase2Proposals.Agreed agreed = Phase2Proposals.select(
                        offer, esp("aes256-sha256", "3des-sha1"), Set.of(TUNNEL), false, OUR_SPI)
                .orElseThrow();
        assertThat(agreed.terms())
                .isEqualTo(new Phase2Terms(ChildSuite.of(esp("aes256-sha256").getFirst()), TUNNEL, HOUR, PEER_SPI));
        ProposalPayload answer = agreed.answer().proposals().getFirst();
        assertThat(answer.number()).isEqualTo(2);
        assertThat(answer.spi()).isEqualTo(Bytes.ofInt(OUR_SPI));
        assertThat(offer.proposals().get(1).transforms())
                .contains(answer.transforms().getFirst());
        assertThat(Phase2Proposals.accept(agreed.answer(), theirs, Optional.empty(), TUNNEL))
                .contains(new Phase2Terms(agreed.terms().suite(), TUNNEL, HOUR, OUR_SPI));
        assertThat(Phase2Proposals.accept(agreed.answer(), theirs, Optional.empty(), TRANSPORT))
                .isEmpty();
        assertThat(Phase2Proposals.accept(agreed.answer(), esp("3des-sha1"), Optional.empty(), TUNNEL))
                .isEmpty();
        assertThat(Phase2Proposals.accept(agreed.answer(), theirs, Optional.of(KeyExchangeMethod.MODP_2048), TUNNEL))
                .isEmpty();
        assertThat(Phase2Proposals.accept(offer, theirs, Optional.empty(), TUNNEL))
                .isEmpty();
    }

    @Test
    void groupAndKePayloadHaveToComeTogether() {
        List<Proposal> both = esp("aes128-sha1-modp2048", "aes128-sha1");
        SaPayload offer = Phase2Proposals.offer(both, Optional.of(KeyExchangeMethod.MODP_2048), TUNNEL, HOUR, PEER_SPI);
        assertThat(Phase2Proposals.select(offer, both, Set.of(TUNNEL), true, OUR_SPI))
                .isPresent();
        assertThat(Phase2Proposals.select(offer, both, Set.of(TUNNEL), false, OUR_SPI))
                .isEmpty();
        assertThat(Phase2Proposals.select(offer, esp("aes128-sha1"), Set.of(TUNNEL), true, OUR_SPI))
                .isEmpty();
        assertThat(Phase2Proposals.select(offer, esp("aes128-sha1-modp1024"), Set.of(TUNNEL), true, OUR_SPI))
                .isEmpty();
    }

    @Test
    void encapsulationModes() {
        for (EncapsulationMode mode : EncapsulationMode.values()) {
            SaPayload offer = Phase2Proposals.offer(esp("aes128-sha1"), Optional.empty(), mode, HOUR, PEER_SPI);
            for (EncapsulationMode accepted : EncapsulationMode.values()) {
                assertThat(Phase2Proposals.select(offer, esp("aes128-sha1"), Set.of(accepted), false, OUR_SPI)
                                .isPresent())
                        .isEqualTo(mode == accepted);
            }
            assertThat(EncapsulationMode.byId(mode.id())).contains(mode);
        }
        assertThat(EncapsulationMode.of(IpsecMode.TUNNEL, true, true)).isEqualTo(UDP_TUNNEL_DRAFT);
        assertThat(EncapsulationMode.of(IpsecMode.TUNNEL, true, false)).isEqualTo(UDP_TUNNEL);
        assertThat(EncapsulationMode.of(IpsecMode.TRANSPORT, false, true)).isEqualTo(TRANSPORT);
        assertThat(UDP_TUNNEL_DRAFT.udp()).isTrue();
        assertThat(select(esp("aes128-sha1"), ProtocolId.ESP, 12, Attribute.of(5, 2), Attribute.of(6, 128)))
                .as("no mode: tunnel")
                .isTrue();
    }

    /** RFC 4304: the attribute Extended (64-bit) Sequence Number, value 1. */
    @Test
    void extendedSequenceNumbers() {
        List<Proposal> configured = esp("aes128gcm16-esn-noesn");
        SaPayload offer = Phase2Proposals.offer(configured, Optional.empty(), TUNNEL, Lifetime.UNSAID, PEER_SPI);
        assertThat(Phase2Proposals.describe(offer)).isEqualTo("ESP aes128gcm16-esn (tunnel), ESP aes128gcm16 (tunnel)");
        assertThat(Phase2Proposals.select(offer, configured, Set.of(TUNNEL), false, OUR_SPI)
                        .orElseThrow()
                        .terms()
                        .suite()
                        .esn())
                .isTrue();
        assertThat(Phase2Proposals.select(offer, esp("aes128gcm16"), Set.of(TUNNEL), false, OUR_SPI)
                        .orElseThrow()
                        .terms()
                        .suite()
                        .esn())
                .isFalse();
    }

    /** Peers that cut HMAC-SHA2-256 to 96 bits say the number of the whole one: whoever names it knows. */
    @Test
    void sha256Of96BitsHasTheNumberOfTheWholeOne() {
        List<Proposal> broken = esp("aes128-sha256_96");
        SaPayload offer = Phase2Proposals.offer(broken, Optional.empty(), TUNNEL, HOUR, PEER_SPI);
        assertThat(value(offer.proposals().getFirst().transforms().getFirst(), 5))
                .isEqualTo(5);
        assertThat(Phase2Proposals.select(offer, broken, Set.of(TUNNEL), false, OUR_SPI)
                        .orElseThrow()
                        .terms()
                        .suite()
                        .icvLength())
                .isEqualTo(12);
        assertThat(Phase2Proposals.select(offer, esp("aes128-sha256"), Set.of(TUNNEL), false, OUR_SPI)
                        .orElseThrow()
                        .terms()
                        .suite()
                        .icvLength())
                .isEqualTo(16);
    }

    /** CVE-2024-3652: GMAC with a key of no length; also AH whose two algorithms differ, and ESP without integrity. */
    @Test
    void line45_whatHasNoKeyOrContradictsItselfIsLeftAside() {
        assertThat(select(esp("aes128gmac"), ProtocolId.ESP, 23, Attribute.of(4, 1), Attribute.of(6, 128)))
                .isTrue();
        assertThat(select(esp("aes128gmac"), ProtocolId.ESP, 23, Attribute.of(4, 1), Attribute.of(6, 0)))
                .isFalse();
        assertThat(select(esp("aes128gmac"), ProtocolId.ESP, 23, Attribute.of(4, 1)))
                .isFalse();
        List<Proposal> ah = proposals(SecurityProtocol.AH, "sha256");
        assertThat(select(ah, ProtocolId.AH, 5, Attribute.of(4, 1), Attribute.of(5, 5)))
                .isTrue();
        assertThat(select(ah, ProtocolId.AH, 3, Attribute.of(4, 1), Attribute.of(5, 5)))
                .isFalse();
        assertThat(select(ah, ProtocolId.AH, 5, Attribute.of(4, 1))).isFalse();
        assertThat(select(ah, ProtocolId.AH, 11, Attribute.of(4, 1), Attribute.of(5, 11)))
                .isFalse();
        assertThat(select(esp("aes128-sha1"), ProtocolId.ESP, 12, Attribute.of(4, 1), Attribute.of(6, 128)))
                .isFalse();
    }

    @Test
    void reservedSpisAndBundlesAreLeftAside() {
        List<Proposal> configured = esp("aes128-sha1");
        TransformPayload transform =
                new TransformPayload(1, 12, List.of(Attribute.of(4, 1), Attribute.of(5, 2), Attribute.of(6, 128)));
        for (int spi : new int[] {0, 1, 255}) {
            SaPayload reserved = new SaPayload(
                    List.of(new ProposalPayload(1, ProtocolId.ESP, Bytes.ofInt(spi), List.of(transform))));
            assertThat(Phase2Proposals.select(reserved, configured, Set.of(TUNNEL), false, OUR_SPI))
                    .isEmpty();
        }
        ProposalPayload esp = new ProposalPayload(1, ProtocolId.ESP, Bytes.ofInt(PEER_SPI), List.of(transform));
        ProposalPayload ipcomp =
                new ProposalPayload(1, ProtocolId.IPCOMP, bytes(2), List.of(new TransformPayload(1, 2, List.of())));
        assertThat(Phase2Proposals.select(
                        new SaPayload(List.of(esp, ipcomp)), configured, Set.of(TUNNEL), false, OUR_SPI))
                .isEmpty();
        ProposalPayload alone = new ProposalPayload(2, ProtocolId.ESP, Bytes.ofInt(PEER_SPI), List.of(transform));
        assertThat(Phase2Proposals.select(
                                new SaPayload(List.of(ipcomp, esp, alone)), configured, Set.of(TUNNEL), false, OUR_SPI)
                        .orElseThrow()
                        .answer()
                        .proposals()
                        .getFirst()
                        .number())
                .isEqualTo(2);
    }

    @Test
    void lifetimes() {
        assertThat(Lifetime.of(Duration.ofMillis(3_600_001), 1025)).isEqualTo(new Lifetime(3601, 2));
        assertThat(Lifetime.of(Duration.ZERO, 0)).isEqualTo(Lifetime.UNSAID);
        assertThat(Lifetime.of(Duration.ofDays(100_000), Long.MAX_VALUE).kilobytes())
                .isEqualTo(0xffffffffL);
        assertThat(HOUR.min(new Lifetime(600, 0))).isEqualTo(new Lifetime(600, 4_608_000));
        assertThat(HOUR.octets()).isEqualTo(4_608_000L * 1024);
        assertThat(HOUR.toNotifyData(Lifetime.Numbering.PHASE_2).toHex())
                .isEqualTo("80010001" + "80020e10" + "80010002" + "00020004" + "00465000");
        assertThat(Lifetime.ofNotifyData(HOUR.toNotifyData(Lifetime.Numbering.PHASE_2), Lifetime.Numbering.PHASE_2))
                .isEqualTo(HOUR);
        assertThat(Lifetime.ofNotifyData(HOUR.toNotifyData(Lifetime.Numbering.PHASE_1), Lifetime.Numbering.PHASE_2))
                .isEqualTo(Lifetime.UNSAID);
        assertThat(Lifetime.ofNotifyData(Bytes.ofHex("8001"), Lifetime.Numbering.PHASE_2))
                .isEqualTo(Lifetime.UNSAID);
        assertThat(Lifetime.ofNotifyData(Bytes.ofHex("80020e10"), Lifetime.Numbering.PHASE_2))
                .as("a duration of nothing")
                .isEqualTo(Lifetime.UNSAID);
        assertThat(new Lifetime(0, 5)).hasToString("5 KB");
        assertThat(Lifetime.UNSAID).hasToString("no lifetime");
    }

    @Test
    void describesWhatItDoesNotKnow() {
        SaPayload strange = new SaPayload(List.of(
                new ProposalPayload(
                        1,
                        ProtocolId.ESP,
                        Bytes.ofInt(PEER_SPI),
                        List.of(
                                new TransformPayload(1, 2, List.of(Attribute.of(5, 1), Attribute.of(3, 1))),
                                new TransformPayload(2, 99, List.of(Attribute.of(4, 77), Attribute.of(5, 88))))),
                new ProposalPayload(2, ProtocolId.IPCOMP, bytes(2), List.of(new TransformPayload(1, 3, List.of())))));
        assertThat(Phase2Proposals.describe(strange))
                .isEqualTo("ESP des-md5-modp768 (no mode), ESP encryption 99-authentication 88 (mode 77), "
                        + "IPCOMP transform 3 (no mode)");
    }

    private static Bytes bytes(int length) {
        return Bytes.of(new byte[length]);
    }

    private static boolean select(List<Proposal> configured, int protocol, int transform, Attribute... attributes) {
        SaPayload offer = new SaPayload(List.of(new ProposalPayload(
                1, protocol, Bytes.ofInt(PEER_SPI), List.of(new TransformPayload(1, transform, List.of(attributes))))));
        return Phase2Proposals.select(offer, configured, Set.of(TUNNEL), false, OUR_SPI)
                .isPresent();
    }

    private static int value(TransformPayload transform, int type) {
        return transform
                .attribute(type)
                .map(a -> (int) a.number().orElseThrow())
                .orElse(0);
    }

    private static List<Proposal> esp(String... keywords) {
        return proposals(SecurityProtocol.ESP, keywords);
    }

    private static List<Proposal> proposals(SecurityProtocol protocol, String... keywords) {
        return Arrays.stream(keywords)
                .map(text -> ProposalKeywords.parseV1(protocol, text))
                .toList();
    }
}

package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.VendorIdPayload;
import dev.culvert.testkit.Datagram;
import dev.culvert.testkit.LinkConditions;
import dev.culvert.testkit.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IKE messages in fragments (RFC 7383), of which ML-KEM in IKE_INTERMEDIATE makes plenty. */
class FragmentationTest {
    private static final String LARGE = "aes256gcm16-prfsha384-x25519-ke1_mlkem1024";
    private static final int SKF = 53;

    private static List<Datagram> observe(EndpointPair pair) {
        List<Datagram> seen = new ArrayList<>();
        pair.network.observe(seen::add);
        return seen;
    }

    private static boolean isFragment(Datagram datagram) {
        return datagram.payload()[16] == SKF;
    }

    private static int total(Datagram datagram) {
        // IKE header, generic header, fragment number
        return Bytes.of(datagram.payload()).u16(28 + 4 + 2);
    }

    @Test
    void largeMessagesAreFragmentedBothWaysAndSmallOnesAreNot() {
        EndpointPair pair = new EndpointPair(1);
        List<Datagram> seen = observe(pair);
        pair.network.conditions(LinkConditions.GOOD.withMtu(1280));
        // --> IKE_SA_INIT { SAi1, KEi, Ni, N(IKEV2_FRAGMENTATION_SUPPORTED), N(INTERMEDIATE_EXCHANGE_SUPPORTED) }
        // --> IKE_INTERMEDIATE { KEi(1) } in two fragments
        // <-- IKE_INTERMEDIATE { KEr(1) } in two fragments
        pair.withTunnel(t -> t.ikeProposals(LARGE), t -> t.ikeProposals(LARGE)).awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.network.count(SimulatedNetwork.Outcome.TOO_BIG)).isZero();
        List<Datagram> fragments =
                seen.stream().filter(FragmentationTest::isFragment).toList();
        assertThat(fragments).hasSize(4);
        assertThat(fragments).allMatch(f -> total(f) == 2).allMatch(f -> f.packetLength() <= 1280);
        assertThat(seen).as("IKE_SA_INIT and IKE_AUTH beside them").hasSize(8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutTheOthersConsentNothingIsFragmented(boolean aRefuses) {
        EndpointPair pair = new EndpointPair(2);
        List<Datagram> seen = observe(pair);
        pair.withTunnel(
                        t -> t.ikeProposals(LARGE)
                                .fragmentation(aRefuses ? Fragmentation.Mode.NO : Fragmentation.Mode.YES, 1280),
                        t -> t.ikeProposals(LARGE)
                                .fragmentation(aRefuses ? Fragmentation.Mode.YES : Fragmentation.Mode.NO, 1280))
                .awaitUp();
        assertThat(seen).noneMatch(FragmentationTest::isFragment);
    }

    @Test
    void whoOnlyAcceptsTakesFragmentsAndSendsNone() {
        EndpointPair pair = new EndpointPair(3);
        List<Datagram> seen = observe(pair);
        pair.withTunnel(
                        t -> t.ikeProposals(LARGE).fragmentation(Fragmentation.Mode.ACCEPT, 1280),
                        t -> t.ikeProposals(LARGE))
                .awaitUp();
        List<Datagram> fragments =
                seen.stream().filter(FragmentationTest::isFragment).toList();
        assertThat(fragments).hasSize(2).allMatch(f -> f.from().address().equals(pair.b.address));
    }

    /** RFC 7383 §2.5.2: what gets no answer is cut into smaller fragments, by the responder as well. */
    @Test
    void aPathThatIsNarrowerThanAssumedIsFoundOut() {
        EndpointPair pair = new EndpointPair(4);
        List<Datagram> seen = observe(pair);
        pair.network.conditions(LinkConditions.GOOD.withMtu(600));
        pair.withTunnel(t -> t.ikeProposals(LARGE), t -> t.ikeProposals(LARGE));
        pair.await(Duration.ofSeconds(30), () -> !pair.a.installed.isEmpty() && !pair.b.installed.isEmpty());
        assertThat(pair.network.count(SimulatedNetwork.Outcome.TOO_BIG)).isPositive();
        assertThat(seen.stream().filter(FragmentationTest::isFragment).mapToInt(FragmentationTest::total))
                .contains(2, 4);
        assertThat(seen.getLast().packetLength()).isLessThanOrEqualTo(600);
    }

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fragmentsThatAreLostRepeatedAndReorderedEndInOneTunnel(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        EndpointPair pair = new EndpointPair(seed);
        pair.network.conditions(LinkConditions.GOOD
                .withMtu(random.nextBoolean() ? 1280 : 600)
                .withLoss(random.nextDouble(0.2))
                .withDuplication(random.nextDouble(0.3))
                .withReordering(random.nextDouble(0.3))
                .withJitter(Duration.ofMillis(random.nextInt(50))));
        int sizeOfA = 576 + random.nextInt(705);
        int sizeOfB = 576 + random.nextInt(705);
        pair.withTunnel(
                t -> t.ikeProposals(LARGE)
                        .fragmentation(Fragmentation.Mode.YES, sizeOfA)
                        .close(CloseAction.START),
                t -> t.ikeProposals(LARGE)
                        .fragmentation(Fragmentation.Mode.YES, sizeOfB)
                        .close(CloseAction.START));
        pair.run(Duration.ofSeconds(60));
        pair.network.conditions(LinkConditions.GOOD.withMtu(600));
        pair.run(Duration.ofMinutes(3));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    // ---- line 30: fragments from somebody with the keys, and from somebody without ----

    private static ScriptedPeer fragmentingPeer() {
        return new ScriptedPeer()
                .init(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED))
                .authenticate();
    }

    /** A liveness check with something in it, in several fragments. */
    private static List<byte[]> fragments(ScriptedPeer peer, int messageId, int maxLength) {
        Payload filling = new VendorIdPayload(Bytes.of(new byte[600]));
        return IkeMessage.of(peer.request(ExchangeType.INFORMATIONAL, messageId), filling)
                .encodeFragments(peer.keys().outbound(), maxLength);
    }

    @Test
    void line30_aFragmentWithABadIcvIsDroppedAndTheOthersStayGood() {
        ScriptedPeer peer = fragmentingPeer();
        List<byte[]> fragments = fragments(peer, 2, 300);
        assertThat(fragments).hasSizeGreaterThan(2);
        byte[] forged = fragments.getFirst().clone();
        forged[forged.length - 1] ^= 1;
        peer.say(forged);
        fragments.subList(1, fragments.size()).forEach(peer::say);
        assertThat(peer.received).isEmpty();
        peer.say(fragments.getFirst());
        assertThat(peer.heard())
                .singleElement()
                .satisfies(answer -> assertThat(answer.payloads()).isEmpty());
    }

    /** RFC 7383 §2.6.1: or each repetition would be answered as often as it has fragments. */
    @Test
    void ofARepeatedRequestTheFirstFragmentAloneIsAnswered() {
        ScriptedPeer peer = fragmentingPeer();
        List<byte[]> fragments = fragments(peer, 2, 300);
        fragments.forEach(peer::say);
        byte[] answer = peer.received.removeLast();
        assertThat(peer.received).isEmpty();
        fragments.forEach(peer::say);
        assertThat(peer.received).containsExactly(answer);
    }

    @Test
    void line30_fragmentsThatDoNotGetCompleteAreForgotten() {
        ScriptedPeer peer = fragmentingPeer();
        List<byte[]> fragments = fragments(peer, 2, 300);
        peer.say(fragments.getFirst());
        long deadline = peer.endpoint.deadline();
        assertThat(deadline - peer.now).isEqualTo(Duration.ofSeconds(30).toNanos());
        peer.pass(1);
        fragments.subList(1, fragments.size()).forEach(peer::say);
        assertThat(peer.received).isEmpty();
        peer.say(fragments.getFirst());
        assertThat(peer.heard()).hasSize(1);
    }

    @Test
    void line30_fragmentsOfMessagesThatNobodyAwaitsAreNotKept() {
        ScriptedPeer peer = fragmentingPeer();
        for (int messageId : new int[] {0, 3, 100, -1}) {
            fragments(peer, messageId, 300).forEach(peer::say);
        }
        assertThat(peer.heard()).isEmpty();
        assertThat(peer.endpoint.deadline()).isEqualTo(Long.MAX_VALUE);
        fragments(peer, 2, 300).forEach(peer::say);
        assertThat(peer.heard()).hasSize(1);
    }

    @Test
    void fragmentsThatWereNotNegotiatedAreDropped() {
        ScriptedPeer peer = new ScriptedPeer().establish();
        fragments(peer, 2, 300).forEach(peer::say);
        assertThat(peer.received).isEmpty();
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 2));
        assertThat(peer.heard()).hasSize(1);
    }

    /** A fragment may say that it belongs to a message of another exchange; each message is one. */
    @Test
    void line30_fragmentsOfDifferentExchangesDoNotMix() {
        ScriptedPeer peer = fragmentingPeer();
        List<byte[]> fragments = fragments(peer, 2, 300);
        IkeHeader other = peer.request(ExchangeType.CREATE_CHILD_SA, 2);
        List<byte[]> others = IkeMessage.of(other, new VendorIdPayload(Bytes.of(new byte[600])))
                .encodeFragments(peer.keys().outbound(), 300);
        peer.say(fragments.getFirst());
        others.subList(1, others.size()).forEach(peer::say);
        assertThat(peer.received).isEmpty();
    }
}

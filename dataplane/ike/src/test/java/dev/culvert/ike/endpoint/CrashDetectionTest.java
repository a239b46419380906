package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.testkit.Interceptor;
import dev.culvert.wire.UdpAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One side loses everything and is back at once. The other one learns it by the token of RFC 6290 as soon as it sends
 * something, though its liveness checks would take minutes; nobody without the token makes it believe that.
 */
class CrashDetectionTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final String SECRET_OF_A = "0123456789abcdef0123456789abcdef";
    private static final String SECRET_OF_B = "fedcba9876543210fedcba9876543210";

    private static EndpointConfig remembering(String secret) {
        return EndpointConfig.defaults()
                .withCrashSecret(SecretBytes.copyOf(Bytes.utf8(secret).toArray()));
    }

    private static EndpointPair pair(DpdConfig.Action action) {
        EndpointPair pair = new EndpointPair(31, remembering(SECRET_OF_A), remembering(SECRET_OF_B));
        pair.withTunnel(
                t -> t.dpd(Duration.ofMinutes(10), Duration.ofMinutes(20), action),
                t -> t.dpd(Duration.ofMinutes(10), Duration.ofMinutes(20), action));
        pair.awaitUp();
        // Long enough for another attempt not to come too soon.
        pair.run(Duration.ofSeconds(10));
        return pair;
    }

    /** B again, with what its configuration and its state directory hold. */
    private static void restartB(EndpointPair pair, EndpointConfig config) {
        pair.b.leave();
        pair.b = new Gateway("B", EndpointPair.B, config, pair.network, pair.clock, 99);
        pair.gateways.set(1, pair.b);
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                .swapSelectors()
                .start(StartAction.NONE)
                .build()));
    }

    /** An ESP packet of A, which B has no SA for any more. */
    private static void packetFromA(EndpointPair pair) {
        ChildSaParameters atA = pair.a.pair(Tunnels.CHILD);
        pair.b.command(new Command.UnknownSpi(
                atA.spiOut(),
                UdpAddress.of(EndpointPair.B, 4500),
                atA.outerLocal().withPort(4500)));
    }

    // A                                        B
    // HDR, SK {IDi, AUTH, N(QCD_TOKEN_A), …} -->
    //                                      <-- HDR, SK {IDr, AUTH, N(QCD_TOKEN_B), …}
    //                                          restarts
    // ESP                                    -->
    //                                      <-- HDR(0), N(INVALID_SPI)
    // HDR, SK {}                             -->
    //                                      <-- HDR, N(INVALID_IKE_SPI), N(QCD_TOKEN_B)
    // HDR, SAi1, KEi, Ni                     -->
    @ParameterizedTest
    @EnumSource(DpdConfig.Action.class)
    void aRestartedResponderProvesItAndTheInitiatorActsAsOnADeadPeer(DpdConfig.Action action) {
        EndpointPair pair = pair(action);
        restartB(pair, remembering(SECRET_OF_B));
        packetFromA(pair);
        pair.run(SOON);
        assertThat(pair.a.removals.getFirst().reason()).isEqualTo(Output.RemovalReason.PEER_DEAD);
        if (action == DpdConfig.Action.RESTART) {
            pair.assertOneIkeSa();
            pair.assertOnePair(Tunnels.CHILD);
            return;
        }
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().message()).contains("restarted");
        pair.a.command(new Command.Acquire(Tunnels.NAME, Tunnels.CHILD, Optional.empty(), Optional.empty()));
        pair.run(SOON);
        if (action == DpdConfig.Action.CLEAR) {
            assertThat(pair.a.installed).isEmpty();
            pair.a.command(new Command.Initiate(Tunnels.NAME, Optional.empty()));
            pair.run(SOON);
        }
        pair.assertOnePair(Tunnels.CHILD);
    }

    /** What is sealed after a restart is sealed under keys that nobody had before: no counter begins anew under an old one. */
    @Test
    void line59_afterARestartNoKeyIsUsedAgain() {
        EndpointPair pair = pair(DpdConfig.Action.RESTART);
        ChildSaParameters before = pair.b.pair(Tunnels.CHILD);
        byte[] keyOut = before.encryptionKeyOut().bytes();
        byte[] keyIn = before.encryptionKeyIn().bytes();
        restartB(pair, remembering(SECRET_OF_B));
        packetFromA(pair);
        pair.run(SOON);
        pair.assertOnePair(Tunnels.CHILD);
        ChildSaParameters after = pair.b.pair(Tunnels.CHILD);
        assertThat(after.encryptionKeyOut().bytes()).isNotEqualTo(keyOut).isNotEqualTo(keyIn);
        assertThat(after.encryptionKeyIn().bytes()).isNotEqualTo(keyIn).isNotEqualTo(keyOut);
        assertThat(after.spiIn()).isNotEqualTo(before.spiIn());
    }

    /** The same with roles exchanged: B, which only answers, learns that A is gone and does not come back by itself. */
    @Test
    void aRestartedInitiatorProvesItToo() {
        EndpointPair pair = pair(DpdConfig.Action.CLEAR);
        ChildSaParameters atB = pair.b.pair(Tunnels.CHILD);
        Gateway again = new Gateway("A", EndpointPair.A, remembering(SECRET_OF_A), pair.network, pair.clock, 98);
        pair.gateways.set(0, again);
        again.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .start(StartAction.NONE)
                .build()));
        again.command(new Command.UnknownSpi(
                atB.spiOut(), UdpAddress.of(EndpointPair.A, 4500), UdpAddress.of(EndpointPair.B, 4500)));
        pair.run(SOON);
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.b.endpoint.establishedIkeSas()).isZero();
    }

    /** RFC 6290 §4.3: the heir of an IKE SA has new SPIs, and so another token; whoever made it. */
    @ParameterizedTest
    @CsvSource({"true, 1", "false, 1", "true, 3", "false, 3"})
    void theTokenIsRenewedWithTheIkeSa(boolean byA, int times) {
        EndpointPair pair = pair(DpdConfig.Action.RESTART);
        for (int i = 0; i < times; i++) {
            (byA ? pair.a : pair.b).command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
            pair.run(Duration.ofSeconds(1));
        }
        restartB(pair, remembering(SECRET_OF_B));
        packetFromA(pair);
        pair.run(SOON);
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    /** A request is out already, and its next repetition would be seconds away. */
    @Test
    void aRequestThatIsOutIsRepeatedAtOnce() {
        EndpointPair pair = pair(DpdConfig.Action.RESTART);
        pair.b.leave();
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(5));
        restartB(pair, remembering(SECRET_OF_B));
        packetFromA(pair);
        pair.run(SOON);
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    /** Without its secret, or with another, B can only claim that it restarted. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void line39_aRestartThatIsNotProvedLeadsToALivenessCheckOnly(boolean anotherSecret) {
        EndpointPair pair = pair(DpdConfig.Action.RESTART);
        int sentBefore = pair.a.transmitted;
        restartB(pair, anotherSecret ? remembering(SECRET_OF_A) : EndpointConfig.defaults());
        for (int i = 0; i < 20; i++) {
            packetFromA(pair);
            pair.run(Duration.ofMillis(100));
        }
        assertThat(pair.a.installed).hasSize(1);
        assertThat(pair.a.transmitted - sentBefore).isEqualTo(1);
    }

    @Test
    void line22_aForgedTokenEndsNothing() {
        EndpointPair pair = pair(DpdConfig.Action.RESTART);
        TunnelStatus.IkeSaStatus sa = pair.a.status().ikeSa().orElseThrow();
        long spiI = sa.spiInitiator();
        long spiR = sa.spiResponder();
        for (int length : new int[] {0, 15, 16, 32, 64}) {
            IkeMessage forged = IkeMessage.of(
                    IkeHeader.response(spiI, spiR, ExchangeType.INFORMATIONAL, false, 2),
                    NotifyPayload.of(NotifyType.INVALID_IKE_SPI),
                    new NotifyPayload(
                            1, Bytes.EMPTY, NotifyType.QUICK_CRASH_DETECTION.id(), Bytes.of(new byte[length])));
            pair.network.send(UdpAddress.of(EndpointPair.B, 500), UdpAddress.of(EndpointPair.A, 500), forged.encode());
            pair.run(SOON);
        }
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.removals).isEmpty();
    }

    /**
     * Somebody who saw the SPIs asks B for the token of an SA that B has: by the right SPIs, by exchanged ones, and with one
     * of them changed.
     */
    @Test
    void noTokenForAnSaThatIsThere() {
        EndpointPair pair = pair(DpdConfig.Action.RESTART);
        TunnelStatus.IkeSaStatus sa = pair.a.status().ikeSa().orElseThrow();
        long spiI = sa.spiInitiator();
        long spiR = sa.spiResponder();
        List<IkeMessage> answers = new ArrayList<>();
        pair.network.intercept(d -> {
            if (IkeMessage.decode(d.payload()) instanceof DecodeResult.Ok(IkeMessage message)) {
                answers.add(message);
            }
            return Interceptor.Fate.DELIVER;
        });
        byte[] request = sealedBySomebody(spiI, spiR);
        for (byte flags : new byte[] {0x00, 0x08}) {
            for (long[] spis : new long[][] {{spiI, spiR}, {spiR, spiI}, {spiI, 1}, {1, spiR}, {spiR, 1}, {1, spiI}}) {
                ByteBuffer.wrap(request).putLong(0, spis[0]).putLong(8, spis[1]).put(19, flags);
                pair.network.send(UdpAddress.of("192.0.2.77", 500), UdpAddress.of(EndpointPair.B, 500), request);
                pair.run(SOON);
            }
        }
        assertThat(answers).isNotEmpty().allMatch(a -> a.has(NotifyType.INVALID_IKE_SPI));
        assertThat(answers.stream()
                        .filter(a -> a.has(NotifyType.QUICK_CRASH_DETECTION))
                        .map(a -> a.header().initiatorSpi() ^ a.header().responderSpi()))
                .doesNotContain(spiI ^ spiR);
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    /** An SK payload of noise. */
    private static byte[] sealedBySomebody(long spiI, long spiR) {
        byte[] message = new byte[28 + 4 + 60];
        ByteBuffer.wrap(message)
                .putLong(spiI)
                .putLong(spiR)
                .put((byte) 46)
                .put((byte) 0x20)
                .put((byte) 37)
                .put((byte) 0)
                .putInt(0)
                .putInt(message.length)
                .putShort((short) 0)
                .putShort((short) 64);
        return message;
    }

    /** A peer that gives no tokens gets the one in IKE_AUTH and no exchanges of their own. */
    @Test
    void aPeerWithoutInterestIsNotBothered() {
        EndpointPair pair = new EndpointPair(32, remembering(SECRET_OF_A), EndpointConfig.defaults()).withTunnel();
        pair.awaitUp();
        int before = pair.a.transmitted;
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(2));
        // CREATE_CHILD_SA and the Delete
        assertThat(pair.a.transmitted - before).isEqualTo(2);
        pair.assertOneIkeSa();
    }

    /** While we have an SA with the peer, a packet with an unknown SPI is a straggler. */
    @Test
    void stragglersAreNotAnswered() {
        EndpointPair pair = pair(DpdConfig.Action.RESTART);
        int before = pair.b.transmitted;
        packetFromA(pair);
        pair.b.command(new Command.UnknownSpi(
                0x12345678, UdpAddress.of(EndpointPair.B, 4500), UdpAddress.of("198.51.100.9", 4500)));
        pair.run(SOON);
        assertThat(pair.b.transmitted).isEqualTo(before);
    }
}

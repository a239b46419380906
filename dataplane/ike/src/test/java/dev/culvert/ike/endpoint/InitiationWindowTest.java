package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.RandomSource;
import dev.culvert.testkit.VirtualClock;
import dev.culvert.wire.UdpAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many tunnels that begin at once. */
class InitiationWindowTest {
    private static final String HERE = "192.0.2.1";
    private static final String PEER = "192.0.2.2";
    private static final String OTHER = "192.0.2.3";
    private static final int WINDOW = 32;
    private static final int TUNNELS = 100;

    @SuppressWarnings("ArrayRecordComponent") // handed over, not shared; each is itself
    private record Datagram(UdpAddress from, UdpAddress to, byte[] payload) {}

    private final VirtualClock clock = new VirtualClock();
    private final List<Datagram> sent = new ArrayList<>();
    private final Gateway here = new Gateway(
            "A",
            HERE,
            EndpointConfig.defaults(),
            (from, to, payload) -> sent.add(new Datagram(from, to, payload)),
            clock,
            RandomSource.seeded(1));
    private final List<Datagram> answers = new ArrayList<>();
    private final Gateway peer = new Gateway(
            "B",
            PEER,
            EndpointConfig.defaults(),
            (from, to, payload) -> answers.add(new Datagram(from, to, payload)),
            clock,
            RandomSource.seeded(2));

    private static Tunnels tunnel(String from, String to, int number) {
        return Tunnels.of(from, to, from + "." + number + ".example", to + "." + number + ".example")
                .named("t" + number);
    }

    private static TunnelConfig responder(int number) {
        return tunnel(PEER, HERE, number)
                .swapSelectors()
                .start(StartAction.NONE)
                .build();
    }

    private void begin(int count) {
        for (int i = 0; i < count; i++) {
            peer.command(new Command.PutTunnel(responder(i)));
            here.command(new Command.PutTunnel(tunnel(HERE, PEER, i).build()));
        }
    }

    private void deliverToPeer() {
        List<Datagram> all = List.copyOf(sent);
        sent.clear();
        all.forEach(d -> peer.receive(d.from, d.to, d.payload, clock.nowNanos()));
    }

    private void deliverHere() {
        List<Datagram> all = List.copyOf(answers);
        answers.clear();
        all.forEach(d -> here.receive(d.from, d.to, d.payload, clock.nowNanos()));
    }

    @Test
    void soManyAreUnderWayWithAPeerAndAllComeUp() {
        begin(TUNNELS);
        assertThat(sent).hasSize(WINDOW);
        assertThat(here.status.get("t99")).extracting(TunnelStatus::state).isEqualTo(TunnelStatus.State.CONNECTING);
        while (!sent.isEmpty()) {
            assertThat(peer.endpoint.halfOpenIkeSas()).isLessThanOrEqualTo(WINDOW);
            deliverToPeer();
            deliverHere();
        }
        assertThat(here.endpoint.establishedIkeSas()).isEqualTo(TUNNELS);
        assertThat(peer.endpoint.establishedIkeSas()).isEqualTo(TUNNELS);
    }

    @Test
    void aPeerThatIsAwayKeepsNobodyElseWaiting() {
        begin(TUNNELS);
        here.command(new Command.PutTunnel(tunnel(HERE, OTHER, TUNNELS).build()));
        assertThat(sent.getLast().to.address()).hasToString(OTHER);
    }

    @Test
    void whatIsNotAnsweredIsCountedForAWhile() {
        begin(2 * WINDOW);
        clock.advance(Duration.ofMillis(4900));
        here.timeout();
        assertThat(begun()).isEqualTo(WINDOW);
        clock.advance(Duration.ofMillis(200));
        here.timeout();
        assertThat(begun()).isEqualTo(2 * WINDOW);
    }

    /** IKE SAs that something was sent for. */
    private long begun() {
        return sent.stream()
                .map(d -> ByteBuffer.wrap(d.payload).getLong(0))
                .distinct()
                .count();
    }

    @Test
    void aTunnelThatIsRemovedWhileItWaitsIsNotBegun() {
        begin(WINDOW + 1);
        here.command(new Command.RemoveTunnel("t" + WINDOW));
        while (!sent.isEmpty()) {
            deliverToPeer();
            deliverHere();
        }
        assertThat(here.endpoint.establishedIkeSas()).isEqualTo(WINDOW);
    }
}

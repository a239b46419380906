package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.LinkConditions;
import dev.culvert.testkit.SimulatedNetwork;
import dev.culvert.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Two gateways, A and B, on a simulated network: every step in virtual time. */
final class EndpointPair {
    static final String A = "192.0.2.1";
    static final String B = "192.0.2.2";

    final VirtualClock clock = new VirtualClock();
    final SimulatedNetwork network;
    final Gateway a;
    Gateway b;
    final List<Gateway> gateways = new ArrayList<>();
    /** Is run whenever something has happened. */
    Runnable afterEachStep = () -> {};

    EndpointPair(long seed) {
        this(seed, EndpointConfig.defaults(), EndpointConfig.defaults());
    }

    EndpointPair(long seed, EndpointConfig configA, EndpointConfig configB) {
        network = new SimulatedNetwork(clock, seed);
        network.conditions(LinkConditions.GOOD);
        a = new Gateway("A", A, configA, network, clock, 2 * seed);
        b = new Gateway("B", B, configB, network, clock, 2 * seed + 1);
        gateways.add(a);
        gateways.add(b);
    }

    /** Both sides' usual tunnel; A starts it. */
    EndpointPair withTunnel() {
        return withTunnel(UnaryOperator.identity(), UnaryOperator.identity());
    }

    EndpointPair withTunnel(UnaryOperator<Tunnels> forA, UnaryOperator<Tunnels> forB) {
        b.command(new Command.PutTunnel(forB.apply(Tunnels.of(B, A, "b.example", "a.example")
                        .swapSelectors()
                        .start(StartAction.NONE))
                .build()));
        a.command(new Command.PutTunnel(
                forA.apply(Tunnels.of(A, B, "a.example", "b.example")).build()));
        return this;
    }

    /** Goes on until nothing happens any more within that time. */
    void run(Duration time) {
        runUntil(time, () -> false);
    }

    /** Goes on until the condition holds, or fails. */
    void await(Duration limit, BooleanSupplier condition) {
        runUntil(limit, condition);
        assertThat(condition.getAsBoolean())
                .as("within %s; %s\n%s", limit, a.log(), b.log())
                .isTrue();
    }

    private void runUntil(Duration limit, BooleanSupplier condition) {
        long end = clock.nowNanos() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            long next = network.nextDelivery();
            for (Gateway gateway : gateways) {
                next = Math.min(next, gateway.endpoint.deadline());
            }
            if (next > end) {
                clock.advanceNanos(end - clock.nowNanos());
                return;
            }
            clock.advanceNanos(Math.max(0, next - clock.nowNanos()));
            network.deliverDue();
            for (Gateway gateway : gateways) {
                if (gateway.endpoint.deadline() <= clock.nowNanos()) {
                    gateway.timeout();
                }
            }
            afterEachStep.run();
        }
    }

    void awaitUp() {
        await(Duration.ofSeconds(30), () -> !a.installed.isEmpty() && !b.installed.isEmpty() && a.isEstablished());
        run(Duration.ofMillis(200));
    }

    /** Both have exactly one pair of that child, each other's, with each other's keys, and send on it. */
    void assertOnePair(String child) {
        Agreement.assertOnePair(a, b, child);
    }

    /** What both sides went through, in order. */
    String journal() {
        return Agreement.journal(a, b);
    }

    /** One IKE SA on each side, the same. */
    void assertOneIkeSa() {
        Agreement.assertOneIkeSa(a, b);
    }
}

package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * New keys under traffic cost no packet: with a ping every 5 ms and a TCP flow, 201 child rekeyings, 51 IKE rekeyings and
 * 10 re-authentications with strongSwan, a third of the rekeyings begun by either side and a third by both at once. Every
 * drop counter of the agent stays at zero, and in the end each side has one IKE SA with one child. Pings are allowed to
 * get lost one in a hundred: strongSwan's userspace ESP loses some by itself, and its sockets when the machine is busy.
 */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RekeyUnderLoadIT {
    enum Change {
        CHILD_BY_AGENT(67, it -> it.agent.rekeyChild()),
        CHILD_BY_STRONGSWAN(67, it -> it.byPeer(it.strongSwan::rekeyChild, "CHILD_SA_REKEYED")),
        CHILD_BY_BOTH(67, it -> it.byBoth(it.agent::rekeyChild, it.strongSwan::rekeyChild)),
        IKE_BY_AGENT(17, it -> it.agent.rekeyIke()),
        IKE_BY_STRONGSWAN(17, it -> it.byPeer(it.strongSwan::rekeyIke, "IKE_SA_REKEYED")),
        IKE_BY_BOTH(17, it -> it.byBoth(it.agent::rekeyIke, it.strongSwan::rekeyIke)),
        REAUTHENTICATION(10, it -> it.agent.reauthenticate());

        private final int times;

        @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
        private final Consumer<RekeyUnderLoadIT> once;

        Change(int times, Consumer<RekeyUnderLoadIT> once) {
            this.times = times;
            this.once = once;
        }
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private StrongSwan strongSwan;

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        strongSwan.load(SwanConfig.between(topology, right, left).with("rekey_time = 0s"));
        agent = CulvertAgent.startToMeasure(
                left.gateway(), directory.resolve("agent"), TunnelFile.between(topology, left, right));
        agent.awaitUp();
        // ends with its namespace
        Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf-server.log"));
        assertThat(server.isAlive()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void newKeysUnderTrafficCostNoPacket(Change change) {
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 1)).isPositive();
        try (Background flow = Traffic.flowing(
                        left.host(), right.hostAddress(), 10, directory.resolve(change + "-iperf.log"));
                Background ping =
                        Traffic.pinging(left.host(), right.hostAddress(), 5, directory.resolve(change + "-ping.log"))) {
            flow.awaitReady(Duration.ofSeconds(5), () -> flow.log().contains("bits/sec"));
            for (int i = 0; i < change.times; i++) {
                change.once.accept(this);
            }
            assertThat(flow.isAlive()).as(flow.log()).isTrue();
            Traffic.Lost lost = Traffic.stop(ping);
            assertThat(agent.drops()).isEmpty();
            assertThat(lost.sent()).isGreaterThan(change.times);
            assertThat(lost.unanswered())
                    .as("of " + lost.sent() + " pings\n" + left.gateway().losses()
                            + right.gateway().losses())
                    .isLessThanOrEqualTo(lost.sent() / 100);
        }
        // strongSwan deletes the IKE SA that another one replaced 10 s later
        Awaitility.await("one SA of each kind on both sides")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    assertThat(strongSwan.count()).isEqualTo("1 IKE, 1 child");
                    assertThat(agent.saCount()).isEqualTo("1 IKE, 1 child");
                });
    }

    /** strongSwan does not begin while it is still deleting the SA that went before: then it is asked again. */
    private void byPeer(Runnable rekey, String event) {
        String counter = "culvert_ike_events_total{event=\"" + event.toLowerCase(Locale.ROOT) + "\"}";
        double before = agent.metrics(counter).getOrDefault(counter, 0.0);
        Awaitility.await(event)
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    rekey.run();
                    return hasGrown(counter, before);
                });
    }

    private boolean hasGrown(String counter, double before) {
        long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (System.nanoTime() - end < 0) {
            if (agent.metrics(counter).getOrDefault(counter, 0.0) > before) {
                return true;
            }
        }
        return false;
    }

    private void byBoth(Runnable ours, Runnable theirs) {
        CompletableFuture<Void> other = CompletableFuture.runAsync(theirs);
        ours.run();
        other.join();
    }
}

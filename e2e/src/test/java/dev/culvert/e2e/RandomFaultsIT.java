package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.LabException;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Topology.Side;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two agents, traffic both ways all the time, and two hundred faults of either: not one packet between the protected
 * networks is on the wire in the clear, and when the faults are over the traffic flows again.
 */
@Tag("alone")
class RandomFaultsIT {
    private static final int FAULTS = 200;
    private static final int MOST_MILLIS_BETWEEN = 150;
    private static final int PING_MILLIS = 5;
    private static final Duration HEALED = Duration.ofSeconds(60);
    /** Agents that differ in these have no SA. */
    private static final List<String> SUITES = List.of("aes256gcm16", "aes128-sha256");

    /** What happens to one side. What it breaks is mended when it happens again. */
    private enum Fault {
        KILL,
        REKEY_CHILD,
        REKEY_IKE,
        REAUTHENTICATE,
        RECONFIGURE,
        LINK_DOWN,
        NO_DEFAULT_ROUTE,
        NO_ROUTE_INTO_THE_TUNNEL,
        NOTHING_PASSES
    }

    /** A gateway and what is wrong with it. */
    private final class Victim {
        final Side side;
        final CulvertAgent agent;
        private final TunnelFile tunnel;
        private boolean dead;
        private boolean linkDown;
        private boolean routeless;

        Victim(Side side, Side peer) {
            this.side = side;
            tunnel = TunnelFile.between(topology, side, peer).dpd("{delay: 1s, timeout: 3s, action: Restart}");
            agent = CulvertAgent.start(side.gateway(), directory.resolve(side.name()), tunnel);
        }

        void kill() {
            dead = !dead;
            if (dead) {
                agent.kill();
            } else {
                agent.restart();
            }
        }

        /** Does not wait for what comes of it: there may be no SA just now, or no peer. */
        void ask(Runnable command) {
            if (dead) {
                kill();
            }
            Thread.startVirtualThread(() -> {
                try {
                    command.run();
                } catch (LabException | UncheckedIOException refused) {
                    assertThat(refused).isNotNull();
                }
            });
        }

        void reconfigure(String suite) {
            agent.apply(tunnel.proposals("aes256gcm16-prfsha384-x25519", suite));
        }

        void link() {
            linkDown = !linkDown;
            side.gateway().ip("link set wan " + (linkDown ? "down" : "up"));
            // went with the link
            routeless |= linkDown;
            if (!linkDown) {
                defaultRoute();
            }
        }

        void defaultRoute() {
            if (linkDown) {
                return;
            }
            routeless = !routeless;
            side.gateway().ip((routeless ? "route del" : "route replace") + " default via " + side.routerAddress());
        }

        void noRouteIntoTheTunnel() {
            side.gateway()
                    .attempt(
                            Duration.ofSeconds(5),
                            "sh",
                            "-c",
                            "ip route show proto 229 | grep -v blackhole | while read -r route; do ip route del $route; done");
        }

        void mend() {
            if (linkDown) {
                link();
            }
            if (routeless) {
                defaultRoute();
            }
            reconfigure(SUITES.getFirst());
            if (dead) {
                kill();
            }
        }
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Side left = topology.left();
    private final Side right = topology.right();
    private boolean cut;

    @Test
    void nothingIsEverInTheClear() {
        // in the clear the networks do reach each other, so that a leak would arrive and be answered
        topology.wan().ip("route add " + left.network() + " via " + left.outerAddress());
        topology.wan().ip("route add " + right.network() + " via " + right.outerAddress());
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 1)).isEqualTo(1);

        long seed = Long.getLong("culvert.seed", System.nanoTime());
        System.out.println("random faults: -Dculvert.seed=" + seed);
        Random random = new Random(seed);
        Victim a = new Victim(left, right);
        Victim b = new Victim(right, left);
        List<String> done = new ArrayList<>();
        try (CulvertAgent one = a.agent;
                CulvertAgent other = b.agent;
                Capture capture = Capture.start(topology.wan(), "any", directory);
                Background there =
                        Traffic.pinging(left.host(), right.hostAddress(), PING_MILLIS, directory.resolve("there"));
                Background back =
                        Traffic.pinging(right.host(), left.hostAddress(), PING_MILLIS, directory.resolve("back"))) {
            one.awaitUp();
            other.awaitUp();
            for (int i = 0; i < FAULTS; i++) {
                Victim victim = random.nextBoolean() ? a : b;
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                done.add(victim.side.name() + " " + fault);
                happen(fault, victim, random);
                LockSupport.parkNanos(
                        Duration.ofMillis(random.nextInt(MOST_MILLIS_BETWEEN)).toNanos());
            }
            if (cut) {
                cut();
            }
            a.mend();
            b.mend();
            Awaitility.await("traffic both ways after " + done)
                    .atMost(HEALED)
                    .until(() -> Traffic.ping(left.host(), right.hostAddress(), 1) > 0
                            && Traffic.ping(right.host(), left.hostAddress(), 1) > 0);
            assertThat(there.isAlive() && back.isAlive()).isTrue();
            List<Capture.Packet> packets = capture.stop();
            assertThat(packets).hasSizeGreaterThan(FAULTS);
            assertThat(packets)
                    .as("after " + done)
                    .noneMatch(packet -> isInner(packet.source()) || isInner(packet.destination()));
        }
    }

    private static boolean isInner(String address) {
        return address.startsWith("10.");
    }

    private void happen(Fault fault, Victim victim, Random random) {
        switch (fault) {
            case KILL -> victim.kill();
            case REKEY_CHILD -> victim.ask(victim.agent::rekeyChild);
            case REKEY_IKE -> victim.ask(victim.agent::rekeyIke);
            case REAUTHENTICATE -> victim.ask(victim.agent::reauthenticate);
            case RECONFIGURE -> victim.reconfigure(SUITES.get(random.nextInt(SUITES.size())));
            case LINK_DOWN -> victim.link();
            case NO_DEFAULT_ROUTE -> victim.defaultRoute();
            case NO_ROUTE_INTO_THE_TUNNEL -> victim.noRouteIntoTheTunnel();
            case NOTHING_PASSES -> cut();
        }
    }

    private void cut() {
        cut = !cut;
        topology.cut(cut);
    }
}

package dev.culvert.io.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.culvert.io.OwnNetworkNamespace;
import dev.culvert.io.poll.Poller;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.io.tun.TunDevice;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real TUN device and real routes in a network namespace of the test's own: {@code removeAll} in the host's would take
 * the blackholes of an agent that runs there.
 */
class HostRoutesTest {
    private static final IpPrefix NETWORK = IpPrefix.parse("203.0.113.0/25");
    private static final IpPrefix NETWORK_V6 = IpPrefix.parse("2001:db8:229::/48");

    private final String device = "cvt" + ProcessHandle.current().pid() % 1_000_000;
    private final Routes routes = Routes.ofHost();

    @BeforeEach
    void needsRootAndTun() {
        assumeThat(System.getProperty("user.name")).as("routes need root").isEqualTo("root");
        assumeThat(Files.exists(Path.of("/dev/net/tun")))
                .as("there is no /dev/net/tun")
                .isTrue();
    }

    @Test
    void aRoutedPacketComesOutOfTheDevice() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = TunDevice.open(device, 1400);
                    Poller poller = Poller.open();
                    DatagramSocket socket = new DatagramSocket()) {
                IpAddress own = IpAddress.parse("203.0.113.200");
                routes.configureDevice(tun.name(), 1400, List.of(own));
                routes.apply(List.of(
                        new Route.Blackhole(NETWORK), new Route.ThroughDevice(NETWORK, tun.name(), Optional.of(own))));
                int key = poller.add(tun);
                socket.send(new DatagramPacket(new byte[] {42}, 1, InetAddress.getByName("203.0.113.7"), 9));

                PacketBatch batch = new PacketBatch(8, 1500);
                Optional<PacketBuffer> packet = Optional.empty();
                while (packet.isEmpty()) {
                    poller.poll(TimeUnit.SECONDS.toNanos(10));
                    assertThat(poller.isReadable(key)).isTrue();
                    batch.clear();
                    tun.read(batch);
                    packet = firstV4(batch);
                }
                PacketBuffer found = packet.orElseThrow();
                assertThat(found.length).isEqualTo(20 + 8 + 1);
                assertThat(IpAddress.v4(Ipv4Header.source(found.array, found.offset)))
                        .isEqualTo(own);
                assertThat(found.array[found.end() - 1]).isEqualTo((byte) 42);
            }
        });
    }

    @Test
    void theBlackholeStaysWhenTheDeviceGoes() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = TunDevice.open(device, 1400)) {
                routes.configureDevice(tun.name(), 1400, List.of(IpAddress.parse("203.0.113.200")));
                routes.apply(List.of(
                        new Route.Blackhole(NETWORK), new Route.ThroughDevice(NETWORK, tun.name(), Optional.empty())));
                assertThat(routes.pathTo(IpAddress.parse("203.0.113.7")))
                        .hasValueSatisfying(path -> assertThat(path.device()).isEqualTo(tun.name()));
            }
            assertThat(routes.installed()).containsExactly(new Route.Blackhole(NETWORK));
            assertThat(routes.pathTo(IpAddress.parse("203.0.113.7"))).isEmpty();
        });
    }

    @Test
    void applyingTwiceChangesNothingAndLessRemovesTheRest() throws Exception {
        OwnNetworkNamespace.run(() -> {
            List<Route> both = List.of(new Route.Blackhole(NETWORK), new Route.Blackhole(NETWORK_V6));
            routes.apply(both);
            routes.apply(both);
            assertThat(routes.installed()).containsExactlyInAnyOrderElementsOf(both);
            routes.apply(List.of(new Route.Blackhole(NETWORK)));
            assertThat(routes.installed()).containsExactly(new Route.Blackhole(NETWORK));
        });
    }

    @Test
    void aRouteByWayOfAnotherMachineReplacesOneThroughTheDevice() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = TunDevice.open(device, 1400)) {
                routes.configureDevice(tun.name(), 1400, List.of(IpAddress.parse("203.0.113.200")));
                routes.apply(List.of(
                        new Route.ThroughDevice(IpPrefix.parse("203.0.113.128/25"), tun.name(), Optional.empty()),
                        new Route.ThroughDevice(NETWORK, tun.name(), Optional.empty())));
                Route via = new Route.ViaNextHop(NETWORK, IpAddress.parse("203.0.113.129"));
                Route kept = new Route.ThroughDevice(IpPrefix.parse("203.0.113.128/25"), tun.name(), Optional.empty());
                routes.apply(List.of(kept, via));
                assertThat(routes.installed()).containsExactlyInAnyOrder(kept, via);
            }
        });
    }

    @Test
    void whatIpSaysIsInTheError() throws Exception {
        OwnNetworkNamespace.run(() -> {
            assertThatThrownBy(() ->
                            routes.apply(List.of(new Route.ThroughDevice(NETWORK, "no-such-dev", Optional.empty()))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no-such-dev");
        });
    }

    @Test
    void aTakenNameIsSaid() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = TunDevice.open(device, 1400)) {
                assertThatThrownBy(() -> TunDevice.open(tun.name(), 1400).close())
                        .isInstanceOf(SystemCallException.class)
                        .hasMessageContaining("TUNSETIFF")
                        .hasMessageContaining("EBUSY");
            }
        });
    }

    /** The kernel's own IPv6 multicast may come first. */
    private static Optional<PacketBuffer> firstV4(PacketBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            if ((batch.buffer(i).array[batch.buffer(i).offset] & 0xf0) == 0x40) {
                return Optional.of(batch.buffer(i));
            }
        }
        return Optional.empty();
    }
}

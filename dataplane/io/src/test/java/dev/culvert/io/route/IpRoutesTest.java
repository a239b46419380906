package dev.culvert.io.route;

import static dev.culvert.io.OwnNetworkNamespace.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.io.OwnNetworkNamespace;
import dev.culvert.io.route.Route.Blackhole;
import dev.culvert.io.route.Route.ThroughDevice;
import dev.culvert.io.route.Route.ViaNextHop;
import dev.culvert.io.route.Routes.Path;
import dev.culvert.io.tun.TunDevice;
import dev.culvert.io.udp.OwnSource;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IpRoutesTest {
    private static final IpPrefix BRANCH = IpPrefix.parse("10.2.0.0/16");
    private static final IpPrefix BRANCH_V6 = IpPrefix.parse("2001:db8:2::/48");
    private static final IpAddress NEAR = IpAddress.parse("10.1.0.1");
    private static final IpAddress NEAR_V6 = IpAddress.parse("2001:db8:1::1");

    private final Routes routes = Routes.ofHost();
    private final Routes others = Routes.ofHostBeforeOurSockets();

    @BeforeEach
    void assumeTun() {
        OwnNetworkNamespace.assumeTun();
    }

    private TunDevice device() throws IOException {
        TunDevice tun = TunDevice.open("culvert0", 1400);
        routes.configureDevice("culvert0", 1400, List.of(NEAR, NEAR_V6));
        return tun;
    }

    private static ThroughDevice through(IpPrefix prefix, Optional<IpAddress> source) {
        return new ThroughDevice(prefix, "culvert0", source);
    }

    @Test
    void configuringADeviceTwiceChangesNothingAndOtherAddressesGo() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = device()) {
                ip("address", "add", "10.99.0.1/24", "dev", tun.name());
                routes.configureDevice("culvert0", 1300, List.of(NEAR, NEAR_V6));
                routes.configureDevice("culvert0", 1300, List.of(NEAR, NEAR_V6));
                assertThat(ip("-brief", "address", "show", "dev", "culvert0", "scope", "global"))
                        .contains("10.1.0.1/32")
                        .contains("2001:db8:1::1/128")
                        .doesNotContain("10.99");
                assertThat(ip("link", "show", "dev", "culvert0")).contains("mtu 1300");
            }
        });
    }

    @Test
    void makesExactlyTheDesiredRoutesAndLeavesOthersAlone() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = device()) {
                ip("route", "add", "10.50.0.0/16", "dev", tun.name());
                List<Route> both = List.of(
                        through(BRANCH, Optional.of(NEAR)),
                        through(BRANCH_V6, Optional.of(NEAR_V6)),
                        new Blackhole(BRANCH),
                        new Blackhole(BRANCH_V6));
                routes.apply(both);
                assertThat(routes.installed()).containsExactlyInAnyOrderElementsOf(both);
                assertThat(routes.pathTo(IpAddress.parse("10.2.3.4")))
                        .contains(new Path("culvert0", NEAR, Optional.empty()));
                routes.apply(both);
                assertThat(routes.installed()).containsExactlyInAnyOrderElementsOf(both);

                List<Route> less = List.of(
                        through(IpPrefix.parse("10.2.0.1"), Optional.empty()),
                        through(BRANCH_V6, Optional.empty()),
                        new Blackhole(BRANCH));
                routes.apply(less);
                assertThat(routes.installed()).containsExactlyInAnyOrderElementsOf(less);

                routes.removeAll();
                assertThat(routes.installed()).isEmpty();
                assertThat(ip("route", "show")).contains("10.50.0.0/16");
            }
        });
    }

    @Test
    void line60_blackholesOutliveTheDeviceAndDropWhatWouldLeak() throws Exception {
        OwnNetworkNamespace.run(() -> {
            // A default route, by which packets would leak when the tunnel's own route is gone.
            ip("link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
            ip("link", "set", "veth1", "up");
            ip("link", "set", "veth0", "up");
            ip("address", "add", "192.0.2.2/24", "dev", "veth0");
            ip("route", "add", "default", "via", "192.0.2.1");
            IpAddress branchHost = IpAddress.parse("10.2.3.4");
            assertThat(routes.pathTo(branchHost)).map(Path::device).contains("veth0");

            try (TunDevice tun = device()) {
                routes.apply(List.of(through(BRANCH, Optional.empty()), new Blackhole(BRANCH)));
                assertThat(routes.pathTo(branchHost)).map(Path::device).contains(tun.name());
            }

            assertThat(routes.pathTo(branchHost)).isEmpty();
            assertThat(routes.installed()).containsExactly(new Blackhole(BRANCH));
            routes.removeAll();
            assertThat(routes.pathTo(branchHost)).map(Path::device).contains("veth0");
        });
    }

    @Test
    void routesByWayOfAnotherNode() throws Exception {
        OwnNetworkNamespace.run(() -> {
            ip("link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
            ip("link", "set", "veth1", "up");
            ip("link", "set", "veth0", "up");
            ip("address", "add", "192.0.2.2/24", "dev", "veth0");
            ip("address", "add", "2001:db8::2/64", "dev", "veth0", "nodad");
            IpAddress gateway = IpAddress.parse("192.0.2.1");
            IpAddress gatewayV6 = IpAddress.parse("2001:db8::1");
            routes.apply(List.of(new Blackhole(BRANCH), new ViaNextHop(BRANCH, gateway)));
            assertThat(routes.pathTo(IpAddress.parse("10.2.0.9")))
                    .contains(new Path("veth0", IpAddress.parse("192.0.2.2"), Optional.of(gateway)));

            // The gateway moves to another node: the route changes in place.
            List<Route> moved = List.of(
                    new Blackhole(BRANCH),
                    new ViaNextHop(BRANCH, IpAddress.parse("192.0.2.7")),
                    new ViaNextHop(BRANCH_V6, gatewayV6));
            routes.apply(moved);
            assertThat(routes.installed()).containsExactlyInAnyOrderElementsOf(moved);
        });
    }

    @Test
    void leftoversOfAPredecessorGoWhateverTheyLookLike() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = device()) {
                ip("route", "add", "10.7.0.0/16", "dev", tun.name(), "proto", "229", "metric", "77");
                ip("route", "add", "unreachable", "10.8.0.0/16", "proto", "229", "metric", "5");
                ip("route", "add", "blackhole", "default", "proto", "229", "metric", "6");
                ip("-6", "route", "add", "blackhole", "2001:db8:9::/48", "proto", "229", "metric", "7");
                routes.apply(List.of(new Blackhole(BRANCH)));
                assertThat(ip("route", "show", "proto", "229")).hasLineCount(1).contains("10.2.0.0/16");
                assertThat(ip("-6", "route", "show", "proto", "229")).isBlank();
            }
        });
    }

    @Test
    void packetsOfOurOwnSocketsGoPastTheRoutesForTheOthers() throws Exception {
        OwnNetworkNamespace.run(() -> {
            veth();
            IpAddress peer = IpAddress.parse("192.0.2.1");
            IpAddress peerV6 = IpAddress.parse("2001:db8::1");
            IpAddress near = IpAddress.parse("192.0.2.2");
            IpAddress nearV6 = IpAddress.parse("2001:db8::2");
            List<Route> wanted = List.of(
                    new Blackhole(IpPrefix.host(peer)),
                    new Blackhole(IpPrefix.host(peerV6)),
                    through(IpPrefix.host(peer), Optional.of(near)),
                    through(IpPrefix.host(peerV6), Optional.of(nearV6)));
            String rules = ip("rule") + ip("-6", "rule");
            try (TunDevice tun = device()) {
                others.apply(wanted);
                others.apply(wanted);
                assertThat(others.installed()).containsExactlyInAnyOrderElementsOf(wanted);
                assertThat(routes.installed()).isEmpty();
                assertThat(deviceTo(peer)).isEqualTo(tun.name());
                assertThat(deviceTo(peerV6)).isEqualTo(tun.name());
                assertThat(routes.pathTo(peer)).contains(new Path("veth0", near, Optional.empty()));
                assertThat(routes.pathTo(peerV6)).contains(new Path("veth0", nearV6, Optional.empty()));
                assertThat(OwnSource.towards(peer)).contains(near);
                assertThat(OwnSource.towards(peerV6)).contains(nearV6);
                // another table has other routes
                routes.apply(List.of(new Blackhole(BRANCH)));
                assertThat(others.installed()).hasSize(4);
            }
            assertThat(others.installed())
                    .as("the process is dead")
                    .containsExactlyInAnyOrder(
                            new Blackhole(IpPrefix.host(peer)), new Blackhole(IpPrefix.host(peerV6)));
            assertThatThrownBy(() -> deviceTo(peer)).hasMessageContaining("Invalid argument");
            assertThatThrownBy(() -> deviceTo(peerV6)).hasMessageContaining("Invalid argument");
            assertThat(OwnSource.towards(peer)).contains(near);

            ip("rule", "del", "pref", "229");
            assertThat(others.installed())
                    .as("routes without their rule do not count")
                    .containsExactly(new Blackhole(IpPrefix.host(peerV6)));
            others.apply(List.of(new Blackhole(IpPrefix.host(peer)), new Blackhole(IpPrefix.host(peerV6))));
            assertThat(others.installed()).hasSize(2);

            others.apply(List.of(new Blackhole(IpPrefix.host(peer))));
            assertThat(ip("-6", "rule"))
                    .as("only the IP version that has routes")
                    .doesNotContain("lookup 229");
            assertThat(deviceTo(peerV6)).isEqualTo("veth0");
            others.removeAll();
            assertThat(ip("rule") + ip("-6", "rule")).isEqualTo(rules);
            assertThat(deviceTo(peer)).isEqualTo("veth0");
            assertThat(routes.installed()).containsExactly(new Blackhole(BRANCH));
        });
    }

    private static void veth() throws Exception {
        ip("link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
        ip("link", "set", "veth1", "up");
        ip("link", "set", "veth0", "up");
        ip("address", "add", "192.0.2.2/24", "dev", "veth0");
        ip("address", "add", "2001:db8::2/64", "dev", "veth0", "nodad");
    }

    /** For a packet that is not ours. */
    private static String deviceTo(IpAddress destination) throws Exception {
        String route = ip("route", "get", destination.toString());
        return route.replaceAll("(?s).* dev (\\S+).*", "$1");
    }

    @Test
    void aLineThatFailsIsNamed() throws Exception {
        OwnNetworkNamespace.run(() -> {
            assertThatThrownBy(() -> routes.apply(
                            List.of(new Blackhole(BRANCH), new ThroughDevice(BRANCH, "nosuch0", Optional.empty()))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("route replace 10.2.0.0/16 dev nosuch0")
                    .hasMessageContaining("Cannot find device");
            assertThat(routes.installed()).as("the blackhole came first").containsExactly(new Blackhole(BRANCH));
            assertThat(routes.pathTo(IpAddress.parse("192.0.2.1"))).isEmpty();
        });
    }
}

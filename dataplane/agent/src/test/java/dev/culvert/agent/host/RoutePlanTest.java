package dev.culvert.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoutePlanTest {
    private static final IpAddress INSIDE = IpAddress.parse("10.1.0.5");

    @Test
    void eachRemoteNetworkHasABlackholeBehindItsRoute() {
        assertThat(RoutePlan.throughDevice("tun", List.of(child("10.1.0.0/16", "10.2.0.0/16")), List.of(INSIDE)))
                .containsExactly(
                        new Route.Blackhole(IpPrefix.parse("10.2.0.0/16")),
                        new Route.ThroughDevice(IpPrefix.parse("10.2.0.0/16"), "tun", Optional.of(INSIDE)));
    }

    @Test
    void anAddressOutsideTheLocalSelectorsIsNoSource() {
        assertThat(RoutePlan.throughDevice("tun", List.of(child("10.9.0.0/16", "10.2.0.0/16")), List.of(INSIDE)))
                .contains(new Route.ThroughDevice(IpPrefix.parse("10.2.0.0/16"), "tun", Optional.empty()));
    }

    @Test
    void childrenThatShareARemoteNetworkHaveOneRouteWithASource() {
        List<Route> plan = RoutePlan.throughDevice(
                "tun",
                List.of(child("10.9.0.0/16", "10.2.0.0/16"), child("10.1.0.0/16", "10.2.0.0/16")),
                List.of(INSIDE));
        assertThat(plan)
                .hasSize(2)
                .contains(new Route.ThroughDevice(IpPrefix.parse("10.2.0.0/16"), "tun", Optional.of(INSIDE)));
    }

    @Test
    void theDefaultNetworkIsSplitSoThatTheHostsDefaultRouteStays() {
        assertThat(RoutePlan.throughDevice("tun", List.of(child("10.1.0.0/16", "0.0.0.0/0")), List.of()))
                .extracting(route -> route.prefix().toString())
                .containsExactly("0.0.0.0/1", "0.0.0.0/1", "128.0.0.0/1", "128.0.0.0/1");
    }

    @Test
    void aRangeBecomesItsNetworks() {
        TrafficSelector range =
                new TrafficSelector(0, 0, 0xffff, IpAddress.parse("10.2.0.0"), IpAddress.parse("10.2.2.255"));
        assertThat(RoutePlan.prefixes(List.of(range)))
                .extracting(IpPrefix::toString)
                .containsExactly("10.2.0.0/23", "10.2.2.0/24");
    }

    @Test
    void aPeerInsideTheRemoteNetworkKeepsTheWayItHad() {
        IpAddress peer = IpAddress.parse("203.0.113.2");
        IpAddress router = IpAddress.parse("192.0.2.254");
        IpAddress source = IpAddress.parse("192.0.2.1");
        List<RoutePlan.Protected> all = List.of(child("10.1.0.0/16", "0.0.0.0/0"));
        assertThat(RoutePlan.pastTheTunnel(all, Map.of(peer, new Routes.Path("eth0", source, Optional.of(router)))))
                .containsExactly(new Route.ViaNextHop(IpPrefix.host(peer), router));
        assertThat(RoutePlan.pastTheTunnel(all, Map.of(peer, new Routes.Path("eth0", source, Optional.empty()))))
                .containsExactly(new Route.ThroughDevice(IpPrefix.host(peer), "eth0", Optional.of(source)));
        assertThat(RoutePlan.pastTheTunnel(
                        List.of(child("10.1.0.0/16", "10.2.0.0/16")),
                        Map.of(peer, new Routes.Path("eth0", source, Optional.of(router)))))
                .isEmpty();
    }

    private static RoutePlan.Protected child(String local, String remote) {
        return new RoutePlan.Protected(
                List.of(TrafficSelector.parse(local)), List.of(TrafficSelector.parse(remote)), false);
    }
}

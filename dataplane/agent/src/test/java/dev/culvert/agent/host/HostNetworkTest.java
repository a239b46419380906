package dev.culvert.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.io.nft.PacketFilter;
import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostNetworkTest {
    private static final IpAddress PEER = IpAddress.parse("192.0.2.2");
    private static final IpPrefix PEER_NETWORK = IpPrefix.host(PEER);

    private static final IpAddress US = IpAddress.parse("192.0.2.1");

    private final Set<IpAddress> open = new HashSet<>();
    private final List<String> steps = new ArrayList<>();
    private final RecordedRoutes all = new RecordedRoutes("all");
    private final RecordedRoutes unmarked = new RecordedRoutes("unmarked");
    private final FakeFilter filter = new FakeFilter();
    private final HostNetwork host = new HostNetwork(all, unmarked, new CleartextGuard(filter, false), "tun");

    @Test
    void aPeerOfTransportModeIsNoPeerInsideARemoteNetwork() throws Exception {
        apply(child(true));
        assertThat(unmarked.installed)
                .containsExactly(
                        new Route.Blackhole(PEER_NETWORK),
                        new Route.ThroughDevice(PEER_NETWORK, "tun", Optional.empty()));
        assertThat(all.installed).isEmpty();
        assertThat(host.localAddress(IpAddress.parse("127.0.0.1"))).contains(IpAddress.parse("127.0.0.1"));
    }

    @Test
    void whatChangesItsModeIsProtectedAllTheTime() throws Exception {
        open.add(PEER);
        apply(child(false));
        steps.clear();
        apply(child(true));
        assertThat(steps).containsSubsequence("unmarked [192.0.2.2/32, 192.0.2.2/32]", "all []");
        steps.clear();
        apply(child(false));
        assertThat(steps)
                .containsExactly(
                        "unmarked [192.0.2.2/32, 192.0.2.2/32]",
                        "all [192.0.2.2/32, 192.0.2.2/32, 192.0.2.2/32]",
                        "unmarked []");
    }

    @Test
    void theBlackholesStayWhereTheHostIsNotRestored() throws Exception {
        apply(child(true));
        host.block();
        assertThat(unmarked.installed).containsExactly(new Route.Blackhole(PEER_NETWORK));
        host.restore();
        assertThat(unmarked.installed).isEmpty();
    }

    /** What others than our own sockets send to it is to be protected, except where that cannot be told apart. */
    @Test
    void aPeerInsideARemoteNetworkIsReachedPastItByOurSocketsAlone() throws Exception {
        apply(network("192.0.2.0/24"));
        assertThat(all.installed).contains(new Route.ThroughDevice(PEER_NETWORK, "eth0", Optional.of(US)));
        assertThat(unmarked.installed)
                .containsExactly(
                        new Route.Blackhole(PEER_NETWORK),
                        new Route.ThroughDevice(PEER_NETWORK, "tun", Optional.empty()));
        open.add(PEER);
        apply(network("192.0.2.0/24"));
        assertThat(all.installed).contains(new Route.ThroughDevice(PEER_NETWORK, "eth0", Optional.of(US)));
        assertThat(unmarked.installed).isEmpty();
    }

    @Test
    void nothingMayComeInTheClearAsLongAsThereAreTunnels() throws Exception {
        apply(network("10.2.0.0/16"));
        assertThat(filter.installed.refused())
                .containsExactly(new PacketFilter.Pair(IpPrefix.parse("10.2.0.0/16"), IpPrefix.parse("192.0.2.1/32")));
        host.block();
        assertThat(filter.installed.refused()).hasSize(1);
        host.restore();
        assertThat(filter.installed).isEqualTo(PacketFilter.Rules.NONE);
    }

    /** The agent goes on, and says what is missing. */
    @Test
    void aHostWithoutAFilterHasItsRoutesAllTheSame() throws Exception {
        filter.failing = true;
        CleartextGuard guard = new CleartextGuard(filter, false);
        HostNetwork without = new HostNetwork(all, unmarked, guard, "tun");
        without.apply(List.of(network("10.2.0.0/16")), Set.of(), _ -> false, CleartextGuard.Exceptions.NONE, 1400);
        assertThat(all.installed).hasSize(2);
        assertThat(guard.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("nft is not there"));
        without.restore();
        filter.failing = false;
        without.apply(List.of(network("10.2.0.0/16")), Set.of(), _ -> false, CleartextGuard.Exceptions.NONE, 1400);
        assertThat(guard.problem()).isEmpty();
    }

    private static RoutePlan.Protected network(String remote) {
        return new RoutePlan.Protected(
                List.of(TrafficSelector.parse("192.0.2.1/32")), List.of(TrafficSelector.parse(remote)), false);
    }

    private void apply(RoutePlan.Protected... children) throws IOException {
        host.apply(List.of(children), Set.of(PEER), open::contains, CleartextGuard.Exceptions.NONE, 1400);
    }

    private static RoutePlan.Protected child(boolean transport) {
        return new RoutePlan.Protected(
                List.of(TrafficSelector.parse("192.0.2.1/32")),
                List.of(TrafficSelector.parse(PEER + "/32")),
                transport);
    }

    private final class RecordedRoutes implements Routes {
        private final String name;
        List<Route> installed = List.of();

        RecordedRoutes(String name) {
            this.name = name;
        }

        @Override
        public void configureDevice(String device, int mtu, Collection<IpAddress> addresses) {}

        @Override
        public void apply(Collection<Route> desired) {
            installed = List.copyOf(desired);
            steps.add(name + " " + desired.stream().map(Route::prefix).toList());
        }

        @Override
        public List<Route> installed() {
            return installed;
        }

        @Override
        public Optional<Path> pathTo(IpAddress destination) {
            return Optional.of(new Path("eth0", IpAddress.parse("192.0.2.1"), Optional.empty()));
        }
    }
}

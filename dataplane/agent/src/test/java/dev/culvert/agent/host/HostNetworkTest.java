package dev.culvert.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostNetworkTest {
    private static final IpAddress PEER = IpAddress.parse("192.0.2.2");
    private static final IpPrefix PEER_NETWORK = IpPrefix.host(PEER);

    private final List<String> steps = new ArrayList<>();
    private final RecordedRoutes all = new RecordedRoutes("all");
    private final RecordedRoutes unmarked = new RecordedRoutes("unmarked");
    private final HostNetwork host = new HostNetwork(all, unmarked, "tun");

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

    private void apply(RoutePlan.Protected... children) throws IOException {
        host.apply(List.of(children), Set.of(PEER), 1400);
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

package dev.culvert.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.RouteTable;
import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoutesAgentTest {
    private static final RouteTable TABLE = new RouteTable(List.of(new RouteTable.Route("10.50.0.0/16", "192.0.2.11")));

    @Test
    void eachNetworkGoesByTheGatewayOverABlackhole() {
        assertThat(RoutesAgent.plan(TABLE, Set.of(IpAddress.parse("192.0.2.12"))))
                .containsExactly(
                        new Route.Blackhole(IpPrefix.parse("10.50.0.0/16")),
                        new Route.ViaNextHop(IpPrefix.parse("10.50.0.0/16"), IpAddress.parse("192.0.2.11")));
    }

    @Test
    void theGatewaysOwnNodeIsLeftToTheAgent() {
        assertThat(RoutesAgent.plan(TABLE, Set.of(IpAddress.parse("192.0.2.11"))))
                .isEmpty();
    }

    @Test
    void itsRoutesAreToldFromTheAgents() {
        for (int i = 0; i < 1000; i++) {
            assertThat(RoutesAgent.protocol("culvert-routes-" + i)).isBetween(Routes.PROTOCOL + 1, 255);
        }
    }
}

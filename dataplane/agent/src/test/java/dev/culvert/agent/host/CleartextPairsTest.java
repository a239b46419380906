package dev.culvert.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.io.nft.PacketFilter.Pair;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CleartextPairsTest {
    @Test
    void whatComesIsFromTheRemoteNetworkToTheLocalOne() {
        assertThat(CleartextPairs.of(List.of(child(List.of("10.1.0.0/16"), List.of("10.2.0.0/16", "10.3.0.0/16")))))
                .containsExactlyInAnyOrder(pair("10.2.0.0/16", "10.1.0.0/16"), pair("10.3.0.0/16", "10.1.0.0/16"));
    }

    /** Of an address on each side it says what a look at all children says, and of no two pairs both hold it. */
    @Test
    void pairsAreDisjointAndTogetherWhatTheChildrenAre() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<RoutePlan.Protected> children = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                children.add(child(networks(random), networks(random)));
            }
            Set<Pair> pairs = CleartextPairs.of(children);
            for (int i = 0; i < 300; i++) {
                IpAddress from = address(random);
                IpAddress to = address(random);
                boolean wanted = children.stream()
                        .anyMatch(child -> child.remote().stream().anyMatch(s -> s.contains(from))
                                && child.local().stream().anyMatch(s -> s.contains(to)));
                assertThat(pairs.stream()
                                .filter(pair -> pair.source().contains(from)
                                        && pair.destination().contains(to))
                                .count())
                        .as("seed %d, %s to %s, %s", seed, from, to, pairs)
                        .isEqualTo(wanted ? 1 : 0);
            }
        }
    }

    private static List<String> networks(Random random) {
        List<String> networks = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int length = 26 + random.nextInt(7);
            networks.add(IpPrefix.around(address(random), length).toString());
        }
        return networks;
    }

    private static IpAddress address(Random random) {
        return IpAddress.v4(0x0a000000 + random.nextInt(64));
    }

    private static Pair pair(String source, String destination) {
        return new Pair(IpPrefix.parse(source), IpPrefix.parse(destination));
    }

    private static RoutePlan.Protected child(List<String> local, List<String> remote) {
        return new RoutePlan.Protected(
                local.stream().map(TrafficSelector::parse).toList(),
                remote.stream().map(TrafficSelector::parse).toList(),
                false);
    }
}

package dev.culvert.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.io.nft.PacketFilter.Pair;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CleartextGuardTest {
    private static final Pair PAIR = new Pair(IpPrefix.parse("10.2.0.0/16"), IpPrefix.parse("10.1.0.0/16"));

    private final FakeFilter filter = new FakeFilter();
    private final CleartextGuard guard = new CleartextGuard(filter, false);

    @Test
    void eachLookTellsWhatCameSince() {
        apply();
        count(3);
        assertThat(guard.look()).isEqualTo(Map.of(PAIR, 3L));
        assertThat(guard.look()).isEmpty();
        count(5);
        assertThat(guard.look()).isEqualTo(Map.of(PAIR, 2L));
        assertThat(guard.refused()).isEqualTo(5);
    }

    /** A counter must not go back, or Prometheus takes it for a restart. */
    @Test
    void aFilterThatWasMadeAnewCountsOn() {
        apply();
        count(5);
        guard.look();
        count(1);
        assertThat(guard.look()).isEqualTo(Map.of(PAIR, 1L));
        assertThat(guard.refused()).isEqualTo(6);
    }

    @Test
    void whatFailedIsTriedAgain() {
        filter.failing = true;
        apply();
        assertThat(guard.look()).isEmpty();
        assertThat(guard.problem()).isPresent();
        filter.failing = false;
        guard.look();
        assertThat(guard.problem()).isEmpty();
        assertThat(filter.installed.refused()).containsExactly(PAIR);
    }

    /** Where nothing is to be kept out, nobody misses what keeps it out. */
    @Test
    void withoutTunnelsNothingIsMissing() {
        filter.failing = true;
        guard.apply(List.of(), CleartextGuard.Exceptions.NONE);
        assertThat(guard.problem()).isEmpty();
    }

    private void count(long packets) {
        filter.refused = packets;
        filter.byPair.put(PAIR, packets);
    }

    private void apply() {
        guard.apply(
                List.of(new RoutePlan.Protected(
                        List.of(TrafficSelector.parse("10.1.0.0/16")),
                        List.of(TrafficSelector.parse("10.2.0.0/16")),
                        false)),
                CleartextGuard.Exceptions.NONE);
    }
}

package dev.culvert.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.agent.Desired;
import dev.culvert.agent.config.DesiredTunnel;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class VanishedEndpointsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final VanishedEndpoints vanished = new VanishedEndpoints();
    private final DesiredTunnel one = Desired.tunnel("one", "192.0.2.2");
    private final DesiredTunnel two = Desired.tunnel("two", "192.0.2.3");
    private final DesiredTunnel suspended = Desired.tunnel("one", 2, true, "10.2.0.0/16", "192.0.2.2");

    @Test
    void line62_anEmptyListIsNoMassDeletion() {
        VanishedEndpoints.Result first = vanished.keep(List.of(one, two), List.of(), NOW);
        assertThat(first.tunnels()).containsExactly(one, two);
        assertThat(first.newlyVanished()).isTrue();
        VanishedEndpoints.Result again = vanished.keep(List.of(one, two), List.of(), NOW.plusSeconds(30));
        assertThat(again.tunnels()).containsExactly(one, two);
        assertThat(again.newlyVanished()).isFalse();
    }

    @Test
    void whatStaysAwayIsLetGo() {
        assertThat(vanished.keep(List.of(one), List.of(), NOW).tunnels()).containsExactly(one);
        Instant later = NOW.plus(VanishedEndpoints.KEPT_FOR);
        assertThat(vanished.keep(List.of(one), List.of(), later).tunnels()).isEmpty();
    }

    @Test
    void whatComesBackStartsAnew() {
        assertThat(vanished.keep(List.of(one), List.of(), NOW).tunnels()).containsExactly(one);
        assertThat(vanished.keep(List.of(one), List.of(one), NOW.plusSeconds(10))
                        .tunnels())
                .containsExactly(one);
        assertThat(vanished.keep(List.of(one), List.of(), NOW.plusSeconds(65)).tunnels())
                .containsExactly(one);
    }

    @Test
    void aDeletedEndpointClosesItsSasAndStaysBlockedForAWhile() {
        vanished.deleted("default/one");
        DesiredTunnel kept =
                vanished.keep(List.of(one), List.of(), NOW).tunnels().getFirst();
        assertThat(kept.negotiates()).isFalse();
        assertThat(vanished.keep(List.of(kept), List.of(), NOW.plusSeconds(30)).tunnels())
                .containsExactly(kept);
        assertThat(vanished.keep(List.of(kept), List.of(one), NOW.plusSeconds(31))
                        .tunnels())
                .containsExactly(one);
        assertThat(vanished.keep(List.of(kept), List.of(), NOW.plusSeconds(90)).tunnels())
                .isEmpty();
    }

    @Test
    void aSuspendedEndpointIsRemovedAtOnce() {
        assertThat(vanished.keep(List.of(suspended), List.of(), NOW).tunnels()).isEmpty();
    }
}

package dev.culvert.agent.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ipsec.sad.Lifetime;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrafficLifetimeTest {
    @Test
    void withoutLimitsThereAreNone() {
        assertThat(TrafficLifetime.of(0, 0, RandomSource.seeded(1))).isEqualTo(Lifetime.UNLIMITED);
    }

    @Test
    void softLimitsComeUpToATenthEarlyAndHardOnesAtTwice() {
        RandomSource random = RandomSource.seeded(2);
        Set<Long> soft = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            Lifetime lifetime = TrafficLifetime.of(1_000_000, 5_000, random);
            assertThat(lifetime.softBytes()).isBetween(900_000L, 1_000_000L);
            assertThat(lifetime.hardBytes()).isEqualTo(2_000_000);
            assertThat(lifetime.softPackets()).isBetween(4_500L, 5_000L);
            assertThat(lifetime.hardPackets()).isEqualTo(10_000);
            soft.add(lifetime.softBytes());
        }
        assertThat(soft).hasSizeGreaterThan(900);
        assertThat(soft).anyMatch(s -> s < 905_000).anyMatch(s -> s > 995_000);
    }
}

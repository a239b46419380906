package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.DataPathEvent.Expire;
import dev.culvert.ipsec.sad.Lifetime;
import dev.culvert.ipsec.sad.Limit;
import dev.culvert.ipsec.sad.SaBuilder;
import org.junit.jupiter.api.Test;

/** RFC 4301 §4.4.2.1: lifetimes in seconds, bytes and packets, soft and hard. */
class LifetimeTest {
    private final Gateway left = Gateway.left();
    private final Gateway right = Gateway.right();

    @Test
    void packetsOut() {
        install(Lifetime.UNLIMITED.withPackets(3, 5));
        left.send(Inner.ping(1), Inner.ping(2), Inner.ping(3));
        assertThat(left.events).isEmpty();
        left.send(Inner.ping(4), Inner.ping(5));
        assertThat(left.events).containsExactly(expire(Limit.PACKETS, false));
        left.send(Inner.ping(6), Inner.ping(7));
        assertThat(left.toUdp).hasSize(5);
        assertThat(left.events(Expire.class))
                .containsExactly(expire(Limit.PACKETS, false), expire(Limit.PACKETS, true));
        assertThat(left.drops()).containsExactly("OUT_NO_SA=1", "OUT_EXPIRED=1");
    }

    @Test
    void bytesOut() {
        install(Lifetime.UNLIMITED.withBytes(250, 500));
        for (int i = 0; i < 6; i++) {
            left.send(Inner.ping(72));
        }
        assertThat(left.toUdp).hasSize(5);
        assertThat(left.events(Expire.class)).containsExactly(expire(Limit.BYTES, false), expire(Limit.BYTES, true));
    }

    @Test
    void packetsIn() {
        SaBuilder pair = new SaBuilder();
        left.dataPath.install(pair.build(), 0);
        right.dataPath.install(
                pair.lifetime(Lifetime.UNLIMITED.withPackets(1, 2)).mirrored(), 0);
        for (int i = 0; i < 4; i++) {
            right.receiveFrom(SaBuilder.LEFT, left.seal(Inner.ping(i)));
        }
        assertThat(right.toTun).hasSize(2);
        assertThat(right.drops()).containsExactly("IN_EXPIRED=2");
        assertThat(right.events(Expire.class))
                .containsExactly(
                        new Expire("branch", "net", 0x2001, Limit.PACKETS, false),
                        new Expire("branch", "net", 0x2001, Limit.PACKETS, true));
    }

    @Test
    void seconds() {
        install(Lifetime.UNLIMITED.withDeadlines(1_000, 2_000));
        assertThat(left.dataPath.deadline()).isEqualTo(1_000);
        left.dataPath.timeout(999);
        assertThat(left.events).isEmpty();
        left.dataPath.timeout(1_000);
        assertThat(left.events).containsExactly(expire(Limit.SECONDS, false));
        assertThat(left.dataPath.deadline()).isEqualTo(2_000);
        left.send(Inner.ping(1));
        left.dataPath.timeout(2_100);
        assertThat(left.events).containsExactly(expire(Limit.SECONDS, false), expire(Limit.SECONDS, true));
        assertThat(left.dataPath.deadline()).isEqualTo(Long.MAX_VALUE);
        left.send(Inner.ping(2));
        assertThat(left.toUdp).hasSize(1);
        assertThat(left.drops()).containsExactly("OUT_NO_SA=1");
        assertThat(left.dataPath.association(0x1001).orElseThrow().in().expired())
                .isTrue();
    }

    @Test
    void changedLimitsHoldForARunningPair() {
        install(Lifetime.UNLIMITED);
        left.send(Inner.ping(1), Inner.ping(2), Inner.ping(3));
        assertThat(left.dataPath.limit(
                        0x1001, Lifetime.UNLIMITED.withPackets(4, 6).withDeadlines(1_000, Lifetime.NEVER)))
                .isTrue();
        left.send(Inner.ping(4));
        assertThat(left.events).isEmpty();
        left.send(Inner.ping(5));
        assertThat(left.events).containsExactly(expire(Limit.PACKETS, false));
        assertThat(left.dataPath.deadline()).isEqualTo(1_000);
        left.dataPath.limit(0x1001, Lifetime.UNLIMITED.withPackets(6, 7));
        left.send(Inner.ping(6), Inner.ping(7), Inner.ping(8));
        assertThat(left.events(Expire.class))
                .containsExactly(
                        expire(Limit.PACKETS, false), expire(Limit.PACKETS, false), expire(Limit.PACKETS, true));
        assertThat(left.toUdp).hasSize(7);
        assertThat(left.dataPath.limit(0x9999, Lifetime.UNLIMITED)).isFalse();
    }

    /** Monotonic time may be negative and wrap. */
    @Test
    void deadlinesSurviveTheWrapOfTheClock() {
        long now = Long.MAX_VALUE - 10;
        install(Lifetime.UNLIMITED.withDeadlines(now + 100, now + 200));
        left.dataPath.timeout(now);
        assertThat(left.events).isEmpty();
        left.dataPath.timeout(now + 100);
        left.dataPath.timeout(now + 200);
        assertThat(left.events).containsExactly(expire(Limit.SECONDS, false), expire(Limit.SECONDS, true));
    }

    @Test
    void aRemovedPairExpiresNoMore() {
        install(Lifetime.UNLIMITED.withDeadlines(1_000, 2_000));
        left.dataPath.remove(0x1001);
        assertThat(left.dataPath.deadline()).isEqualTo(Long.MAX_VALUE);
        left.dataPath.timeout(5_000);
        assertThat(left.events).isEmpty();
    }

    @Test
    void anEventThatFoundNoRoomIsOfferedAgain() {
        install(Lifetime.UNLIMITED.withPackets(1, 3).withDeadlines(1_000, 2_000_000_000));
        left.eventsFull = true;
        left.send(Inner.ping(1), Inner.ping(2), Inner.ping(3), Inner.ping(4));
        left.dataPath.timeout(1_000);
        left.eventsFull = false;
        left.send(Inner.ping(5));
        assertThat(left.toUdp).hasSize(3);
        assertThat(left.events(Expire.class))
                .containsExactly(expire(Limit.PACKETS, false), expire(Limit.PACKETS, true));
        assertThat(left.dataPath.deadline()).isEqualTo(100_001_000);
        left.dataPath.timeout(100_001_000);
        assertThat(left.events(Expire.class)).endsWith(expire(Limit.SECONDS, false));
    }

    private void install(Lifetime lifetime) {
        left.dataPath.install(new SaBuilder().lifetime(lifetime).build(), left.now);
    }

    private static Expire expire(Limit limit, boolean hard) {
        return new Expire("branch", "net", 0x1001, limit, hard);
    }
}

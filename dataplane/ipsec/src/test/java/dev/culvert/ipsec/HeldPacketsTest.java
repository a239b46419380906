package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.DataPathEvent.Acquire;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.spd.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The packets that ask for an SA are sent on it once it is there. */
class HeldPacketsTest {
    private final Gateway left = new Gateway();
    private final Gateway right = Gateway.right();

    HeldPacketsTest() {
        holding(true);
    }

    @Test
    void theFirstPacketsGoOutOnTheSaTheyAskedFor() {
        left.send(Inner.ping(11), Inner.ping(12));
        assertThat(left.events(Acquire.class)).hasSize(1);
        assertThat(left.toUdp).isEmpty();
        assertThat(left.drops()).isEmpty();
        assertThat(left.dataPath.outbound().isHolding()).isTrue();
        install();
        left.release();
        assertThat(left.dataPath.outbound().isHolding()).isFalse();
        right.receiveFrom(SaBuilder.LEFT, left.toUdp.toArray(byte[][]::new));
        assertThat(right.toTun).containsExactly(Inner.ping(11), Inner.ping(12));
        assertThat(left.drops()).isEmpty();
    }

    @Test
    void onlyAFewAreHeld() {
        for (int i = 0; i < HeldPackets.PER_CHILD + 3; i++) {
            left.send(Inner.ping(i));
        }
        assertThat(left.drops()).containsExactly("OUT_NO_SA=3");
        install();
        left.release();
        assertThat(left.toUdp).hasSize(HeldPackets.PER_CHILD);
    }

    @Test
    void aPeerThatDoesNotAnswerInTimeLosesThem() {
        left.send(Inner.ping(1));
        left.now += HeldPackets.PATIENCE_NANOS - 1;
        left.release();
        assertThat(left.drops()).isEmpty();
        left.send(Inner.ping(2));
        left.now += HeldPackets.PATIENCE_NANOS / 2;
        left.release();
        assertThat(left.drops()).containsExactly("OUT_NO_SA=1");
        install();
        left.release();
        assertThat(left.toUdp).hasSize(1);
    }

    @Test
    void nothingIsHeldWhereNothingIsNegotiated() {
        holding(false);
        left.send(Inner.ping(1));
        assertThat(left.drops()).containsExactly("OUT_NO_SA=1");
        assertThat(left.dataPath.outbound().isHolding()).isFalse();
    }

    @Test
    void line55_packetsWhosePolicyIsGoneNeverLeave() {
        left.send(Inner.ping(1));
        left.dataPath.policies(List.of());
        left.dataPath.install(new SaBuilder().build(), left.now);
        left.release();
        left.now += HeldPackets.PATIENCE_NANOS;
        left.release();
        assertThat(left.toUdp).isEmpty();
        assertThat(left.drops()).containsExactly("OUT_NO_SA=1");
    }

    private void holding(boolean holding) {
        left.dataPath.policies(List.of(
                new Policy.Protect("branch", "net", SaBuilder.LEFT_NETWORKS, SaBuilder.RIGHT_NETWORKS, holding)));
    }

    private void install() {
        SaBuilder pair = new SaBuilder();
        left.dataPath.install(pair.build(), left.now);
        right.dataPath.install(pair.mirrored(), left.now);
    }
}

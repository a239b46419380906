package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.LinkConditions;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The link is cut for ten minutes, whoever begins. Both sides find out, whoever is to restart does so for ever and without
 * a storm, and soon after the link is back there is one IKE SA with one child, and stays.
 */
class LinkCutTest {
    @ParameterizedTest(name = "seed {0}, B starts: {1}, loses only one direction: {2}")
    @CsvSource({
        "1, false, false",
        "2, true, false",
        "3, false, true",
        "4, true, true",
        "5, true, false",
        "6, false, false"
    })
    void oneSaAfterTenMinutesAndNoStorm(long seed, boolean bothStart, boolean oneWay) {
        EndpointPair pair = new EndpointPair(seed)
                .withTunnel(
                        t -> t.dpd(Duration.ofSeconds(10), Duration.ofSeconds(30), DpdConfig.Action.RESTART),
                        t -> t.dpd(
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(30),
                                        bothStart ? DpdConfig.Action.RESTART : DpdConfig.Action.CLEAR)
                                .start(bothStart ? StartAction.START : StartAction.NONE));
        pair.awaitUp();
        pair.run(Duration.ofMinutes(1));
        if (oneWay) {
            pair.network.conditions(pair.b.address, pair.a.address, LinkConditions.GOOD.withLoss(1));
        } else {
            pair.network.conditions(LinkConditions.GOOD.withLoss(1));
        }
        int sentByA = pair.a.transmitted;
        int sentByB = pair.b.transmitted;
        pair.run(Duration.ofMinutes(10));
        // One attempt lasts about 28 s and sends 12 times.
        assertThat(pair.a.transmitted - sentByA).isBetween(200, 300);
        assertThat(pair.b.transmitted - sentByB).isLessThan(600);
        assertThat(pair.a.installed).isEmpty();

        pair.network.conditions(LinkConditions.GOOD);
        if (oneWay) {
            pair.network.conditions(pair.b.address, pair.a.address, LinkConditions.GOOD);
        }
        pair.await(Duration.ofSeconds(3), () -> pair.a.isEstablished() && !pair.a.installed.isEmpty());
        pair.run(Duration.ofMinutes(1));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        int before = pair.a.transmitted;
        pair.run(Duration.ofMinutes(10));
        pair.assertOneIkeSa();
        // liveness checks, or answers to them, each 10 s
        assertThat(pair.a.transmitted - before).isLessThan(130);
    }
}

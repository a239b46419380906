package dev.culvert.ike.endpoint;

import dev.culvert.testkit.LinkConditions;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Schedules in which both sides of an IKEv1 tunnel make pairs and ISAKMP SAs anew over a network that loses, repeats and
 * reorders. In the end there is one pair, the same on both sides; where nothing is lost, there is at no time a side that
 * sends what the other does not receive. A seed that fails is in the message; to run others: {@code
 * -Dculvert.test.jvm="-Dculvert.schedules.first=7 -Dculvert.schedules.last=7"}.
 */
class QuickModeSchedulesTest {
    private static final int MOST_PAIRS = 24;

    /** So patient that nobody gives the other side up. */
    private static final EndpointConfig PATIENT = EndpointConfig.defaults()
            .withRetransmission(
                    new Retransmission(Duration.ofSeconds(1), 1.3, Duration.ofSeconds(4), 60),
                    new Retransmission(Duration.ofSeconds(1), 1.3, Duration.ofSeconds(4), 60));

    @Test
    void endWithOneUsablePair() {
        run(Long.getLong("culvert.schedules.first", 1), Long.getLong("culvert.schedules.last", 10_000));
    }

    private static void run(long first, long last) {
        LongStream.rangeClosed(first, last).parallel().forEach(seed -> {
            try {
                run(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        });
    }

    private static void run(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        EndpointPair pair = new EndpointPair(seed, PATIENT, PATIENT)
                .withTunnel(
                        t -> t.ikev1(Phase1Mode.MAIN).ikeProposals("aes128-sha256-ecp256"),
                        t -> t.ikev1(Phase1Mode.MAIN).ikeProposals("aes128-sha256-ecp256"));
        pair.awaitUp();
        double loss = seed % 2 == 0 ? 0 : random.nextDouble(0.35);
        pair.network.conditions(LinkConditions.GOOD
                .withLoss(loss)
                .withDuplication(random.nextDouble(0.3))
                .withReordering(random.nextDouble(0.3))
                .withJitter(Duration.ofMillis(random.nextInt(50))));
        pair.afterEachStep = () -> {
            if (loss == 0) {
                Agreement.assertReceiving(pair.a, pair.b, Tunnels.CHILD);
            }
            for (Gateway gateway : pair.gateways) {
                if (gateway.installed.size() > MOST_PAIRS) {
                    throw new AssertionError(
                            gateway.name + " has " + gateway.installed.size() + " pairs\n" + pair.journal());
                }
            }
        };
        int commands = 2 + random.nextInt(6);
        for (int i = 0; i < commands; i++) {
            Gateway gateway = pair.gateways.get(random.nextInt(2));
            Optional<String> what = random.nextInt(3) == 0 ? Optional.empty() : Optional.of(Tunnels.CHILD);
            gateway.command(new Command.Rekey(Tunnels.NAME, what));
            // At once, while the first messages are on their way, or after some repetitions.
            int[] pauses = {1, 60, 3_000};
            pair.run(Duration.ofMillis(random.nextInt(pauses[random.nextInt(pauses.length)])));
        }
        pair.run(Duration.ofSeconds(20));
        pair.network.conditions(LinkConditions.GOOD);
        pair.run(Duration.ofMinutes(10));
        pair.assertOnePair(Tunnels.CHILD);
    }
}

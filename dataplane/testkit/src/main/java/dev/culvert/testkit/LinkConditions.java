package dev.culvert.testkit;

import java.time.Duration;

/**
 * What a path does to datagrams, each one judged by itself.
 *
 * @param latency from sending to delivery
 * @param jitter up to this much is added, evenly distributed; reorders when it is longer than the gap between datagrams
 * @param loss probability of being lost, 0 to 1
 * @param duplication probability of arriving twice; the copy has a jitter of its own
 * @param reordering probability of being held back for another {@code latency}, so that later ones overtake
 * @param mtu longest IP packet in bytes; longer ones vanish, as behind a firewall that filters ICMP
 */
public record LinkConditions(
        Duration latency, Duration jitter, double loss, double duplication, double reordering, int mtu) {
    /** 10 ms, nothing goes wrong. */
    public static final LinkConditions GOOD = new LinkConditions(Duration.ofMillis(10), Duration.ZERO, 0, 0, 0, 65_535);

    public LinkConditions {
        if (latency.isNegative() || jitter.isNegative()) {
            throw new IllegalArgumentException("latency " + latency + " and jitter " + jitter + " are not negative");
        }
        requireProbability("loss", loss);
        requireProbability("duplication", duplication);
        requireProbability("reordering", reordering);
    }

    public LinkConditions withLatency(Duration newLatency) {
        return new LinkConditions(newLatency, jitter, loss, duplication, reordering, mtu);
    }

    public LinkConditions withJitter(Duration newJitter) {
        return new LinkConditions(latency, newJitter, loss, duplication, reordering, mtu);
    }

    public LinkConditions withLoss(double probability) {
        return new LinkConditions(latency, jitter, probability, duplication, reordering, mtu);
    }

    public LinkConditions withDuplication(double probability) {
        return new LinkConditions(latency, jitter, loss, probability, reordering, mtu);
    }

    public LinkConditions withReordering(double probability) {
        return new LinkConditions(latency, jitter, loss, duplication, probability, mtu);
    }

    public LinkConditions withMtu(int newMtu) {
        return new LinkConditions(latency, jitter, loss, duplication, reordering, newMtu);
    }

    private static void requireProbability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " " + value + " is not in 0 to 1");
        }
    }
}

package dev.culvert.io.tcp;

import java.time.Duration;

/**
 * What strangers may take up: a connection is a stranger's until somebody authenticated on it.
 *
 * @param strangers at most so many such connections
 * @param strangersPerPrefix at most so many of them from one IPv4 address or IPv6 /64
 * @param firstMessage how long the first whole message may take from the opening on
 * @param proof how long authentication may take from the opening on, and how long a connection stays open for which no
 *     IKE SA has any use
 */
public record StreamLimits(int strangers, int strangersPerPrefix, Duration firstMessage, Duration proof) {
    public static StreamLimits defaults() {
        return new StreamLimits(256, 16, Duration.ofSeconds(10), Duration.ofSeconds(60));
    }
}

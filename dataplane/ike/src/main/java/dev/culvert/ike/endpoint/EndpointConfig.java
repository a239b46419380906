package dev.culvert.ike.endpoint;

import dev.culvert.crypto.SecretBytes;
import java.time.Duration;
import java.util.Optional;

/**
 * What holds for all tunnels of an endpoint.
 *
 * @param ikePort our port without NAT traversal, 500
 * @param natPort our port with NAT traversal, 4500: messages on it carry the non-ESP marker on the wire
 * @param initial schedule for IKE_SA_INIT and IKE_AUTH requests
 * @param established schedule for requests of established IKE SAs
 * @param keepAlive how often a NAT keepalive is sent from behind a NAT (RFC 3948 §2.3)
 * @param halfOpen limits for IKE SAs that are not authenticated yet
 * @param retry how soon a failed initiation is tried again
 * @param crashSecret what tokens of quick crash detection are made from (RFC 6290 §5.1), at least 16 octets that survive a
 *     restart and that no other endpoint has; without it we give no tokens, and still take the peers'
 */
public record EndpointConfig(
        int ikePort,
        int natPort,
        Retransmission initial,
        Retransmission established,
        Duration keepAlive,
        HalfOpenLimits halfOpen,
        Retry retry,
        Optional<SecretBytes> crashSecret) {
    /** The port at which peers are asked for without NAT traversal (RFC 7296 §2). */
    public static final int STANDARD_IKE_PORT = 500;

    public static EndpointConfig defaults() {
        return new EndpointConfig(
                500,
                4500,
                // at most 2.5 s apart: a peer that is back is found within 3 s
                new Retransmission(Duration.ofSeconds(1), 1.6, Duration.ofMillis(2500), 11),
                new Retransmission(Duration.ofSeconds(4), 1.8, Duration.ofSeconds(60), 5),
                Duration.ofSeconds(20),
                HalfOpenLimits.defaults(),
                Retry.defaults(),
                Optional.empty());
    }

    public EndpointConfig withPorts(int newIkePort, int newNatPort) {
        return new EndpointConfig(
                newIkePort, newNatPort, initial, established, keepAlive, halfOpen, retry, crashSecret);
    }

    public EndpointConfig withHalfOpen(HalfOpenLimits limits) {
        return new EndpointConfig(ikePort, natPort, initial, established, keepAlive, limits, retry, crashSecret);
    }

    public EndpointConfig withRetransmission(Retransmission newInitial, Retransmission newEstablished) {
        return new EndpointConfig(
                ikePort, natPort, newInitial, newEstablished, keepAlive, halfOpen, retry, crashSecret);
    }

    public EndpointConfig withCrashSecret(SecretBytes secret) {
        return new EndpointConfig(
                ikePort, natPort, initial, established, keepAlive, halfOpen, retry, Optional.of(secret));
    }

    /**
     * Limits for half-open IKE SAs (RFC 8019 §4).
     *
     * @param cookieAt from so many on, an IKE_SA_INIT request is answered with a COOKIE first
     * @param maximum at most so many at a time; further requests are dropped
     * @param maximumPerPrefix at most so many from one IPv4 address or IPv6 /64
     * @param timeout after which an initiator that does not authenticate is forgotten
     * @param cookieLifetime how long one cookie secret is used for new cookies; the one before is accepted too
     * @param authenticationTries IKE_AUTH messages with a bad integrity check that a half-open SA survives (RFC 8019
     *     §4.6)
     */
    public record HalfOpenLimits(
            int cookieAt,
            int maximum,
            int maximumPerPrefix,
            Duration timeout,
            Duration cookieLifetime,
            int authenticationTries) {
        public static HalfOpenLimits defaults() {
            return new HalfOpenLimits(30, 3000, 10, Duration.ofSeconds(30), Duration.ofSeconds(60), 5);
        }
    }

    /**
     * The waiting time between two attempts to bring up a tunnel: doubles from {@code first} to {@code maximum}, each
     * time longer or shorter by a random part of up to {@code jitter}.
     *
     * @param jitter 0 to 1
     */
    public record Retry(Duration first, Duration maximum, double jitter) {
        public static Retry defaults() {
            return new Retry(Duration.ofSeconds(3), Duration.ofSeconds(6), 0.2);
        }
    }
}

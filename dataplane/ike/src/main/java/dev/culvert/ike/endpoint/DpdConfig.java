package dev.culvert.ike.endpoint;

import java.time.Duration;

/**
 * Liveness checks (RFC 7296 §2.4).
 *
 * @param delay how long nothing protected may have come from the peer before it is asked for a sign of life; zero
 *     turns the checks off
 * @param timeout how long an unanswered check is repeated before the peer counts as dead; zero means the whole
 *     {@link Retransmission} schedule
 * @param action what happens to a dead peer's tunnel
 */
public record DpdConfig(Duration delay, Duration timeout, Action action) {
    public static final DpdConfig OFF = new DpdConfig(Duration.ZERO, Duration.ZERO, Action.CLEAR);

    public DpdConfig {
        if (delay.isNegative() || timeout.isNegative()) {
            throw new IllegalArgumentException("negative DPD delay or timeout");
        }
    }

    /** What is done after a peer stopped answering; its SAs are closed in each case. */
    public enum Action {
        /** Nothing more, until the peer or a person begins; but a child with start action Trap stays as it is. */
        CLEAR,
        /** The children's next packet starts the tunnel again. */
        TRAP,
        /** The tunnel is started again at once, and for ever while that fails. */
        RESTART
    }
}

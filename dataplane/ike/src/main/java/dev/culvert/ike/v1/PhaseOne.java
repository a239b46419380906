package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.v1.keymat.CipherChain;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.V1Decoded;
import java.util.Optional;

/** One side of main mode or aggressive mode. Ends by {@link IsakmpSa#established} or {@link IsakmpSa#failed}. */
public interface PhaseOne extends AutoCloseable {
    /** The initiator's first message. */
    void start(long nowNanos);

    /**
     * Takes in a message.
     *
     * @param message in the clear, or encrypted: then to be opened here
     * @return whether it is the one that had to come next. Otherwise nothing changed, and it was said why it is dropped
     */
    boolean receive(V1Decoded message, IkeDatagram datagram, long nowNanos);

    /** Why it has not come up so far, as far as that is known. */
    Optional<Failure> problem();

    /** The peer says that something is wrong: what that means, kept for {@link #problem}. */
    Failure told(NotifyPayload notify);

    /** The peer answers with something that our keys do not open: what that means, if anything, kept for {@link #problem}. */
    default Optional<Failure> unreadable() {
        return Optional.empty();
    }

    /** What protects messages already, so that a refusal of the peer can be believed. */
    Optional<Protection> protection();

    /** Zeroes secrets. */
    @Override
    void close();

    /** @param chain of phase 1 */
    record Protection(IsakmpKeys keys, CipherChain chain) {}
}

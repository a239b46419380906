package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.Retransmission;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Something we ask of the peer: one protected request, and what its response does. It waits in its IKE SA's queue, and
 * may move to another IKE SA with it.
 */
public interface Exchange {
    ExchangeType type();

    /** The payloads of the request; empty if there is nothing left to ask for. */
    Optional<List<Payload>> request(IkeSa sa, long nowNanos);

    /** Whether the response cannot be judged yet: it counts as lost, and the request is repeated. */
    default boolean isPremature(IkeSa sa, IkeMessage response) {
        return false;
    }

    /** Takes in the authentic response. */
    void response(IkeSa sa, IkeMessage response, long nowNanos);

    /** There will be no response: the IKE SA is being closed. The request may not even have been sent. */
    default void aborted(IkeSa sa, long nowNanos) {}

    /**
     * There will be no response, and the request is going to be made again: whoever had to answer it was replaced (RFC 6311
     * §5.1).
     */
    default void beginAnew(IkeSa sa) {}

    /** Whether it creates, rekeys or closes a child: it goes to an heir, and bars a rekeying of the IKE SA. */
    default boolean concernsChildren() {
        return true;
    }

    /** The IKE SA that takes the place of the present one if the peer deletes that now (RFC 7296 §2.8.2). */
    default Optional<IkeSa> heirIfDeleted() {
        return Optional.empty();
    }

    default Retransmission schedule(EndpointConfig config) {
        return config.established();
    }

    /** When it is given up even if its schedule went on; zero for never. */
    default Duration patience(IkeSa sa) {
        return Duration.ZERO;
    }
}

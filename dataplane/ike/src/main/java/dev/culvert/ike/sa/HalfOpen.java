package dev.culvert.ike.sa;

import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import java.util.List;
import java.util.Optional;

/** The responder's part between IKE_SA_INIT and the end of IKE_AUTH. */
public interface HalfOpen {
    /**
     * Computes the keys when the first protected message comes, not before: a spoofed IKE_SA_INIT costs little (RFC 8019
     * §4.6). Called once; empty if the initiator's public value must not be used.
     */
    Optional<SaKeys> deriveKeys(IkeSa sa);

    /** Which exchange has to come now: the additional key exchanges one by one, and then IKE_AUTH. */
    ExchangeType awaited();

    /**
     * Answers a request of the exchange that is {@link #awaited}.
     *
     * @return nothing while the peer cannot be judged yet: the request counts as lost
     */
    List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos);
}

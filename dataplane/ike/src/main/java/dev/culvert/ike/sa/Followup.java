package dev.culvert.ike.sa;

import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import java.util.List;
import java.util.Optional;

/**
 * An SA that the peer began to make with CREATE_CHILD_SA and that waits for its additional key exchanges
 * (RFC 9370 §2.2.4).
 */
public interface Followup {
    /** Answers the next IKE_FOLLOWUP_KE request, and makes the SA if it was the last. */
    List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos);

    /** The child that it is to replace; empty for a further child and for the IKE SA. */
    Optional<ChildSa> rekeys();

    /** It will not be made. */
    void abandoned(IkeSa sa);
}

package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.IkeMessage;

/** The initiator's part before there are keys: IKE_SA_INIT, in which nothing is authenticated (RFC 7296 §2.21.1). */
public interface Initiation {
    void start(IkeSa sa, long nowNanos);

    /** Takes in an unprotected response. Whatever it says, waiting for a better one goes on until the
     * retransmissions end. */
    void received(IkeSa sa, IkeMessage response, IkeDatagram datagram, long nowNanos);

    /** Why there is no usable response yet: the last thing that was heard, or that nothing was. */
    Failure problem(IkeSa sa);
}

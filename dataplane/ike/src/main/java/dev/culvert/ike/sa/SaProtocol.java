package dev.culvert.ike.sa;

import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import dev.culvert.wire.IpAddress;
import java.util.List;

/** What the version of IKE makes of the events of an established IKE SA. */
public interface SaProtocol {
    /** Answers a request that came in its turn. */
    List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos);

    Exchange livenessCheck();

    /** Our packets to the peer leave from another address now, and both sides can move an SA. */
    void movedTo(IkeSa sa, IpAddress local, long nowNanos);

    /** Moves the SA to the addresses of its path, as its original initiator. */
    Exchange updateAddresses();

    Exchange deleteIkeSa();

    Exchange deleteChild(ChildSa child);

    Exchange createChild(ChildRequest request);

    Exchange rekeyIkeSa();

    Exchange rekeyChild(ChildSa child);
}

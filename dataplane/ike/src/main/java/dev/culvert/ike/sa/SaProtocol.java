package dev.culvert.ike.sa;

import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import java.util.List;

/** What the version of IKE makes of the events of an established IKE SA. */
public interface SaProtocol {
    /** Answers a request that came in its turn. */
    List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos);

    Exchange livenessCheck();

    Exchange deleteIkeSa();

    Exchange deleteChild(ChildSa child);

    Exchange createChild(ChildRequest request);

    Exchange rekeyIkeSa();

    Exchange rekeyChild(ChildSa child);
}

package dev.culvert.ike.sa;

import dev.culvert.wire.IpAddress;
import java.util.List;

/** What an IKE SA of IKEv2 needs of the endpoint it lives in. */
public interface SaContext extends SaHost {
    SaProtocol protocol();

    /** The other addresses of the device that has this one. */
    List<IpAddress> otherLocalAddresses(IpAddress local);

    /** The SA receives messages from now on. */
    void register(IkeSa sa);

    /** The SA is gone. */
    void unregister(IkeSa sa);

    /** The SAs whose messages go in that TCP connection; none if it is none. */
    List<IkeSa> onStream(PeerPath path);

    /** The TCP connection is not needed any more, unless another SA uses it. */
    void releaseStream(PeerPath path);

    /** The child can be found by its inbound SPI, here. */
    void childAdded(IkeSa sa, ChildSa child);
}

package dev.culvert.ike.sa;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.KeyLog;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.wire.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an IKE SA needs of the endpoint it lives in. */
public interface SaContext {
    EndpointConfig config();

    RandomSource random();

    SaProtocol protocol();

    KeyLog keyLog();

    void emit(Output output);

    /** The other addresses of the device that has this one. */
    List<IpAddress> otherLocalAddresses(IpAddress local);

    /** Our address from which packets to that one leave, if it is known. */
    Optional<IpAddress> localPath(IpAddress remote);

    void audit(AuditEvent event, Optional<String> tunnel, Map<String, String> fields, String message);

    /** A random SPI that no IKE SA here has; not zero. */
    long newIkeSpi();

    /** A random SPI of at least 256 that no child SA here has; taken until {@link #releaseChildSpi}. */
    int newChildSpi();

    void releaseChildSpi(int spi);

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

    /** The deadlines may have changed. */
    void touched(Timed timed);
}

package dev.culvert.ike.sa;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.KeyLog;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.wire.IpAddress;
import java.util.Map;
import java.util.Optional;

/** What SAs of either IKE version need of the endpoint they live in. */
public interface SaHost {
    EndpointConfig config();

    RandomSource random();

    KeyLog keyLog();

    void emit(Output output);

    /** Our address from which packets to that one leave, if it is known. */
    Optional<IpAddress> localPath(IpAddress remote);

    void audit(AuditEvent event, Optional<String> tunnel, Map<String, String> fields, String message);

    /** A random SPI that no IKE SA here has; not zero. */
    long newIkeSpi();

    /** A random SPI of at least 256 that no child SA here has; taken until {@link #releaseChildSpi}. */
    int newChildSpi();

    void releaseChildSpi(int spi);

    /** It is to act, and its deadlines may have changed. */
    void touched(Timed timed);
}

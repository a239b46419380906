package dev.culvert.ike.endpoint;

import dev.culvert.wire.Carrier;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.List;

/** A way to begin: to one of the peer's addresses, by UDP or by TCP. */
public record Route(Carrier carrier, UdpAddress remote) {
    /** In the order in which they are tried: each address by UDP first (RFC 9329 §5.1). */
    public static List<Route> of(TunnelConfig config) {
        TcpEncapsulation tcp = config.tcpEncapsulation();
        List<Route> routes = new ArrayList<>();
        for (UdpAddress remote : config.remoteAddresses()) {
            if (tcp.mode() != TcpEncapsulation.Mode.ALWAYS) {
                routes.add(new Route(Carrier.UDP, remote));
            }
            if (tcp.isAllowed()) {
                routes.add(new Route(Carrier.TCP, remote.withPort(tcp.port())));
            }
        }
        return routes;
    }
}

package dev.culvert.ike.endpoint;

import dev.culvert.wire.Carrier;
import dev.culvert.wire.UdpAddress;

/** What the negotiator wants done, in this order. */
public sealed interface Output {
    /**
     * An IKE message to send.
     *
     * @param carrier UDP, or TCP: then in the stream between these addresses, if it is still there
     * @param local the address to send from; the unspecified address leaves that to the kernel. On the NAT port (see
     *     {@link EndpointConfig#natPort}), and in any stream, the sender puts the non-ESP marker in front
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not shared; nobody compares datagrams
    record Transmit(Carrier carrier, UdpAddress local, UdpAddress remote, byte[] message) implements Output {
        /** The way back of what it answers. */
        public static Transmit answer(IkeDatagram answered, byte[] message) {
            return new Transmit(answered.carrier(), answered.local(), answered.remote(), message);
        }
    }

    /**
     * Opens a TCP connection (RFC 9329 §6.1); {@link Command.StreamLost} says when that fails, or it ends later.
     *
     * @param local with the port to use; the unspecified address leaves the address to the kernel
     */
    record OpenStream(UdpAddress local, UdpAddress remote) implements Output {}

    /** The TCP connection between these addresses belongs to an authenticated IKE SA. */
    record KeepStream(UdpAddress local, UdpAddress remote) implements Output {}

    /** No IKE SA uses the TCP connection any more. */
    record ReleaseStream(UdpAddress local, UdpAddress remote) implements Output {}

    /** A single byte 0xFF, never with a marker (RFC 3948 §2.3). */
    record KeepAlive(UdpAddress local, UdpAddress remote) implements Output {}

    /**
     * Takes a new pair of SAs into use.
     *
     * @param sending whether outbound traffic uses it at once. Otherwise it only receives until
     *     {@link ActivateChildSa}, and an older pair of the child goes on sending
     */
    record InstallChildSa(String tunnel, String child, ChildSaParameters parameters, boolean sending)
            implements Output {}

    /** From now on outbound traffic of the child uses this pair: the peer is known to receive on it. */
    record ActivateChildSa(String tunnel, String child, int spiIn, int spiOut) implements Output {}

    /** The outer addresses of an installed pair changed. */
    record UpdateChildSa(
            String tunnel,
            String child,
            int spiIn,
            int spiOut,
            UdpAddress outerLocal,
            UdpAddress outerRemote,
            Carrier carrier)
            implements Output {}

    /** Both SAs of the pair are gone. */
    record RemoveChildSa(String tunnel, String child, int spiIn, int spiOut, RemovalReason reason) implements Output {}

    /** The state of a tunnel changed. */
    record Status(TunnelStatus status) implements Output {}

    /**
     * A changed configuration of a tunnel with SAs was taken up.
     *
     * @param message what it costs and why, for people
     */
    record ConfigurationApplied(String tunnel, ConfigurationEffect effect, String message) implements Output {}

    /** Something happened that a log line, an Event or a metric should tell. */
    record Audit(AuditRecord event) implements Output {}

    enum RemovalReason {
        /** A newer pair took its place. */
        REKEYED,
        DELETED_BY_US,
        DELETED_BY_PEER,
        EXPIRED,
        PEER_DEAD,
        /** The IKE SA above it went away. */
        IKE_SA_CLOSED,
        CONFIGURATION_CHANGED
    }
}

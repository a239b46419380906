package dev.culvert.ike.endpoint;

import dev.culvert.wire.UdpAddress;

/** What the negotiator wants done, in this order. */
public sealed interface Output {
    /**
     * An IKE message to send.
     *
     * @param local the address to send from; the unspecified address leaves that to the kernel. On the NAT port (see
     *     {@link EndpointConfig#natPort}) the sender puts the non-ESP marker in front
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not shared; nobody compares datagrams
    record Transmit(UdpAddress local, UdpAddress remote, byte[] message) implements Output {}

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
            boolean udpEncapsulation)
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

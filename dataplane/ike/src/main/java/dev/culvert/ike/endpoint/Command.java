package dev.culvert.ike.endpoint;

import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the agent and the ESP engine ask of the negotiator. A command that names an unknown tunnel, child or SPI does
 * nothing but an {@link AuditEvent#COMMAND_IGNORED}.
 */
public sealed interface Command {
    /**
     * Adds a tunnel or changes the one of the same name. A changed one that failed is tried again at once; an equal
     * configuration does nothing.
     */
    record PutTunnel(TunnelConfig config) implements Command {}

    /** Deletes the tunnel's SAs (with DELETE to the peer) and forgets it. */
    record RemoveTunnel(String tunnel) implements Command {}

    /** Brings up one child, or the IKE SA with every child; ends an earlier {@link Terminate}. */
    record Initiate(String tunnel, Optional<String> child) implements Command {}

    /** Takes down one child, or all of the tunnel, until {@link Initiate} or a changed configuration. */
    record Terminate(String tunnel, Optional<String> child) implements Command {}

    /** Rekeys one child, or the IKE SA. */
    record Rekey(String tunnel, Optional<String> child) implements Command {}

    /** Replaces the IKE SA and its children by newly authenticated ones, make-before-break. */
    record Reauthenticate(String tunnel) implements Command {}

    /** A packet met a policy without an SA. */
    record Acquire(String tunnel, String child, Optional<TrafficSelector> local, Optional<TrafficSelector> remote)
            implements Command {}

    /**
     * A lifetime of the SA ended.
     *
     * @param spiIn our SPI of the pair
     * @param hard whether it is dead already (and not only to be rekeyed)
     */
    record Expire(String tunnel, String child, int spiIn, boolean hard) implements Command {}

    /**
     * An authenticated ESP packet came from a new address of the peer (RFC 7296 §2.23), or in another TCP connection
     * (RFC 9329 §6.1).
     *
     * @param carrier what it came in, which is the SA's
     */
    record PeerMoved(int spiIn, Carrier carrier, UdpAddress local, UdpAddress remote) implements Command {}

    /** A TCP connection that was to be opened between these addresses is not there, or not any more. */
    record StreamLost(UdpAddress local, UdpAddress remote, String why) implements Command {}

    /**
     * An ESP packet came with an SPI that no SA here has, as from a peer that does not know yet that we restarted (RFC 7296
     * §1.5). To be given at a limited rate.
     *
     * @param local our address on the NAT port; may be unspecified
     */
    record UnknownSpi(int spi, UdpAddress local, UdpAddress remote) implements Command {}

    /** Our addresses, those of one device together: peers with MOBIKE are told those beside the one in use (RFC 4555 §3.4). */
    record LocalAddresses(List<Set<IpAddress>> ofDevices) implements Command {}

    /** Packets to a peer at that address leave from this address of ours now, whatever they did before. */
    record LocalPath(IpAddress remote, IpAddress local) implements Command {}

    /** Sends DELETE for every SA; {@link IkeEndpoint#isShutDown} turns true within a bounded time. */
    record Shutdown() implements Command {}
}

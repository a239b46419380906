package dev.culvert.ike.endpoint;

import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.List;
import java.util.Optional;

/**
 * A tunnel as it stands. Times that people see are added by the agent, which has a wall clock.
 *
 * @param ikeSa the IKE SA in use, once there are SPIs of both sides
 * @param children one for each configured child, in configured order
 * @param failure what keeps the tunnel or one of its children from being up, or went wrong last; empty again once all
 *     is established
 */
public record TunnelStatus(
        String tunnel,
        State state,
        Optional<IkeSaStatus> ikeSa,
        List<ChildStatus> children,
        Optional<Failure> failure) {
    public TunnelStatus {
        children = List.copyOf(children);
    }

    /** State of the tunnel's IKE SA. */
    public enum State {
        /** Nothing is up and nothing is tried: waiting for the peer, a packet or a command. */
        IDLE,
        CONNECTING,
        ESTABLISHED,
        /** Being deleted. */
        DELETING
    }

    /**
     * @param proposal the chosen suite in strongSwan's keywords
     * @param carrier UDP or TCP
     * @param localBehindNat whether a NAT changes our address
     */
    public record IkeSaStatus(
            long spiInitiator,
            long spiResponder,
            boolean initiator,
            String proposal,
            Carrier carrier,
            UdpAddress local,
            UdpAddress remote,
            boolean localBehindNat,
            boolean remoteBehindNat) {}

    /** State of a child. */
    public enum ChildState {
        /** Not there. */
        DOWN,
        CONNECTING,
        INSTALLED,
        REKEYING
    }

    /**
     * @param spiIn our SPI, 0 while there is none
     * @param spiOut the peer's SPI, 0 while there is none
     * @param proposal the chosen suite in strongSwan's keywords, or empty
     * @param failure why the child is not there
     */
    public record ChildStatus(
            String name,
            ChildState state,
            int spiIn,
            int spiOut,
            String proposal,
            List<TrafficSelector> local,
            List<TrafficSelector> remote,
            Optional<Failure> failure) {
        public ChildStatus {
            local = List.copyOf(local);
            remote = List.copyOf(remote);
        }
    }

    /**
     * @param notifyName the notify message's name as in IANA's registry, if one was received or sent
     * @param message what happened and both sides' proposals, selectors or identities; never a secret
     */
    public record Failure(FailureKind kind, Optional<String> notifyName, String message) {}
}

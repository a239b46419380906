package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.wire.UdpAddress;

/**
 * The way to the peer.
 *
 * @param local our address and port
 * @param localBehindNat whether a NAT changes our address
 * @param remoteBehindNat whether a NAT changes the peer's address, or the peer pretends so
 */
public record PeerPath(UdpAddress local, UdpAddress remote, boolean localBehindNat, boolean remoteBehindNat) {
    public static PeerPath of(UdpAddress local, UdpAddress remote) {
        return new PeerPath(local, remote, false, false);
    }

    public PeerPath between(UdpAddress newLocal, UdpAddress newRemote) {
        return new PeerPath(newLocal, newRemote, localBehindNat, remoteBehindNat);
    }

    public PeerPath withNat(boolean newLocalBehindNat, boolean newRemoteBehindNat) {
        return new PeerPath(local, remote, newLocalBehindNat, newRemoteBehindNat);
    }

    /** Whether ESP goes into UDP on this path (RFC 7296 §2.23). */
    public boolean udpEncapsulation(Encapsulation policy) {
        return switch (policy) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> localBehindNat || remoteBehindNat;
        };
    }

    /**
     * Whether the peer's address follows its authenticated messages: a NAT before it may remap. Not from behind a NAT
     * ourselves, as RFC 7296 §2.23 advises.
     */
    public boolean followsPeer() {
        return remoteBehindNat && !localBehindNat;
    }
}

package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.UdpAddress;

/**
 * The way to the peer.
 *
 * @param carrier UDP, or TCP: then it is one connection, and another one is another path (RFC 9329)
 * @param local our address and port
 * @param localBehindNat whether a NAT changes our address
 * @param remoteBehindNat whether a NAT changes the peer's address, or the peer pretends so
 */
public record PeerPath(
        Carrier carrier, UdpAddress local, UdpAddress remote, boolean localBehindNat, boolean remoteBehindNat) {
    /** By UDP. */
    public static PeerPath of(UdpAddress local, UdpAddress remote) {
        return of(Carrier.UDP, local, remote);
    }

    public static PeerPath of(Carrier carrier, UdpAddress local, UdpAddress remote) {
        return new PeerPath(carrier, local, remote, false, false);
    }

    public PeerPath between(UdpAddress newLocal, UdpAddress newRemote) {
        return new PeerPath(carrier, newLocal, newRemote, localBehindNat, remoteBehindNat);
    }

    public PeerPath by(Carrier newCarrier) {
        return new PeerPath(newCarrier, local, remote, localBehindNat, remoteBehindNat);
    }

    public PeerPath withNat(boolean newLocalBehindNat, boolean newRemoteBehindNat) {
        return new PeerPath(carrier, local, remote, newLocalBehindNat, newRemoteBehindNat);
    }

    /** Whether it is a TCP connection. */
    public boolean isStream() {
        return carrier == Carrier.TCP;
    }

    /** Whether both are the same TCP connection; who opens it may not know its own address at first. */
    public boolean isSameStream(PeerPath other) {
        boolean sameAddress = local.address().equals(other.local.address())
                || local.address().isAny()
                || other.local.address().isAny();
        return isStream()
                && other.isStream()
                && sameAddress
                && local.port() == other.local.port()
                && remote.equals(other.remote);
    }

    /** What ESP goes in on this path (RFC 7296 §2.23): in the same connection as IKE, if that is one (RFC 9329 §6.1). */
    public Carrier ofEsp(Encapsulation policy) {
        if (isStream()) {
            return Carrier.TCP;
        }
        return switch (policy) {
            case ALWAYS -> Carrier.UDP;
            case NEVER -> Carrier.IP;
            case AUTO -> localBehindNat || remoteBehindNat ? Carrier.UDP : Carrier.IP;
        };
    }

    /**
     * Whether the peer's address follows its authenticated messages: a NAT before it may remap. Not from behind a NAT
     * ourselves, as RFC 7296 §2.23 advises.
     */
    public boolean followsPeer() {
        return !isStream() && remoteBehindNat && !localBehindNat;
    }
}

package dev.culvert.ike.sa;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.IpAddress;
import java.util.List;
import java.util.Optional;

/** What an IKE SA and its heirs know for moving to other addresses (RFC 4555). */
public final class Mobility {
    private boolean agreed;
    private List<IpAddress> peerAddresses = List.of();
    private Optional<Bytes> seenAs = Optional.empty();

    /** Whether both sides support it: then only UPDATE_SA_ADDRESSES moves the IKE SA, and nothing else that IKE says. */
    public boolean agreed() {
        return agreed;
    }

    public void agree() {
        agreed = true;
    }

    /** The peer's addresses beside the one it uses, as it last told. */
    public List<IpAddress> peerAddresses() {
        return peerAddresses;
    }

    public void peerAddresses(List<IpAddress> addresses) {
        peerAddresses = List.copyOf(addresses);
    }

    /** The hash by which the peer last told at which address it sees us (§3.8); empty if it never did. */
    public Optional<Bytes> seenAs() {
        return seenAs;
    }

    public void seenAs(Bytes hash) {
        seenAs = Optional.of(hash);
    }
}

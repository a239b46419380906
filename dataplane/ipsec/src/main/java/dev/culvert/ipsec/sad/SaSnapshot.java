package dev.culvert.ipsec.sad;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.List;

/**
 * A pair of SAs at one moment, for status and metrics; never holds keys. Counters are read without stopping the workers:
 * each is right, together they need not be of the same instant.
 *
 * @param installedNanos monotonic time of installation
 * @param linkMtu MTU of the device by which packets leave
 * @param outerMtu the largest outer packet in bytes that fits the path, as far as that is known
 * @param innerMtu the largest inner packet in bytes that fits it
 * @param in the SA from the peer to us
 * @param out the SA from us to the peer
 */
public record SaSnapshot(
        String tunnel,
        String child,
        ChildSuite suite,
        List<TrafficSelector> local,
        List<TrafficSelector> remote,
        SaMode mode,
        Carrier carrier,
        UdpAddress outerLocal,
        UdpAddress outerRemote,
        int linkMtu,
        int outerMtu,
        int innerMtu,
        int replayWindow,
        Lifetime lifetime,
        long installedNanos,
        Direction in,
        Direction out) {

    /**
     * One SA of the pair.
     *
     * @param packets packets carried (inbound: authenticated and handed on)
     * @param bytes their inner bytes
     * @param sequence outbound: the last sequence number sent; inbound: the highest one authenticated; 0 for none
     * @param lastUsedNanos monotonic time of the last packet (to the batch); {@code installedNanos} before the first
     * @param replayed packets refused by the replay window
     * @param unauthenticated packets with a wrong ICV
     * @param malformed authenticated packets with a bad trailer or inner header, or outside the selectors
     * @param expired whether a hard limit was reached: carries nothing any more
     */
    public record Direction(
            int spi,
            long packets,
            long bytes,
            long sequence,
            long lastUsedNanos,
            long replayed,
            long unauthenticated,
            long malformed,
            boolean expired) {}
}

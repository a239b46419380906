package dev.culvert.ipsec.translate;

import dev.culvert.ipsec.fragment.Reassembler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Translates the packets of one child, in place and without allocation. What a rule does not name stays as it is. ICMP
 * errors are translated with the packet that they quote, which went the other way (RFC 5508 §4).
 *
 * <p>Any number of threads, each with its own {@link Scratch}; {@link #fragments} belongs to the inbound worker.
 */
public final class Translator {
    /** Of one masquerading rule: some 7 MB when they are all in use. */
    private static final int MAXIMUM_SESSIONS = 65_536;

    private static final int INCOMPLETE_PACKETS = 4;

    private final List<Translation> rules;
    private final NetworkMap[] localToTunnel;
    private final NetworkMap[] localToHosts;
    private final NetworkMap[] remoteToTunnel;
    private final NetworkMap[] remoteToHosts;
    private final Masquerade[] masquerades;
    private @Nullable Reassembler fragments;

    /** What a worker needs while it looks at a packet. */
    public static final class Scratch {
        private final PacketEnds packet = new PacketEnds();
        private final PacketEnds quoted = new PacketEnds();
    }

    /**
     * @param rules the first one that holds an address counts, those of one to one before those that masquerade
     * @param salt that nobody else knows
     */
    public Translator(List<Translation> rules, long salt) {
        this(rules, MAXIMUM_SESSIONS, salt);
    }

    Translator(List<Translation> rules, int maximumSessions, long salt) {
        this.rules = List.copyOf(rules);
        localToTunnel = maps(Translation.Side.LOCAL);
        localToHosts = reversed(localToTunnel);
        remoteToHosts = maps(Translation.Side.REMOTE);
        remoteToTunnel = reversed(remoteToHosts);
        masquerades = this.rules.stream()
                .filter(rule -> rule.type() == Translation.Type.MASQUERADE)
                .map(rule -> new Masquerade(rule, maximumSessions, salt))
                .toArray(Masquerade[]::new);
    }

    private NetworkMap[] maps(Translation.Side side) {
        return rules.stream()
                .filter(rule -> rule.side() == side && rule.type() == Translation.Type.ONE_TO_ONE)
                .map(rule -> new NetworkMap(rule.from(), rule.to()))
                .toArray(NetworkMap[]::new);
    }

    private static NetworkMap[] reversed(NetworkMap[] maps) {
        NetworkMap[] reversed = new NetworkMap[maps.length];
        for (int i = 0; i < maps.length; i++) {
            reversed[i] = maps[i].reversed();
        }
        return reversed;
    }

    public List<Translation> rules() {
        return rules;
    }

    /** Whether ports have to be seen, so that fragments are to be put together first. */
    public boolean masquerades() {
        return masquerades.length > 0;
    }

    /** Whether a valid packet of the peer's is for hosts that are masqueraded. */
    public boolean isForMasqueraded(byte[] a, int offset, int length, Scratch scratch) {
        return scratch.packet.read(a, offset, length) && masqueradeOfDestination(scratch.packet) != null;
    }

    /** Where fragments of the peer's packets are put together. Inbound worker. */
    public Reassembler fragments(int longest, Runnable onAbandoned) {
        if (fragments == null) {
            fragments = new Reassembler(INCOMPLETE_PACKETS, longest, onAbandoned);
        }
        return fragments;
    }

    /**
     * From the addresses that our hosts know to those in the tunnel.
     *
     * @param length bytes of the packet, which is valid
     */
    public Outcome outbound(byte[] a, int offset, int length, Scratch scratch, long nowNanos) {
        PacketEnds packet = scratch.packet;
        if (!packet.read(a, offset, length)) {
            return Outcome.REFUSED;
        }
        mapDestination(packet, remoteToTunnel);
        if (packet.isIcmpError()) {
            return outboundError(packet, scratch.quoted, nowNanos);
        }
        if (mapSource(packet, localToTunnel)) {
            return Outcome.DONE;
        }
        Masquerade masquerade = masqueradeOfSource(packet);
        return masquerade == null ? Outcome.DONE : masquerade.outbound(packet, nowNanos);
    }

    /** An error of ours about a packet of the peer's. */
    private Outcome outboundError(PacketEnds error, PacketEnds quoted, long nowNanos) {
        long before = error.upperSum();
        if (!error.quoted(quoted)) {
            return Outcome.REFUSED;
        }
        mapSource(quoted, remoteToTunnel);
        if (!mapDestination(quoted, localToTunnel)) {
            for (Masquerade masquerade : masquerades) {
                if (masquerade.isFrom(quoted.version(), quoted.destinationHigh(), quoted.destinationLow())) {
                    if (masquerade.quotedToUs(quoted, nowNanos) != Outcome.DONE) {
                        return Outcome.REFUSED;
                    }
                    break;
                }
            }
        }
        error.quoteChanged(before);
        if (!mapSource(error, localToTunnel)) {
            // The host itself, or a router of ours (RFC 5508 §4.2).
            Masquerade masquerade = masqueradeOfSource(error);
            if (masquerade != null) {
                error.source(masquerade.poolHigh(), masquerade.poolLow(error.sourceHigh(), error.sourceLow()));
            }
        }
        return Outcome.DONE;
    }

    /**
     * From the addresses in the tunnel to those that our hosts know.
     *
     * @param length bytes of the packet, which is valid
     */
    public Outcome inbound(byte[] a, int offset, int length, Scratch scratch, long nowNanos) {
        PacketEnds packet = scratch.packet;
        if (!packet.read(a, offset, length)) {
            return Outcome.REFUSED;
        }
        if (packet.isIcmpError()) {
            return inboundError(packet, scratch.quoted, nowNanos);
        }
        if (!mapDestination(packet, localToHosts)) {
            Masquerade masquerade = masqueradeOfDestination(packet);
            if (masquerade != null) {
                Outcome outcome = masquerade.inbound(packet, nowNanos);
                if (outcome != Outcome.DONE) {
                    return outcome;
                }
            }
        }
        mapSource(packet, remoteToHosts);
        return Outcome.DONE;
    }

    /** An error of the peer's about a packet of ours. */
    private Outcome inboundError(PacketEnds error, PacketEnds quoted, long nowNanos) {
        long before = error.upperSum();
        if (!error.quoted(quoted)) {
            return Outcome.REFUSED;
        }
        Masquerade masquerade = null;
        if (!mapSource(quoted, localToHosts)) {
            masquerade = masqueradeOfPool(quoted.version(), quoted.sourceHigh(), quoted.sourceLow());
            if (masquerade != null && masquerade.quotedFromUs(quoted, nowNanos) != Outcome.DONE) {
                return Outcome.REFUSED;
            }
        }
        mapDestination(quoted, remoteToHosts);
        error.quoteChanged(before);
        if (!mapDestination(error, localToHosts) && masqueradeOfDestination(error) != null) {
            if (masquerade == null) {
                return Outcome.REFUSED;
            }
            error.destination(quoted.sourceHigh(), quoted.sourceLow());
        }
        mapSource(error, remoteToHosts);
        return Outcome.DONE;
    }

    private static boolean mapSource(PacketEnds packet, NetworkMap[] maps) {
        long high = packet.sourceHigh();
        long low = packet.sourceLow();
        for (NetworkMap map : maps) {
            if (map.contains(packet.version(), high, low)) {
                packet.source(map.high(high), map.low(low));
                return true;
            }
        }
        return false;
    }

    private static boolean mapDestination(PacketEnds packet, NetworkMap[] maps) {
        long high = packet.destinationHigh();
        long low = packet.destinationLow();
        for (NetworkMap map : maps) {
            if (map.contains(packet.version(), high, low)) {
                packet.destination(map.high(high), map.low(low));
                return true;
            }
        }
        return false;
    }

    private @Nullable Masquerade masqueradeOfSource(PacketEnds packet) {
        for (Masquerade masquerade : masquerades) {
            if (masquerade.isFrom(packet.version(), packet.sourceHigh(), packet.sourceLow())) {
                return masquerade;
            }
        }
        return null;
    }

    private @Nullable Masquerade masqueradeOfDestination(PacketEnds packet) {
        return masqueradeOfPool(packet.version(), packet.destinationHigh(), packet.destinationLow());
    }

    private @Nullable Masquerade masqueradeOfPool(int version, long high, long low) {
        for (Masquerade masquerade : masquerades) {
            if (masquerade.isPool(version, high, low)) {
                return masquerade;
            }
        }
        return null;
    }
}

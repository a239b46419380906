package dev.culvert.io.nft;

import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What routes cannot do: refuse packets that came in the clear although they are to come through a tunnel (RFC 4301 §5.2),
 * and lead some packets past the tunnels by protocol and port. A desired state; it stays when the process dies. Blocking.
 * One thread.
 */
public interface PacketFilter {
    /**
     * Works on the network namespace of this process.
     *
     * @param device the TUN device: what comes out of it came through a tunnel
     */
    static PacketFilter ofHost(String device) {
        return new NftTable(device);
    }

    /**
     * Packets from one network to another.
     *
     * @param source on the peer's side
     * @param destination on ours
     */
    record Pair(IpPrefix source, IpPrefix destination) {}

    /**
     * Packets that are let past, or that are not, between any two of the selectors, in either direction.
     *
     * @param bypass whether those from our side are marked as our own sockets' are, which routes lead past the tunnels, and
     *     those from the peer's side let in; otherwise no later passage is for them
     */
    record Passage(boolean bypass, List<TrafficSelector> local, List<TrafficSelector> remote) {
        public Passage {
            local = List.copyOf(local);
            remote = List.copyOf(remote);
        }
    }

    /**
     * @param refused what is not to come in the clear; no two of these have a packet in common
     * @param passages what is excepted; the first that is for a packet decides
     * @param tcpPorts of IKE and ESP in TCP, at either end
     * @param log whether the kernel's log tells of refused packets, a few a second
     */
    record Rules(Set<Pair> refused, List<Passage> passages, Set<Integer> tcpPorts, boolean log) {
        public static final Rules NONE = new Rules(Set.of(), List.of(), Set.of(), false);

        public Rules {
            refused = Set.copyOf(refused);
            passages = List.copyOf(passages);
            tcpPorts = Set.copyOf(tcpPorts);
        }
    }

    /** Makes the filter this, and leaves nothing behind for {@link Rules#NONE}; all of it or, when that fails, nothing. */
    void apply(Rules rules) throws IOException;

    /** Packets refused since the filter was made first. */
    long refused() throws IOException;

    /** The same by pair, since the pair was made. */
    Map<Pair, Long> refusedByPair() throws IOException;

    /** Removes everything. */
    default void remove() throws IOException {
        apply(Rules.NONE);
    }
}

package dev.culvert.agent.negotiator;

import dev.culvert.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks up the names among a tunnel's remote addresses. Blocking: for a virtual thread. */
public final class PeerNames {
    private PeerNames() {}

    /**
     * What came of it.
     *
     * @param addresses in configured order, without repetition
     * @param unknown names that have no address, or none now
     */
    public record Result(List<IpAddress> addresses, List<String> unknown) {}

    /** The system's lookup, or a test's. */
    public interface Lookup {
        List<IpAddress> addresses(String name) throws UnknownHostException;

        Lookup SYSTEM = name -> {
            List<IpAddress> found = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(name)) {
                found.add(IpAddress.of(address));
            }
            return found;
        };
    }

    public static boolean isLiteral(String address) {
        try {
            IpAddress.parse(address);
            return true;
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    /** @param known what names were last found to be, which stands in while they cannot be looked up */
    public static Result resolve(List<String> remoteAddresses, Lookup lookup, Map<String, List<IpAddress>> known) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        for (String remote : remoteAddresses) {
            if (isLiteral(remote)) {
                addresses.add(IpAddress.parse(remote));
                continue;
            }
            try {
                List<IpAddress> found = lookup.addresses(remote);
                known.put(remote, List.copyOf(found));
                addresses.addAll(found);
            } catch (UnknownHostException e) {
                addresses.addAll(known.getOrDefault(remote, List.of()));
                unknown.add(remote);
            }
        }
        return new Result(List.copyOf(addresses), unknown);
    }
}

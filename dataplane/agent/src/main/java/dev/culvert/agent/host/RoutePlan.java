package dev.culvert.agent.host;

import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which routes the host needs so that what tunnels protect goes into the TUN device, or nowhere. Pure. */
public final class RoutePlan {
    private RoutePlan() {}

    /**
     * What one child asks of the routes.
     *
     * @param local networks on this side: the host's own packets take a source address from these, if it has one
     * @param remote networks that are reached only through the tunnel
     * @param passable whether packets with the mark of our own sockets go past all of this: it is the gateways' own traffic
     *     with each other, {@code remote} being the peer itself, or a policy has some packets go in the clear
     */
    public record Protected(List<TrafficSelector> local, List<TrafficSelector> remote, boolean passable) {}

    /**
     * Routes for the children, in order. A default network is split in two halves, which beat the host's own default
     * route without replacing it. Where two children share a remote network, the first one with a source address wins.
     *
     * @param hostAddresses the host's own addresses
     */
    public static List<Route> throughDevice(
            String device, Collection<Protected> children, Collection<IpAddress> hostAddresses) {
        Map<IpPrefix, Optional<IpAddress>> sources = new LinkedHashMap<>();
        for (Protected child : children) {
            for (IpPrefix prefix : prefixes(child.remote())) {
                Optional<IpAddress> source = hostAddresses.stream()
                        .filter(address -> address.version() == prefix.address().version())
                        .filter(address -> child.local().stream().anyMatch(selector -> selector.contains(address)))
                        .sorted()
                        .findFirst();
                sources.merge(prefix, source, (first, second) -> first.isPresent() ? first : second);
            }
        }
        return sources.entrySet().stream()
                .<Route>mapMulti((entry, routes) -> {
                    routes.accept(new Route.Blackhole(entry.getKey()));
                    routes.accept(new Route.ThroughDevice(entry.getKey(), device, entry.getValue()));
                })
                .toList();
    }

    /**
     * Routes to peers that are themselves inside a remote network: without these, the encapsulated packets to them would
     * go into the tunnel again. They name the way that such packets had before.
     *
     * @param ways how packets leave for each peer, as far as it is known
     */
    public static List<Route> pastTheTunnel(Collection<Protected> children, Map<IpAddress, Routes.Path> ways) {
        return ways.entrySet().stream()
                .filter(way -> children.stream()
                        .flatMap(child -> child.remote().stream())
                        .anyMatch(selector -> selector.contains(way.getKey())))
                .<Route>map(way -> {
                    IpPrefix peer = IpPrefix.host(way.getKey());
                    Routes.Path path = way.getValue();
                    return path.nextHop()
                            .<Route>map(nextHop -> new Route.ViaNextHop(peer, nextHop))
                            .orElseGet(() -> new Route.ThroughDevice(peer, path.device(), Optional.of(path.source())));
                })
                .toList();
    }

    /**
     * Routes into the device for what others than our own sockets send to peers that are themselves inside a remote network:
     * it is to be protected like anything else that goes there.
     */
    public static List<Route> toPeersInside(
            String device,
            Collection<Protected> children,
            Collection<IpAddress> peers,
            Collection<IpAddress> hostAddresses) {
        List<Protected> narrowed = children.stream()
                .<Protected>mapMulti((child, each) -> peers.stream()
                        .filter(peer -> child.remote().stream().anyMatch(selector -> selector.contains(peer)))
                        .sorted()
                        .forEach(peer -> each.accept(new Protected(
                                child.local(), List.of(TrafficSelector.of(IpPrefix.host(peer))), child.passable()))))
                .toList();
        return throughDevice(device, narrowed, hostAddresses);
    }

    /** The blackholes alone: what stays behind when nothing carries the traffic. */
    public static List<Route> blackholes(Collection<Protected> children) {
        return children.stream()
                .flatMap(child -> prefixes(child.remote()).stream())
                .distinct()
                .<Route>map(Route.Blackhole::new)
                .toList();
    }

    /** The networks of the selectors; ports and protocols do not matter here. */
    static List<IpPrefix> prefixes(List<TrafficSelector> selectors) {
        return selectors.stream()
                .flatMap(selector -> selector.toPrefixes().stream())
                .flatMap(RoutePlan::withoutDefault)
                .distinct()
                .toList();
    }

    private static Stream<IpPrefix> withoutDefault(IpPrefix prefix) {
        if (prefix.length() > 0) {
            return Stream.of(prefix);
        }
        return prefix.address().isV4()
                ? Stream.of(IpPrefix.parse("0.0.0.0/1"), IpPrefix.parse("128.0.0.0/1"))
                : Stream.of(IpPrefix.parse("::/1"), IpPrefix.parse("8000::/1"));
    }
}

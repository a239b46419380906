package dev.culvert.agent.host;

import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.io.udp.OwnSource;
import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent sets up on the host: the TUN device and the routes into it, each over a blackhole that stays when the
 * process dies, so that what a tunnel protects is never sent another way. One thread.
 */
public final class HostNetwork {
    private static final Logger log = LoggerFactory.getLogger(HostNetwork.class);

    /** An Ethernet's; where nothing better is known. */
    public static final int USUAL_MTU = 1500;

    /** A look at all routes runs a program. */
    private static final int REFRESHES_FOR_A_LOOK = 3;

    private final Routes routes;
    private final Routes beforeOurSockets;
    private final CleartextGuard guard;
    private final String device;
    private final Map<IpAddress, Routes.Path> ways = new HashMap<>();
    private List<RoutePlan.Protected> children = List.of();
    private Set<IpAddress> open = Set.of();
    private Plan installed = new Plan(List.of(), List.of());
    private boolean leftovers = true;
    private int mtu;
    private int refreshes;

    /**
     * The routes that are wanted.
     *
     * @param all for every packet
     * @param unmarked for every packet but those of our own sockets
     */
    private record Plan(List<Route> all, List<Route> unmarked) {}

    /**
     * @param beforeOurSockets routes that the packets of our own sockets do not take
     * @param guard against what comes in the clear
     * @param device name of the TUN device, which must be open
     */
    public HostNetwork(Routes routes, Routes beforeOurSockets, CleartextGuard guard, String device) {
        this.routes = routes;
        this.beforeOurSockets = beforeOurSockets;
        this.guard = guard;
        this.device = device;
    }

    /**
     * Makes the host's routes those of the children, leftovers of an earlier run removed, and the device's MTU the given
     * one.
     *
     * @param peers the tunnels' peers, as far as their addresses are known
     * @param openPeers those of them to which not only our own sockets' packets go past the tunnels that have them inside
     * @throws IOException with what the {@code ip} program said; the blackholes stand even then
     */
    public void apply(
            List<RoutePlan.Protected> wanted,
            Set<IpAddress> peers,
            Predicate<IpAddress> openPeers,
            CleartextGuard.Exceptions exceptions,
            int newMtu)
            throws IOException {
        children = List.copyOf(wanted);
        guard.apply(children, exceptions);
        learnWays(peers);
        open = ways.keySet().stream().filter(openPeers).collect(Collectors.toSet());
        if (newMtu != mtu) {
            routes.configureDevice(device, newMtu, List.of());
            mtu = newMtu;
        }
        install(plan());
    }

    /**
     * Looks whether the host's addresses changed in a way that changes a route's source address, and now and then whether
     * somebody has taken a route away, and mends that.
     */
    public void refresh() throws IOException {
        Plan now = plan();
        if (!now.equals(installed)) {
            install(now);
        } else if (++refreshes % REFRESHES_FOR_A_LOOK == 0 && !areThere(now)) {
            log.warn("routes of ours are missing, or were changed by somebody: they are made again");
            install(now);
        }
    }

    private boolean areThere(Plan wanted) throws IOException {
        return new HashSet<>(routes.installed()).equals(new HashSet<>(wanted.all()))
                && new HashSet<>(unmarkedNow()).equals(new HashSet<>(wanted.unmarked()));
    }

    /** Removes everything: the host is as it was. */
    public void restore() throws IOException {
        routes.removeAll();
        if (!unmarkedNow().isEmpty()) {
            beforeOurSockets.removeAll();
        }
        guard.remove();
        installed = new Plan(List.of(), List.of());
    }

    /** Removes all but the blackholes: the traffic stays blocked while no agent runs. */
    public void block() throws IOException {
        install(new Plan(RoutePlan.blackholes(children(false)), RoutePlan.blackholes(children(true))));
    }

    /**
     * MTU of the device by which packets to the peer leave, in bytes. Asks the kernel without running a program: there may
     * be thousands of peers.
     */
    public int outerMtu(IpAddress peer) {
        return OwnSource.towards(peer)
                .flatMap(this::deviceOf)
                .flatMap(HostNetwork::mtu)
                .map(bytes -> Math.min(bytes, 65535))
                .orElse(USUAL_MTU);
    }

    /** Our address from which packets to the peer leave, if there is a way that is not the tunnel itself. */
    public Optional<IpAddress> localAddress(IpAddress peer) {
        return OwnSource.towards(peer).filter(source -> deviceOf(source).isPresent());
    }

    /** The device that has an address, unless it is our own. */
    private Optional<NetworkInterface> deviceOf(IpAddress address) {
        try {
            return Optional.ofNullable(NetworkInterface.getByInetAddress(address.toInetAddress()))
                    .filter(found -> !found.getName().equals(device));
        } catch (SocketException e) {
            log.debug("no device has {}: {}", address, e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Integer> mtu(NetworkInterface device) {
        try {
            return Optional.of(device.getMTU()).filter(bytes -> bytes > 0);
        } catch (SocketException e) {
            return Optional.empty();
        }
    }

    private Plan plan() throws IOException {
        Set<IpAddress> addresses = addresses();
        List<Route> plan = new ArrayList<>(RoutePlan.throughDevice(device, children(false), addresses));
        plan.addAll(RoutePlan.pastTheTunnel(children(false), ways));
        List<Route> unmarked = new ArrayList<>(RoutePlan.throughDevice(device, children(true), addresses));
        List<IpAddress> inside =
                ways.keySet().stream().filter(peer -> !open.contains(peer)).toList();
        RoutePlan.toPeersInside(device, children(false), inside, addresses).stream()
                .filter(route -> !unmarked.contains(route))
                .forEach(unmarked::add);
        return new Plan(plan, unmarked);
    }

    private List<RoutePlan.Protected> children(boolean passable) {
        return children.stream().filter(child -> child.passable() == passable).toList();
    }

    /** How packets reach the peers, asked while no route of ours stands in the way. */
    private void learnWays(Set<IpAddress> peers) throws IOException {
        ways.keySet().retainAll(peers);
        for (IpAddress peer : peers) {
            boolean inside = children(false).stream()
                    .flatMap(child -> child.remote().stream())
                    .anyMatch(selector -> selector.contains(peer));
            if (inside && !ways.containsKey(peer)) {
                routes.pathTo(peer)
                        .filter(path -> !path.device().equals(device))
                        .ifPresent(path -> ways.put(peer, path));
            }
        }
    }

    private void install(Plan wanted) throws IOException {
        List<Route> before = unmarkedNow();
        if (wanted.unmarked().isEmpty() && before.isEmpty()) {
            routes.apply(wanted.all());
        } else {
            // What was protected in one way and now is in the other is in both for a moment, rather than in neither.
            beforeOurSockets.apply(union(wanted.unmarked(), before));
            routes.apply(wanted.all());
            beforeOurSockets.apply(wanted.unmarked());
        }
        leftovers = false;
        installed = wanted;
        log.debug("routes: {}", wanted);
    }

    /** Looks only where there can be any, since it costs two runs of a program. */
    private List<Route> unmarkedNow() throws IOException {
        return leftovers || !installed.unmarked().isEmpty() ? beforeOurSockets.installed() : List.of();
    }

    /** The wanted routes, and those of the others that are in other places. */
    private static List<Route> union(List<Route> wanted, List<Route> others) {
        List<Route> all = new ArrayList<>(wanted);
        others.stream()
                .filter(other -> wanted.stream()
                        .noneMatch(w -> w.prefix().equals(other.prefix()) && w.metric() == other.metric()))
                .forEach(all::add);
        return all;
    }

    /** The host's own addresses but loopback and link-local ones. */
    public static Set<IpAddress> addresses() throws SocketException {
        Set<IpAddress> addresses = new TreeSet<>();
        NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .map(IpAddress::of)
                .forEach(addresses::add);
        return addresses;
    }
}

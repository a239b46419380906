package dev.culvert.agent.host;

import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
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

    private static final int IKE_PORT = 500;

    /** A look at all routes runs a program. */
    private static final int REFRESHES_FOR_A_LOOK = 3;

    private final Routes routes;
    private final String device;
    private final Map<IpAddress, Routes.Path> ways = new HashMap<>();
    private List<RoutePlan.Protected> children = List.of();
    private List<Route> installed = List.of();
    private int mtu;
    private int refreshes;

    /**
     * @param device name of the TUN device, which must be open
     */
    public HostNetwork(Routes routes, String device) {
        this.routes = routes;
        this.device = device;
    }

    /**
     * Makes the host's routes those of the children, leftovers of an earlier run removed, and the device's MTU the given
     * one.
     *
     * @param peers the tunnels' peers, as far as their addresses are known
     * @throws IOException with what the {@code ip} program said; the blackholes stand even then
     */
    public void apply(List<RoutePlan.Protected> wanted, Set<IpAddress> peers, int newMtu) throws IOException {
        children = List.copyOf(wanted);
        learnWays(peers);
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
        List<Route> now = plan();
        if (!now.equals(installed)) {
            install(now);
        } else if (++refreshes % REFRESHES_FOR_A_LOOK == 0 && !areThere(now)) {
            log.warn("routes of ours are missing, or were changed by somebody: they are made again");
            install(now);
        }
    }

    private boolean areThere(List<Route> wanted) throws IOException {
        return new HashSet<>(routes.installed()).equals(new HashSet<>(wanted));
    }

    /** Removes everything: the host is as it was. */
    public void restore() throws IOException {
        routes.removeAll();
        installed = List.of();
    }

    /** Removes all but the blackholes: the traffic stays blocked while no agent runs. */
    public void block() throws IOException {
        install(RoutePlan.blackholes(children));
    }

    /**
     * MTU of the device by which packets to the peer leave, in bytes. Asks the kernel without running a program: there may
     * be thousands of peers.
     */
    public int outerMtu(IpAddress peer) {
        try (DatagramSocket probe = new DatagramSocket()) {
            // connects, which looks up the route, and sends nothing
            probe.connect(new InetSocketAddress(peer.toInetAddress(), IKE_PORT));
            NetworkInterface out = NetworkInterface.getByInetAddress(probe.getLocalAddress());
            if (out != null && out.getMTU() > 0 && !out.getName().equals(device)) {
                return Math.min(out.getMTU(), 65535);
            }
        } catch (IOException | UncheckedIOException e) {
            log.debug("no path to {}: {}", peer, e.getMessage());
        }
        return USUAL_MTU;
    }

    /** Our address from which packets to the peer leave, if there is a way that is not the tunnel itself. */
    public Optional<IpAddress> localAddress(IpAddress peer) {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(peer.toInetAddress(), IKE_PORT));
            NetworkInterface out = NetworkInterface.getByInetAddress(probe.getLocalAddress());
            if (out != null && !out.getName().equals(device)) {
                return Optional.of(IpAddress.of(probe.getLocalAddress()));
            }
        } catch (IOException | UncheckedIOException e) {
            log.debug("no path to {}: {}", peer, e.getMessage());
        }
        return Optional.empty();
    }

    private List<Route> plan() throws IOException {
        List<Route> plan = new ArrayList<>(RoutePlan.throughDevice(device, children, addresses()));
        plan.addAll(RoutePlan.pastTheTunnel(children, ways));
        return plan;
    }

    /** How packets reach the peers, asked while no route of ours stands in the way. */
    private void learnWays(Set<IpAddress> peers) throws IOException {
        ways.keySet().retainAll(peers);
        for (IpAddress peer : peers) {
            boolean inside = children.stream()
                    .flatMap(child -> child.remote().stream())
                    .anyMatch(selector -> selector.contains(peer));
            if (inside && !ways.containsKey(peer)) {
                routes.pathTo(peer)
                        .filter(path -> !path.device().equals(device))
                        .ifPresent(path -> ways.put(peer, path));
            }
        }
    }

    private void install(List<Route> wanted) throws IOException {
        routes.apply(wanted);
        installed = wanted;
        log.debug("routes: {}", wanted);
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

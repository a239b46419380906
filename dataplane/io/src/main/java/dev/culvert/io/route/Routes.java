package dev.culvert.io.route;

import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The host's routes and device addresses as a desired state. Everything that it makes carries one routing protocol, so
 * that it recognises its own, also those of a process that died. Blocking: it runs the {@code ip} program. One thread.
 */
public interface Routes {
    /** The number by which the routes of an agent with tunnels are known ({@code proto 229}). */
    int PROTOCOL = 229;

    /** Works on the network namespace of this process, with routes of {@link #PROTOCOL}. */
    static Routes ofHost() {
        return ofHost(PROTOCOL);
    }

    /**
     * Works on the network namespace of this process.
     *
     * @param protocol what tells this program's routes from those of another one on the same host, 5 to 255
     */
    static Routes ofHost(int protocol) {
        return new IpRoutes(new IpProgram(), protocol, IpRoutes.MAIN);
    }

    /**
     * Works on the same, with routes that lead all of the host's packets but those of the agent's own sockets: they are in
     * a table of their own, {@value UnmarkedRoutes#TABLE}, to which a rule leads whatever lacks our
     * {@linkplain dev.culvert.io.socket.OwnMark mark}.
     */
    static Routes ofHostBeforeOurSockets() {
        IpProgram ip = new IpProgram();
        return new UnmarkedRoutes(ip, new IpRoutes(ip, PROTOCOL, UnmarkedRoutes.TABLE));
    }

    /**
     * Sets MTU and addresses (each alone, /32 or /128) of a device, removes others and brings it up. A link-local address,
     * by which the kernel would look for routers on it, is removed for good.
     */
    void configureDevice(String device, int mtu, Collection<IpAddress> addresses) throws IOException;

    /**
     * Makes the routes of ours exactly {@code desired}. Blackholes are added before anything else is touched, and removed
     * last, so that at no moment a packet takes the way that it would take without us.
     *
     * @throws IOException with what {@code ip} said; routes before the failing one are made
     */
    void apply(Collection<Route> desired) throws IOException;

    /** Our routes as they are now, a predecessor's leftovers included. */
    List<Route> installed() throws IOException;

    /** Removes all routes of ours. */
    default void removeAll() throws IOException {
        apply(List.of());
    }

    /** How a packet of our own sockets to {@code destination} would leave, or nothing if there is no route. */
    Optional<Path> pathTo(IpAddress destination) throws IOException;

    /**
     * @param device the interface's name
     * @param source the local address that the kernel would choose
     * @param nextHop empty on a directly connected network
     */
    record Path(String device, IpAddress source, Optional<IpAddress> nextHop) {}
}

package dev.culvert.agent.host;

import dev.culvert.ike.endpoint.Command;
import dev.culvert.io.udp.OwnSource;
import dev.culvert.wire.IpAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks from which of our addresses packets to the peers leave, and tells the negotiator when that changed: an address
 * went away, or the routes lead elsewhere. An SA that a peer made with another of our addresses than the one we would
 * take stays as it is. Looks, rather than being told by the kernel, since it costs microseconds for each peer. One
 * thread.
 */
public final class LocalPaths {
    private static final Logger log = LoggerFactory.getLogger(LocalPaths.class);

    private final Host host;
    private final Supplier<Set<Path>> inUse;
    private final Consumer<Command> commands;
    private final Map<Path, IpAddress> usual = new HashMap<>();
    private List<Set<IpAddress>> devices = List.of();

    /** Outer addresses of an SA. */
    public record Path(IpAddress local, IpAddress remote) {}

    /** What is asked of the host. */
    public interface Host {
        /** Addresses by device, without loopback and link-local ones and those of our own device. */
        List<Set<IpAddress>> devices() throws SocketException;

        /** Where packets to the peer leave from; empty if they cannot. */
        Optional<IpAddress> source(IpAddress peer);
    }

    /**
     * @param inUse the paths of the SAs that are there
     * @param commands the negotiator's
     */
    public LocalPaths(Host host, Supplier<Set<Path>> inUse, Consumer<Command> commands) {
        this.host = host;
        this.inUse = inUse;
        this.commands = commands;
    }

    /** To be called about once a second. */
    public void look() {
        try {
            List<Set<IpAddress>> now = host.devices();
            if (!now.equals(devices)) {
                devices = now;
                commands.accept(new Command.LocalAddresses(now));
            }
        } catch (SocketException e) {
            log.debug("cannot read the host's addresses: {}", e.getMessage());
            return;
        }
        Set<Path> paths = inUse.get();
        usual.keySet().retainAll(paths);
        paths.forEach(this::look);
    }

    private void look(Path path) {
        Optional<IpAddress> now = host.source(path.remote());
        if (now.isEmpty() || path.local().isAny()) {
            return;
        }
        IpAddress before = usual.put(path, now.get());
        boolean changed = before != null && !before.equals(now.get());
        boolean gone = devices.stream().noneMatch(device -> device.contains(path.local()));
        if ((changed || gone) && !now.get().equals(path.local())) {
            commands.accept(new Command.LocalPath(path.remote(), now.get()));
        }
    }

    /**
     * The kernel's answers.
     *
     * @param device name of our TUN device
     */
    public static Host ofKernel(String device) {
        return new Host() {
            @Override
            public List<Set<IpAddress>> devices() throws SocketException {
                List<Set<IpAddress>> all = new ArrayList<>();
                for (NetworkInterface each :
                        NetworkInterface.networkInterfaces().toList()) {
                    Set<IpAddress> addresses = each.inetAddresses()
                            .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
                            .map(IpAddress::of)
                            .collect(Collectors.toCollection(TreeSet::new));
                    if (!addresses.isEmpty() && !each.getName().equals(device)) {
                        all.add(addresses);
                    }
                }
                return all;
            }

            @Override
            public Optional<IpAddress> source(IpAddress peer) {
                return OwnSource.towards(peer);
            }
        };
    }
}

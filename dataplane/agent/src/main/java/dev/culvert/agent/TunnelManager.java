package dev.culvert.agent;

import dev.culvert.agent.certificates.PeerVerifiers;
import dev.culvert.agent.config.AuthConfigs;
import dev.culvert.agent.config.DesiredState;
import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.agent.config.SizePolicies;
import dev.culvert.agent.config.TunnelConfigs;
import dev.culvert.agent.config.TunnelPolicies;
import dev.culvert.agent.host.CleartextGuard;
import dev.culvert.agent.host.HostNetwork;
import dev.culvert.agent.host.InnerMtu;
import dev.culvert.agent.host.ReversePathFilter;
import dev.culvert.agent.negotiator.PeerNames;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.agent.worker.SaInstaller;
import dev.culvert.agent.worker.SaInstaller.ChildName;
import dev.culvert.agent.worker.SaInstaller.ChildSettings;
import dev.culvert.api.v1alpha1.ChildMode;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.FailureReason;
import dev.culvert.api.v1alpha1.IkeSettings;
import dev.culvert.api.v1alpha1.TcpEncapsulation;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.crypto.x509.CertificateProblemException;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.Command;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what runs to what is desired, and changes only what differs: first the policies, so that no packet finds the
 * TUN device without one, then the routes, then the negotiator.
 *
 * <p>Everything happens on one thread, {@code scheduler}'s; other threads hand work to it.
 */
public final class TunnelManager {
    private static final Logger log = LoggerFactory.getLogger(TunnelManager.class);
    private static final Verdict PROGRAMMED = Verdict.yes(
            ConditionTypes.PROGRAMMED, ConditionReasons.PROGRAMMED, "sockets, tunnel device and routes are in place");
    private static final long REFRESH_SECONDS = 5;
    private static final long NAME_RETRY_SECONDS = 5;

    private final ScheduledExecutorService scheduler;
    private final HostNetwork host;
    private final CleartextGuard guard;
    private final CleartextBook cleartext;
    private final StatusBook book;
    private final SaInstaller installer;
    private final TcpPorts tcpPorts;
    private final Consumer<Command> commands;
    private final PeerNames.Lookup lookup;
    private final PeerVerifiers verifiers;

    private DesiredState desired = DesiredState.EMPTY;
    private Map<String, DesiredTunnel> tunnels = Map.of();
    private boolean hostFailed;
    private final Map<String, List<IpAddress>> peers = new HashMap<>();
    private final Map<IpAddress, IpAddress> localPaths = new HashMap<>();
    private final Map<String, ScheduledFuture<?>> lookups = new HashMap<>();
    /** What peers' names were last found to be; lookups on threads of their own share it. */
    private final Map<String, List<IpAddress>> known = new ConcurrentHashMap<>();

    /** Takes TCP connections at these ports, and at no others. */
    public interface TcpPorts {
        void listen(Set<Integer> ports) throws IOException;
    }

    /**
     * @param scheduler of one thread
     * @param commands the negotiator's
     */
    public TunnelManager(
            ScheduledExecutorService scheduler,
            HostNetwork host,
            CleartextGuard guard,
            CleartextBook cleartext,
            StatusBook book,
            SaInstaller installer,
            TcpPorts tcpPorts,
            Consumer<Command> commands,
            PeerNames.Lookup lookup,
            PeerVerifiers verifiers) {
        this.scheduler = scheduler;
        this.host = host;
        this.guard = guard;
        this.cleartext = cleartext;
        this.book = book;
        this.installer = installer;
        this.tcpPorts = tcpPorts;
        this.commands = commands;
        this.lookup = lookup;
        this.verifiers = verifiers;
    }

    /** Starts looking at the host's addresses from time to time. */
    public void start() {
        var _ = scheduler.scheduleWithFixedDelay(
                guarded(this::refresh), REFRESH_SECONDS, REFRESH_SECONDS, TimeUnit.SECONDS);
        var _ = scheduler.scheduleWithFixedDelay(guarded(installer::tick), 1, 1, TimeUnit.SECONDS);
    }

    /** Takes up a new state. On the scheduler's thread. */
    public void apply(DesiredState wanted) {
        Map<String, DesiredTunnel> before = tunnels;
        Map<String, DesiredTunnel> after = byName(wanted);
        desired = wanted;
        tunnels = after;
        cleartext.tunnels(wanted);

        installer.configure(TunnelPolicies.ofDataPath(wanted), children(wanted));
        Verdict programmed = applyToHost();
        for (DesiredTunnel gone : before.values()) {
            if (!after.containsKey(gone.name())) {
                forget(gone.name());
                book.remove(gone.name());
                log.atInfo().addKeyValue("tunnel", gone.name()).log("tunnel removed");
            }
        }
        for (DesiredTunnel tunnel : wanted.tunnels()) {
            DesiredTunnel previous = before.get(tunnel.name());
            if (previous != null && previous.sameAs(tunnel)) {
                book.programmed(tunnel.name(), of(tunnel, programmed));
                continue;
            }
            book.put(tunnel);
            log.atInfo().addKeyValue("tunnel", tunnel.name()).log(previous == null ? "tunnel added" : "tunnel changed");
            if (tunnel.negotiates()) {
                negotiate(tunnel);
            } else if (previous != null && previous.negotiates()) {
                forget(tunnel.name());
            }
            // last, as it tells people that a peer may begin
            book.programmed(tunnel.name(), of(tunnel, programmed));
        }
    }

    /** What the host's state means for one tunnel. */
    private Verdict of(DesiredTunnel tunnel, Verdict ofHost) {
        if (!ofHost.equals(PROGRAMMED) || !mindsReversePaths(tunnel)) {
            return ofHost;
        }
        Stream<IpAddress> senders = Stream.concat(
                hasTransportMode(tunnel) ? peers(tunnel) : Stream.empty(), TunnelPolicies.remotesInTheClear(tunnel));
        return senders.flatMap(peer -> ReversePathFilter.strictTowards(peer).stream())
                .findFirst()
                .map(device -> Verdict.no(
                        ConditionTypes.PROGRAMMED,
                        ConditionReasons.DATA_PLANE_ERROR,
                        ReversePathFilter.inTheWay(device)))
                .orElse(ofHost);
    }

    private static boolean mindsReversePaths(DesiredTunnel tunnel) {
        return hasTransportMode(tunnel) || TunnelPolicies.hasBypass(tunnel);
    }

    private static boolean hasTransportMode(DesiredTunnel tunnel) {
        return tunnel.spec().children().stream().anyMatch(child -> child.mode() == ChildMode.TRANSPORT);
    }

    /** The negotiator could not reach the tunnel's peer: its name may lead elsewhere by now. Any thread. */
    public void peerUnreachable(String tunnel) {
        scheduler.execute(() -> {
            DesiredTunnel known = tunnels.get(tunnel);
            if (known != null && known.negotiates() && !hasLiteralsOnly(known)) {
                lookUp(known);
            }
        });
    }

    /** The tunnels as they are desired now. On the scheduler's thread. */
    public DesiredState desired() {
        return desired;
    }

    private Verdict applyToHost() {
        Verdict programmed = tryOnHost();
        tellOfGuard();
        return programmed;
    }

    /** The tunnels work without it, and less is kept out. */
    private void tellOfGuard() {
        book.degradedByHost(guard.problem()
                .map(problem ->
                        Verdict.yes(ConditionTypes.DEGRADED, ConditionReasons.CLEARTEXT_NOT_FILTERED, problem)));
    }

    /**
     * Peers to which other packets than our sockets' go past a tunnel that has them in its networks: TCP's sockets do not
     * mark theirs, and where the kernel asks by which way an answer would leave, it would drop what such a peer sends.
     */
    private Predicate<IpAddress> openPeers() {
        Set<IpAddress> byTcp = desired.tunnels().stream()
                .filter(tunnel -> tunnel.spec().ike().tcpEncapsulation() != TcpEncapsulation.OFF)
                .flatMap(this::peers)
                .collect(Collectors.toSet());
        return peer -> byTcp.contains(peer)
                || ReversePathFilter.strictTowards(peer)
                        .map(device -> {
                            log.warn(
                                    "packets of this host to {} go past the tunnel that has it in its networks: {}",
                                    peer,
                                    ReversePathFilter.inTheWay(device));
                            return device;
                        })
                        .isPresent();
    }

    private Verdict tryOnHost() {
        try {
            host.apply(
                    TunnelPolicies.ofRoutes(desired),
                    peers(),
                    openPeers(),
                    TunnelPolicies.ofFilter(desired),
                    InnerMtu.of(desired, this::outerMtu));
            tcpPorts.listen(tcpPorts(desired));
            hostFailed = false;
            return PROGRAMMED;
        } catch (IOException e) {
            hostFailed = true;
            log.error("cannot set up the host: {}", e.getMessage());
            return Verdict.no(
                    ConditionTypes.PROGRAMMED,
                    ConditionReasons.DATA_PLANE_ERROR,
                    "cannot set up the host: " + e.getMessage());
        }
    }

    /** Where peers may open TCP connections: nowhere, unless a tunnel allows that. */
    static Set<Integer> tcpPorts(DesiredState state) {
        return state.tunnels().stream()
                .filter(DesiredTunnel::negotiates)
                .map(tunnel -> tunnel.spec().ike())
                .filter(ike -> ike.tcpEncapsulation() != TcpEncapsulation.OFF)
                .map(IkeSettings::tcpPort)
                .collect(Collectors.toSet());
    }

    private void applyToHostAgain() {
        Verdict programmed = applyToHost();
        desired.tunnels().forEach(tunnel -> book.programmed(tunnel.name(), of(tunnel, programmed)));
    }

    /** A periodic task that throws would never run again. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("a periodic task failed", e);
            }
        };
    }

    private void refresh() {
        guard.look().forEach(cleartext::add);
        tellOfGuard();
        Set<IpAddress> addresses = peers();
        tellLocalPaths(addresses);
        localPaths.keySet().retainAll(addresses);
        if (hostFailed) {
            applyToHostAgain();
            return;
        }
        try {
            host.refresh();
        } catch (IOException e) {
            log.warn("cannot refresh the host's routes: {}", e.getMessage());
        }
        desired.tunnels().stream()
                .filter(TunnelManager::mindsReversePaths)
                .forEach(tunnel -> book.programmed(tunnel.name(), of(tunnel, PROGRAMMED)));
    }

    private void negotiate(DesiredTunnel tunnel) {
        if (hasLiteralsOnly(tunnel)) {
            cancelLookup(tunnel.name());
            put(
                    tunnel,
                    PeerNames.resolve(tunnel.spec().remote().addresses(), lookup, known)
                            .addresses());
        } else {
            // Until the name is known, the peer may still come to us.
            put(tunnel, peers.getOrDefault(tunnel.name(), List.of()));
            lookUp(tunnel);
        }
    }

    private void lookUp(DesiredTunnel tunnel) {
        cancelLookup(tunnel.name());
        Thread.ofVirtual().name("lookup " + tunnel.name()).start(() -> {
            PeerNames.Result result = PeerNames.resolve(tunnel.spec().remote().addresses(), lookup, known);
            scheduler.execute(() -> lookedUp(tunnel, result));
        });
    }

    private void lookedUp(DesiredTunnel tunnel, PeerNames.Result result) {
        DesiredTunnel current = tunnels.get(tunnel.name());
        if (current == null || !current.sameAs(tunnel)) {
            return;
        }
        // A server that turns the addresses of a name around says nothing new.
        Set<IpAddress> before = Set.copyOf(peers.getOrDefault(tunnel.name(), List.of()));
        if (!Set.copyOf(result.addresses()).equals(before)
                && !result.addresses().isEmpty()) {
            peers.put(tunnel.name(), result.addresses());
            applyToHostAgain();
            put(tunnel, result.addresses());
        }
        if (!result.unknown().isEmpty()) {
            String message = "cannot look up " + String.join(", ", result.unknown());
            log.atWarn().addKeyValue("tunnel", tunnel.name()).log(message);
            if (result.addresses().isEmpty()) {
                book.failed(tunnel.name(), FailureReason.PEER_UNREACHABLE, message);
            }
            lookups.put(tunnel.name(), scheduler.schedule(() -> lookUp(tunnel), NAME_RETRY_SECONDS, TimeUnit.SECONDS));
        }
    }

    private void put(DesiredTunnel tunnel, List<IpAddress> addresses) {
        peers.put(tunnel.name(), addresses);
        tellLocalPaths(addresses);
        try {
            AuthConfig auth =
                    AuthConfigs.of(tunnel.name(), tunnel.spec().authentication(), tunnel.credentials(), verifiers);
            commands.accept(new Command.PutTunnel(TunnelConfigs.of(
                    tunnel.name(), tunnel.spec(), auth, tunnel.credentials().postQuantumKey(), addresses)));
        } catch (CertificateProblemException e) {
            // What the negotiator has goes on with the certificate it has.
            log.atError().addKeyValue("tunnel", tunnel.name()).log("cannot authenticate: {}", e.getMessage());
            book.failed(tunnel.name(), FailureReason.AUTHENTICATION_FAILED, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            log.atError().addKeyValue("tunnel", tunnel.name()).log("cannot take up the tunnel: {}", e.getMessage());
            book.failed(tunnel.name(), FailureReason.PROTOCOL_ERROR, String.valueOf(e.getMessage()));
        }
    }

    /** The negotiator has to know its own address to tell whether there is a NAT. */
    private void tellLocalPaths(Collection<IpAddress> addresses) {
        for (IpAddress peer : addresses) {
            host.localAddress(peer)
                    .filter(local -> !local.equals(localPaths.get(peer)))
                    .ifPresent(local -> {
                        localPaths.put(peer, local);
                        commands.accept(new Command.LocalPath(peer, local));
                    });
        }
    }

    private void forget(String tunnel) {
        cancelLookup(tunnel);
        peers.remove(tunnel);
        commands.accept(new Command.RemoveTunnel(tunnel));
    }

    private void cancelLookup(String tunnel) {
        @Nullable ScheduledFuture<?> planned = lookups.remove(tunnel);
        if (planned != null) {
            planned.cancel(false);
        }
    }

    private int outerMtu(DesiredTunnel tunnel) {
        return peers(tunnel).mapToInt(host::outerMtu).min().orElse(HostNetwork.USUAL_MTU);
    }

    private Set<IpAddress> peers() {
        return desired.tunnels().stream().flatMap(this::peers).collect(Collectors.toSet());
    }

    /** The tunnel's peer addresses: literals, and what names were last found to be. */
    private Stream<IpAddress> peers(DesiredTunnel tunnel) {
        return Stream.concat(
                        tunnel.spec().remote().addresses().stream()
                                .filter(PeerNames::isLiteral)
                                .map(IpAddress::parse),
                        peers.getOrDefault(tunnel.name(), List.of()).stream())
                .distinct();
    }

    private static boolean hasLiteralsOnly(DesiredTunnel tunnel) {
        return tunnel.spec().remote().addresses().stream().allMatch(PeerNames::isLiteral);
    }

    private Map<ChildName, ChildSettings> children(DesiredState state) {
        Map<ChildName, ChildSettings> children = new HashMap<>();
        for (DesiredTunnel tunnel : state.tunnels()) {
            int outerMtu = outerMtu(tunnel);
            SizePolicy sizes = SizePolicies.of(tunnel.spec());
            tunnel.spec()
                    .children()
                    .forEach(child -> children.put(
                            new ChildName(tunnel.name(), child.name()),
                            new ChildSettings(
                                    child.replayWindow(), outerMtu, sizes, child.rekeyBytes(), child.rekeyPackets())));
        }
        return children;
    }

    private static Map<String, DesiredTunnel> byName(DesiredState state) {
        Map<String, DesiredTunnel> byName = new HashMap<>();
        state.tunnels().forEach(tunnel -> byName.put(tunnel.name(), tunnel));
        return byName;
    }
}

package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.Command;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.HalfOpenTable;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.IkeVersion;
import dev.culvert.ike.endpoint.InitiationWindow;
import dev.culvert.ike.endpoint.Precedence;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaHost;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Problem;
import dev.culvert.ike.v1.phase1.Initiators;
import dev.culvert.ike.v1.phase1.Responders;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All IKEv1 tunnels of an endpoint. It is handed the datagrams of major version 1 and the commands, and belongs to the
 * endpoint's thread but for what says otherwise. While no IKEv1 tunnel is configured it drops all datagrams.
 */
public final class IkeV1 {
    private final SaHost host;
    private final PhaseTwo phaseTwo;
    private final InitiationWindow window;
    private final V1Tunnels tunnels = new V1Tunnels();
    private final Map<Long, IsakmpSa> byCookie = new HashMap<>();
    /** Our cookies of the SAs that are not half-open; also other threads look here. */
    private final Set<Long> known = ConcurrentHashMap.newKeySet();

    private final HalfOpenTable<IsakmpSa> halfOpen;
    private boolean shuttingDown;

    public IkeV1(SaHost host, PhaseTwo phaseTwo, InitiationWindow window) {
        this.host = host;
        this.phaseTwo = phaseTwo;
        this.window = window;
        this.halfOpen = new HalfOpenTable<>(host.config().halfOpen());
    }

    // ---- messages ----

    /** Takes in a datagram of major version 1; whatever is wrong with it, this does not throw. */
    public void receive(IkeDatagram datagram, long nowNanos) {
        if (tunnels.isEmpty() && byCookie.isEmpty()) {
            dropped("INVALID_MAJOR_VERSION", datagram);
            return;
        }
        if (datagram.isInStream()) {
            dropped("IKEv1 in a TCP connection", datagram);
            return;
        }
        V1Decoded decoded = V1Message.decode(datagram.message());
        Optional<IsakmpHeader> header =
                switch (decoded) {
                    case V1Decoded.Ok(V1Message message) -> Optional.of(message.header());
                    case V1Decoded.Encrypted(var message) -> Optional.of(message.header());
                    case V1Decoded.Fragment(IsakmpHeader of, var payload) -> Optional.of(of);
                    case V1Problem problem -> problem.header();
                };
        Optional<IsakmpSa> sa = header.flatMap(this::find);
        if (sa.isPresent()) {
            sa.get().receive(decoded, datagram, nowNanos);
        } else if (decoded instanceof V1Problem problem) {
            dropped(problem.reason().name(), datagram);
        } else if (decoded instanceof V1Decoded.Ok(V1Message message) && isFirst(message.header())) {
            firstMessage(message, datagram, nowNanos);
        } else {
            dropped("no ISAKMP SA with these cookies", datagram);
        }
    }

    /** The SA of a message: by our cookie, and the peer's as far as it is known. */
    private Optional<IsakmpSa> find(IsakmpHeader header) {
        Optional<IsakmpSa> theirs = Optional.ofNullable(byCookie.get(header.responderCookie()))
                .filter(sa -> !sa.initiator() && sa.initiatorCookie() == header.initiatorCookie());
        return theirs.isPresent()
                ? theirs
                : Optional.ofNullable(byCookie.get(header.initiatorCookie()))
                        .filter(sa -> sa.initiator()
                                && (sa.responderCookie() == 0 || sa.responderCookie() == header.responderCookie()));
    }

    private static boolean isFirst(IsakmpHeader header) {
        return header.responderCookie() == 0
                && header.messageId() == 0
                && (header.is(ExchangeType.MAIN) || header.is(ExchangeType.AGGRESSIVE));
    }

    /** Decides in the order of cost: a repetition, the limits, and only then the exchange itself. */
    private void firstMessage(V1Message message, IkeDatagram datagram, long nowNanos) {
        Optional<IsakmpSa> repeated = halfOpen.find(datagram);
        if (repeated.isPresent()) {
            repeated.get().receive(new V1Decoded.Ok(message), datagram, nowNanos);
            return;
        }
        UdpAddress remote = datagram.remote();
        if (shuttingDown) {
            dropped("shutting down", datagram);
        } else if (halfOpen.isFull(remote, tunnels.countAt(remote.address()))) {
            dropped("too many half-open IKE SAs", datagram);
        } else {
            List<V1Tunnel> candidates = tunnels.candidates(datagram.local().address(), remote.address());
            if (candidates.isEmpty()) {
                dropped("no IKEv1 tunnel for that address", datagram);
                return;
            }
            new Responders(host, this, candidates)
                    .answer(message, datagram, nowNanos)
                    .ifPresent(sa -> halfOpen.add(sa, datagram));
        }
    }

    /** An SA that a peer at that address may ask for these tunnels with, before it is known which one. */
    public IsakmpSa newResponder(long initiatorCookie, PeerPath path, long nowNanos) {
        return IsakmpSa.responder(host, this, initiatorCookie, path, nowNanos);
    }

    public void dropped(String reason, IkeDatagram datagram) {
        host.audit(
                AuditEvent.DATAGRAM_DROPPED,
                Optional.empty(),
                Map.of("reason", reason, "peer", datagram.remote().toString()),
                "dropped a datagram of " + datagram.remote() + ": " + reason);
    }

    // ---- commands ----

    /** @return whether it was for a tunnel or a pair here, and for nobody else */
    public boolean command(Command command, long nowNanos) {
        return switch (command) {
            case Command.PutTunnel(TunnelConfig config) -> put(config, nowNanos);
            case Command.RemoveTunnel(String name) -> remove(name, nowNanos);
            case Command.Initiate(String name, Optional<String> child) -> {
                tunnels.find(name).ifPresent(t -> t.initiate(child));
                yield has(name);
            }
            case Command.Terminate(String name, Optional<String> child) -> {
                tunnels.find(name).ifPresent(t -> t.terminate(child, nowNanos));
                yield has(name);
            }
            case Command.Rekey(String name, Optional<String> child) -> {
                tunnels.find(name).ifPresent(t -> rekey(t, child, command, nowNanos));
                yield has(name);
            }
            case Command.Reauthenticate(String name) -> {
                tunnels.find(name).ifPresent(t -> rekey(t, Optional.empty(), command, nowNanos));
                yield has(name);
            }
            case Command.Acquire acquire -> {
                tunnels.find(acquire.tunnel())
                        .ifPresent(
                                t -> t.acquire(new ChildRequest(acquire.child(), acquire.local(), acquire.remote())));
                yield has(acquire.tunnel());
            }
            case Command.Expire expire ->
                tunnels.find(expire.tunnel())
                        .map(t -> {
                            t.changed();
                            return t.children().expire(expire.spiIn(), expire.hard(), t.usable(), nowNanos);
                        })
                        .orElse(false);
            case Command.PeerMoved moved -> peerMoved(moved);
            case Command.LocalPath(IpAddress remote, IpAddress local) -> {
                tunnels.all().forEach(t -> t.localPath(remote, local, nowNanos));
                yield false;
            }
            case Command.Shutdown shutdown -> {
                shuttingDown = true;
                tunnels.all().forEach(t -> t.remove(nowNanos));
                yield false;
            }
            case Command.StreamLost lost -> false;
            case Command.LocalAddresses addresses -> false;
            case Command.UnknownSpi unknown -> false;
        };
    }

    private boolean has(String tunnel) {
        return tunnels.find(tunnel).isPresent();
    }

    private boolean put(TunnelConfig config, long nowNanos) {
        if (config.version() != IkeVersion.IKEV1) {
            tunnels.find(config.name()).ifPresent(V1Tunnel::silence);
            remove(config.name(), nowNanos);
            return false;
        }
        Optional<V1Tunnel> known = tunnels.find(config.name());
        if (known.isEmpty()) {
            V1Tunnel tunnel = new V1Tunnel(host, this, config);
            tunnels.add(tunnel);
            tunnel.changed();
        } else if (!known.get().config().equals(config)) {
            tunnels.remove(known.get());
            known.get().update(config, nowNanos);
            tunnels.add(known.get());
        }
        return true;
    }

    private boolean remove(String name, long nowNanos) {
        Optional<V1Tunnel> tunnel = tunnels.find(name);
        tunnel.ifPresent(t -> {
            tunnels.remove(t);
            t.remove(nowNanos);
        });
        return tunnel.isPresent();
    }

    private void rekey(V1Tunnel tunnel, Optional<String> child, Command command, long nowNanos) {
        if (!tunnel.rekey(child, nowNanos)) {
            host.audit(AuditEvent.COMMAND_IGNORED, Optional.empty(), Map.of(), "ignored " + command + ": it is not up");
        }
    }

    private boolean peerMoved(Command.PeerMoved moved) {
        Optional<V1Tunnel> tunnel = tunnels.all().stream()
                .filter(t -> t.children().has(moved.spiIn()))
                .findFirst();
        tunnel.ifPresent(t -> t.peerMoved(moved.remote()));
        return tunnel.isPresent();
    }

    // ---- what the SAs and tunnels need ----

    PhaseTwo phaseTwo() {
        return phaseTwo;
    }

    InitiationWindow window() {
        return window;
    }

    long newCookie() {
        long cookie = host.newIkeSpi();
        while (byCookie.containsKey(cookie)) {
            cookie = host.newIkeSpi();
        }
        return cookie;
    }

    void register(IsakmpSa sa) {
        byCookie.put(sa.localSpi(), sa);
        host.touched(sa);
    }

    void unregister(IsakmpSa sa) {
        byCookie.remove(sa.localSpi(), sa);
        known.remove(sa.localSpi());
    }

    /** Begins an ISAKMP SA to one of the peer's addresses. */
    IsakmpSa initiate(V1Tunnel tunnel, UdpAddress remote, long nowNanos) {
        boolean natPort = remote.port() != EndpointConfig.STANDARD_IKE_PORT;
        IpAddress local = tunnel.config()
                .localAddress()
                .or(() -> host.localPath(remote.address()))
                .orElse(remote.address().isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6);
        int port = natPort ? host.config().natPort() : host.config().ikePort();
        PeerPath path = PeerPath.of(new UdpAddress(local, port), remote);
        IsakmpSa sa = IsakmpSa.initiator(host, this, tunnel, path, nowNanos);
        sa.begin(Initiators.of(sa, tunnel.config()), nowNanos);
        return sa;
    }

    /** A peer did not get through phase 1, and it is not known which of the tunnels it is. */
    public void rejected(IsakmpSa sa, Failure failure, long nowNanos) {
        sa
                .tunnelIfKnown()
                .map(List::of)
                .orElseGet(() -> tunnels.candidates(
                        sa.path().local().address(), sa.path().remote().address()))
                .stream()
                .limit(16)
                .forEach(t -> t.troubled(failure, nowNanos));
    }

    /** Something happened to an SA. */
    void settled(IsakmpSa sa) {
        if (!sa.isConnecting()) {
            window.forget(sa);
        }
        if (sa.isClosed()) {
            halfOpen.remove(sa);
            return;
        }
        halfOpen.update(sa);
        if (!sa.isHalfOpen()) {
            known.add(sa.localSpi());
        }
    }

    // ---- looking ----

    /** Established ISAKMP SAs, for metrics. */
    public int established() {
        return (int) byCookie.values().stream().filter(IsakmpSa::isUsable).count();
    }

    /** Whether every SA is gone or only waits for late messages. */
    public boolean isIdle() {
        return byCookie.values().stream().noneMatch(sa -> sa.isUsable() || sa.isConnecting());
    }

    /** Ends at once what is left. */
    public void closeAll(long nowNanos) {
        new ArrayList<>(byCookie.values())
                .forEach(sa -> sa.close(CloseCause.of(CloseCause.Kind.DELETED_BY_US), nowNanos));
    }

    /** How a datagram of major version 1 stands to others, if it belongs to an SA. Any thread. */
    public Optional<Precedence> precedence(byte[] array, int offset) {
        long cookieI = BigEndian.int64(array, offset);
        long cookieR = BigEndian.int64(array, offset + Long.BYTES);
        if (known.contains(cookieR) || known.contains(cookieI)) {
            return Optional.of(Precedence.KNOWN_SA);
        }
        return halfOpen.contains(cookieR) ? Optional.of(Precedence.HALF_OPEN_SA) : Optional.empty();
    }

    /** Whether a tunnel names that address as its peer's. Any thread. */
    public boolean isPeer(IpAddress remote) {
        return tunnels.countAt(remote) > 0;
    }

    /** SAs that a peer began and nobody authenticated yet. Any thread. */
    public int halfOpen() {
        return halfOpen.count();
    }

    /** Whether a tunnel has a peer that may come from any address. Any thread. */
    public boolean isOpenToAnybody() {
        return tunnels.isOpenToAnybody();
    }

    /** Whether a stranger may begin an SA now. Any thread. */
    public boolean hasRoomFor(UdpAddress stranger) {
        return !halfOpen.isFull(stranger, 0);
    }
}

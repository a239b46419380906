package dev.culvert.ike.endpoint;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.EncryptedMessage;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.UnprotectedError;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.IkeSaState;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.Timed;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.IkeV1;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.quick.PhaseTwoExchanges;
import dev.culvert.ike.v2.exchange.CrashToken;
import dev.culvert.ike.v2.exchange.SaInitResponder;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One end of any number of tunnels, as a state machine without input or output of its own: the same calls with the same
 * random bytes lead to the same outputs. Not thread-safe; one thread owns it, and others may call only {@link #precedence},
 * {@link #isPeer} and {@link #halfOpenIkeSas}.
 *
 * <p>After each call of {@link #receive}, {@link #command} or {@link #timeout} the owner polls until null and then asks
 * for the {@link #deadline}. All times are monotonic nanoseconds of any one origin.
 */
public final class IkeEndpoint {
    /** How long {@link Command.Shutdown} waits for peers to answer. */
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(3);

    private final EndpointContext context;
    private final TunnelIndex tunnels = new TunnelIndex();
    private final InitiationWindow window = new InitiationWindow();
    private final HalfOpenTable<IkeSa> halfOpen;
    private final CookieJar cookies;
    private final IkeV1 v1;
    private final StrayAnswers strays = new StrayAnswers();
    private boolean shuttingDown;
    private long shutDownBy = Timers.NEVER;

    public IkeEndpoint(EndpointConfig config, RandomSource random) {
        this(config, random, KeyLog.NONE);
    }

    /** @param keyLog is given every IKE SA's keys */
    public IkeEndpoint(EndpointConfig config, RandomSource random, KeyLog keyLog) {
        this.context = new EndpointContext(config, random, keyLog);
        this.halfOpen = new HalfOpenTable<>(config.halfOpen());
        this.cookies = new CookieJar(config.halfOpen().cookieLifetime(), random);
        this.v1 = new IkeV1(context, new PhaseTwoExchanges(), window);
    }

    /** Takes in a datagram; whatever is wrong with it, this does not throw. */
    public void receive(IkeDatagram datagram, long nowNanos) {
        if (IsakmpHeader.isV1(datagram.message())) {
            v1.receive(datagram, nowNanos);
            settle(nowNanos);
            return;
        }
        switch (IkeMessage.decode(datagram.message())) {
            case UnprotectedError error -> undecodable(error, datagram, nowNanos);
            case DecodeResult.Ok(IkeMessage message) -> receive(message, datagram, nowNanos);
            case DecodeResult.Encrypted(EncryptedMessage message) -> receive(message, datagram, nowNanos);
        }
        settle(nowNanos);
    }

    public void command(Command command, long nowNanos) {
        if (!v1.command(command, nowNanos)) {
            commandV2(command, nowNanos);
        } else if (command instanceof Command.PutTunnel(TunnelConfig config)) {
            removeV2(config.name(), nowNanos);
        }
        settle(nowNanos);
    }

    private void commandV2(Command command, long nowNanos) {
        switch (command) {
            case Command.PutTunnel(TunnelConfig config) -> put(config, nowNanos);
            case Command.RemoveTunnel(String name) ->
                tunnel(command, name).ifPresent(t -> {
                    tunnels.remove(t);
                    t.remove(nowNanos);
                });
            case Command.Initiate(String name, Optional<String> child) ->
                tunnel(command, name).ifPresent(t -> t.initiate(child));
            case Command.Terminate(String name, Optional<String> child) ->
                tunnel(command, name).ifPresent(t -> t.terminate(child, nowNanos));
            case Command.Rekey(String name, Optional<String> child) ->
                tunnel(command, name).filter(t -> !t.rekey(child)).ifPresent(t -> ignored(command, "it is not up"));
            case Command.Reauthenticate(String name) ->
                tunnel(command, name).filter(t -> !t.reauthenticate()).ifPresent(t -> ignored(command, "it is not up"));
            case Command.Acquire acquire ->
                tunnel(command, acquire.tunnel())
                        .ifPresent(
                                t -> t.acquire(new ChildRequest(acquire.child(), acquire.local(), acquire.remote())));
            case Command.Expire expire -> expire(expire, nowNanos);
            case Command.PeerMoved moved -> {
                IkeSa sa = context.saOfChild(moved.spiIn());
                if (sa != null && sa.state().isUsable() && moved.carrier() == Carrier.TCP) {
                    sa.streams().heard(moved.local(), moved.remote(), nowNanos);
                } else if (sa != null && sa.state().isUsable() && sa.path().followsPeer()) {
                    sa.movePeer(moved.remote());
                }
            }
            case Command.StreamLost(UdpAddress local, UdpAddress remote, String why) ->
                context.onStream(PeerPath.of(Carrier.TCP, local, remote))
                        .forEach(sa -> sa.streams().lost(why, nowNanos));
            case Command.LocalAddresses(List<Set<IpAddress>> ofDevices) -> context.localAddresses(ofDevices);
            case Command.LocalPath(IpAddress remote, IpAddress local) -> {
                context.localPath(remote, local);
                localPath(remote, local, nowNanos);
            }
            case Command.UnknownSpi unknown -> unknownSpi(unknown, nowNanos);
            case Command.Shutdown() -> {
                shuttingDown = true;
                shutDownBy = Math.min(shutDownBy, nowNanos + SHUTDOWN_PATIENCE.toNanos());
                tunnels.all().forEach(t -> t.remove(nowNanos));
            }
        }
    }

    /** The tunnel of that name is one of IKEv1 now. */
    private void removeV2(String name, long nowNanos) {
        tunnels.find(name).ifPresent(t -> {
            tunnels.remove(t);
            t.silence();
            t.remove(nowNanos);
        });
    }

    /** Does what is due. To be called at {@link #deadline} or later; harmless earlier. */
    public void timeout(long nowNanos) {
        Timed due = context.deadlines().pollDue(nowNanos);
        while (due != null) {
            due.timeout(nowNanos);
            context.touched(due);
            settle(nowNanos);
            due = context.deadlines().pollDue(nowNanos);
        }
        if (shutDownBy <= nowNanos) {
            shutDownBy = Timers.NEVER;
            context.sas().forEach(sa -> sa.close(CloseCause.of(CloseCause.Kind.DELETED_BY_US), nowNanos));
            v1.closeAll(nowNanos);
            settle(nowNanos);
        }
    }

    /** When {@link #timeout} is due next; {@link Long#MAX_VALUE} for never. */
    public long deadline() {
        return Math.min(context.deadlines().next(), shutDownBy);
    }

    /** The next thing to do, or null if there is none. */
    public @Nullable Output poll() {
        return context.outputs().poll();
    }

    /** Whether {@link Command.Shutdown} was asked for and every SA is gone. */
    public boolean isShutDown() {
        return shuttingDown && v1.isIdle() && context.sas().stream().allMatch(sa -> sa.state() == IkeSaState.CLOSED);
    }

    /** Established IKE SAs, for metrics. */
    public int establishedIkeSas() {
        return (int) context.sas().stream().filter(sa -> sa.state().isUsable()).count() + v1.established();
    }

    /** How a datagram of an IKE message stands to others that wait. Any thread. */
    public Precedence precedence(byte[] array, int offset, int length, UdpAddress remote) {
        if (IsakmpHeader.isV1(array, offset, length)) {
            return v1.precedence(array, offset)
                    .orElse(v1.isPeer(remote.address()) ? Precedence.CONFIGURED_PEER : Precedence.STRANGER);
        }
        long spi = IkeHeader.receiverSpi(array, offset, length);
        if (spi != 0 && context.isKnown(spi)) {
            return Precedence.KNOWN_SA;
        }
        if (spi != 0 && halfOpen.contains(spi)) {
            return Precedence.HALF_OPEN_SA;
        }
        return tunnels.isRemote(remote.address()) ? Precedence.CONFIGURED_PEER : Precedence.STRANGER;
    }

    /** Whether a tunnel names that address as its peer's. Any thread. */
    public boolean isPeer(UdpAddress remote) {
        return tunnels.isRemote(remote.address()) || v1.isPeer(remote.address());
    }

    /** Somebody to look at what has no SA here before {@link #receive} does; belongs to one thread, any one. */
    public Doorkeeper doorkeeper() {
        return new Doorkeeper(tunnels, halfOpen, cookies, v1);
    }

    /** IKE SAs that a peer began and nobody authenticated yet, for metrics. Any thread. */
    public int halfOpenIkeSas() {
        return halfOpen.count() + v1.halfOpen();
    }

    // ---- messages ----

    private void receive(IkeMessage message, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = message.header();
        if (header.is(ExchangeType.IKE_SA_INIT) && !header.response()) {
            initRequest(message, datagram, nowNanos);
            return;
        }
        IkeSa sa = context.sa(header.receiverSpi());
        if (sa != null && CrashToken.proves(sa, message)) {
            lostByPeer(sa, datagram, nowNanos);
        } else if (sa != null) {
            sa.receive(message, datagram, nowNanos);
            if (message.has(NotifyType.INVALID_IKE_SPI)) {
                sa.suspect(nowNanos);
            }
        } else {
            dropped("no IKE SA with that SPI", datagram);
            message.notify(NotifyType.INVALID_SPI)
                    .filter(n -> n.data().length() == Integer.BYTES && mayBother(datagram, nowNanos))
                    .flatMap(n -> saThatSends(n.data().u32(0), datagram))
                    .ifPresent(suspected -> suspected.suspect(nowNanos));
        }
    }

    /** The peer has the token for the SA and yet not the SA (RFC 6290 §4.5). */
    private void lostByPeer(IkeSa sa, IkeDatagram datagram, long nowNanos) {
        String message = datagram.remote() + " restarted and does not know the IKE SA any more";
        sa.close(
                CloseCause.peerDead(new TunnelStatus.Failure(FailureKind.PEER_UNREACHABLE, Optional.empty(), message)),
                nowNanos);
    }

    /** The SA that ESP packets with that SPI belong to, which a peer at that address says it does not know. */
    private Optional<IkeSa> saThatSends(int spiOut, IkeDatagram datagram) {
        return context.sas().stream()
                .filter(sa ->
                        sa.path().remote().address().equals(datagram.remote().address())
                                && sa.children().bySpiOut(spiOut).isPresent())
                .findFirst();
    }

    /**
     * Tells a configured peer that we do not know the SA it sends on, unless we have one with it: then it is only a
     * straggler (RFC 7296 §1.5).
     */
    private void unknownSpi(Command.UnknownSpi unknown, long nowNanos) {
        UdpAddress remote = unknown.remote();
        boolean inTouch = context.sas().stream()
                .anyMatch(sa ->
                        sa.state().isUsable() && sa.path().remote().address().equals(remote.address()));
        boolean known = tunnels.isRemote(remote.address());
        if (known && !inTouch && strays.may(remote.address(), true, nowNanos)) {
            IkeHeader header = IkeHeader.request(context.newIkeSpi(), 0, ExchangeType.INFORMATIONAL, true, 0);
            byte[] message = IkeMessage.of(header, NotifyPayload.of(NotifyType.INVALID_SPI, Bytes.ofInt(unknown.spi())))
                    .encode();
            context.emit(new Output.Transmit(Carrier.UDP, unknown.local(), remote, message));
        }
    }

    private boolean mayBother(IkeDatagram datagram, long nowNanos) {
        IpAddress from = datagram.remote().address();
        return strays.may(from, tunnels.isRemote(from), nowNanos);
    }

    private void receive(EncryptedMessage message, IkeDatagram datagram, long nowNanos) {
        IkeSa sa = context.sa(message.header().receiverSpi());
        if (sa != null) {
            sa.receive(message, datagram, nowNanos);
            return;
        }
        dropped("no IKE SA with that SPI", datagram);
        IkeHeader header = message.header();
        if (!header.response() && mayBother(datagram, nowNanos)) {
            List<Payload> payloads = new ArrayList<>();
            payloads.add(NotifyPayload.of(NotifyType.INVALID_IKE_SPI));
            // Not for an SA that is there, and that somebody asks for by its other SPI.
            if (context.sa(header.initiatorSpi()) == null && context.sa(header.responderSpi()) == null) {
                CrashToken.of(context.config(), header.initiatorSpi(), header.responderSpi())
                        .ifPresent(payloads::add);
            }
            answer(datagram, header, payloads);
        }
    }

    /** Decides in the order of cost: a repetition, a cookie, the limits, and only then the exchange itself. */
    private void initRequest(IkeMessage request, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = request.header();
        if (!header.fromInitiator() || header.responderSpi() != 0 || header.messageId() != 0 || shuttingDown) {
            dropped("not a first request", datagram);
            return;
        }
        Optional<IkeSa> known = halfOpen.find(datagram);
        if (known.isPresent()) {
            known.get().repeatResponse(0, datagram);
            return;
        }
        int expected = tunnels.countAt(datagram.remote().address());
        // A TCP connection proves the return path as a cookie does (RFC 9329 §6.3).
        if (!datagram.isInStream()
                && halfOpen.wantsCookie(datagram.remote(), expected)
                && !returnsCookie(request, datagram, nowNanos)) {
            return;
        }
        if (halfOpen.isFull(datagram.remote(), expected)) {
            dropped("too many half-open IKE SAs", datagram);
            return;
        }
        Candidates candidates =
                tunnels.candidates(datagram.local().address(), datagram.remote().address(), datagram.isInStream());
        SaInitResponder.Answer answer = new SaInitResponder(context, datagram, request, candidates).answer(nowNanos);
        answer.sa().ifPresent(sa -> halfOpen.add(sa, datagram));
        context.emit(Output.Transmit.answer(datagram, answer.response()));
    }

    private boolean returnsCookie(IkeMessage request, IkeDatagram datagram, long nowNanos) {
        Optional<NoncePayload> ni = request.first(NoncePayload.class);
        if (ni.isEmpty()) {
            dropped("no nonce", datagram);
            return false;
        }
        long spi = request.header().initiatorSpi();
        Optional<NotifyPayload> cookie = request.notify(NotifyType.COOKIE);
        if (cookie.isPresent()
                && cookies.isGood(cookie.get().data(), ni.get().data(), datagram.remote(), spi, nowNanos)) {
            return true;
        }
        byte[] fresh = cookies.bake(ni.get().data(), datagram.remote(), spi, nowNanos);
        context.audit(
                AuditEvent.COOKIE_REQUESTED,
                Optional.empty(),
                Map.of("peer", datagram.remote().toString()),
                "asked " + datagram.remote() + " for a cookie: " + halfOpen.count() + " half-open IKE SAs");
        context.emit(Output.Transmit.answer(datagram, SaInitResponder.cookie(request, fresh)));
        return false;
    }

    private void undecodable(UnprotectedError error, IkeDatagram datagram, long nowNanos) {
        dropped(error.reason().name(), datagram);
        if (error.header().isEmpty()) {
            return;
        }
        IkeHeader header = error.header().get();
        IkeSa sa = context.sa(header.receiverSpi());
        if (error.reason() == UnprotectedError.Reason.NOT_PROTECTED && header.response() && sa != null) {
            sa.suspect(nowNanos);
        }
        if (error.answer().isPresent() && !header.response() && mayBother(datagram, nowNanos)) {
            answer(datagram, header, List.of(error.answer().get()));
        }
    }

    private void answer(IkeDatagram datagram, IkeHeader request, List<Payload> payloads) {
        byte[] message = new IkeMessage(request.reply(), payloads).encode();
        context.emit(Output.Transmit.answer(datagram, message));
    }

    private void dropped(String reason, IkeDatagram datagram) {
        context.audit(
                AuditEvent.DATAGRAM_DROPPED,
                Optional.empty(),
                Map.of("reason", reason, "peer", datagram.remote().toString()),
                "dropped a datagram of " + datagram.remote() + ": " + reason);
    }

    // ---- commands ----

    private void put(TunnelConfig config, long nowNanos) {
        Optional<Tunnel> known = tunnels.find(config.name());
        if (known.isEmpty()) {
            Tunnel tunnel = new Tunnel(context, window, config);
            tunnels.add(tunnel);
            tunnel.changed();
        } else if (!known.get().configured().equals(config)) {
            tunnels.remove(known.get());
            known.get().update(config, nowNanos);
            tunnels.add(known.get());
        }
    }

    /**
     * The SAs with that peer go to our new address: they move if both sides can (RFC 4555), or are made anew by whoever
     * began them. Tunnels with a local address of their own stay there.
     */
    private void localPath(IpAddress remote, IpAddress local, long nowNanos) {
        for (IkeSa sa : context.sas()) {
            boolean concerned = sa.state().isUsable()
                    && sa.path().remote().address().equals(remote)
                    && !sa.path().local().address().equals(local)
                    && sa.owner().config().localAddress().isEmpty();
            if (concerned && sa.path().isStream()) {
                sa.streams().localAddress(local, nowNanos);
            } else if (concerned && sa.mobility().agreed()) {
                context.protocol().movedTo(sa, local, nowNanos);
            } else if (concerned && sa.origin().initiator()) {
                sa.owner().reauthenticate(sa, nowNanos);
            }
        }
    }

    private void expire(Command.Expire expire, long nowNanos) {
        IkeSa sa = context.saOfChild(expire.spiIn());
        Optional<ChildSa> child =
                Optional.ofNullable(sa).flatMap(s -> s.children().bySpiIn(expire.spiIn()));
        if (sa == null || child.isEmpty()) {
            ignored(expire, "there is no such SA");
        } else if (expire.hard()) {
            sa.expireChild(child.get(), nowNanos);
        } else {
            sa.rekeyChild(child.get());
        }
    }

    private Optional<Tunnel> tunnel(Command command, String name) {
        Optional<Tunnel> tunnel = tunnels.find(name);
        if (tunnel.isEmpty()) {
            ignored(command, "there is no such tunnel");
        }
        return tunnel;
    }

    private void ignored(Command command, String why) {
        context.audit(AuditEvent.COMMAND_IGNORED, Optional.empty(), Map.of(), "ignored " + command + ": " + why);
    }

    // ---- after each event ----

    /** Lets everything that was touched act, until nothing is left to do, and takes over the deadlines. */
    private void settle(long nowNanos) {
        Timed timed = next();
        while (timed != null) {
            if (timed instanceof IkeSa sa) {
                settle(sa, nowNanos);
            } else {
                timed.settle(nowNanos);
            }
            context.deadlines().update(timed);
            timed = next();
        }
        context.deadlines().update(window);
    }

    private @Nullable Timed next() {
        Timed touched = context.pollTouched();
        return touched != null ? touched : window.poll();
    }

    private void settle(IkeSa sa, long nowNanos) {
        sa.pump(nowNanos);
        if (!sa.state().isConnecting()) {
            window.forget(sa);
        }
        if (!context.isRegistered(sa)) {
            halfOpen.remove(sa);
            return;
        }
        halfOpen.update(sa);
        if (sa.state() != IkeSaState.HALF_OPEN) {
            context.known(sa);
        }
    }
}

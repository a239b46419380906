package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.Retransmission;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.EncryptedMessage;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.OpenResult;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.UnprotectedError;
import dev.culvert.ike.v2.auth.VerifiedPeer;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One IKE SA: its state, its keys, its two message windows and its children. It carries messages and time to the
 * exchanges and knows nothing of what they negotiate.
 *
 * <p>Nothing that comes in without a valid integrity check changes it (RFC 7296 §2.21.4), but for {@link Initiation},
 * which lives before there are keys.
 */
public final class IkeSa implements Timed {
    /** How long a closed SA repeats its last response. */
    private static final Duration LINGER = Duration.ofSeconds(10);
    /** How long a rekeyed SA waits for the peer's Delete. */
    private static final Duration ABANDONED = Duration.ofSeconds(30);
    /** At most one liveness check in this time because of what an unauthenticated message says. */
    private static final Duration SUSPICION_INTERVAL = Duration.ofSeconds(10);
    /** Transmissions without an answer after which the status says so. */
    private static final int TRANSMISSIONS_UNTIL_TROUBLE = 3;

    private final SaContext context;
    private final boolean initiator;
    private final long localSpi;
    private final long createdAt;
    private final Timers<SaTimer> timers = new Timers<>(SaTimer.class);
    private final RequestWindow requests = new RequestWindow();
    private final ResponseWindow responses = new ResponseWindow();
    private final Deque<Exchange> queue = new ArrayDeque<>();
    private final Children children;
    private long remoteSpi;
    private long establishedAt = Timers.NEVER;
    private @Nullable Origin origin;
    private PeerPath path;
    private IkeSaState state;
    private @Nullable SaOwner owner;
    private @Nullable Initiation initiation;
    private @Nullable HalfOpen halfOpen;
    private @Nullable SaKeys keys;
    private @Nullable Exchange active;
    private @Nullable IkeSa predecessor;
    private int badMessages;
    private long suspicionsFrom = Long.MIN_VALUE;
    private Optional<CloseCause> deletion = Optional.empty();

    private IkeSa(
            SaContext context,
            boolean initiator,
            long localSpi,
            long remoteSpi,
            PeerPath path,
            IkeSaState state,
            long nowNanos) {
        this.context = context;
        this.initiator = initiator;
        this.localSpi = localSpi;
        this.remoteSpi = remoteSpi;
        this.path = path;
        this.state = state;
        this.createdAt = nowNanos;
        this.children = new Children(this, context);
    }

    /** Begins an IKE SA with IKE_SA_INIT. */
    public static IkeSa initiate(
            SaContext context, SaOwner owner, PeerPath path, Initiation initiation, long nowNanos) {
        IkeSa sa = new IkeSa(context, true, context.newIkeSpi(), 0, path, IkeSaState.INITIATING, nowNanos);
        sa.owner = owner;
        sa.initiation = initiation;
        context.register(sa);
        initiation.start(sa, nowNanos);
        return sa;
    }

    /**
     * Answers IKE_SA_INIT.
     *
     * @param localSpi from {@link SaContext#newIkeSpi}, as in the response
     */
    public static IkeSa respond(
            SaContext context,
            long localSpi,
            long remoteSpi,
            PeerPath path,
            HalfOpen halfOpen,
            byte[] initResponse,
            long nowNanos) {
        IkeSa sa = new IkeSa(context, false, localSpi, remoteSpi, path, IkeSaState.HALF_OPEN, nowNanos);
        sa.halfOpen = halfOpen;
        sa.responses.answered(initResponse);
        sa.timers.set(
                SaTimer.HALF_OPEN,
                nowNanos + context.config().halfOpen().timeout().toNanos());
        context.register(sa);
        return sa;
    }

    /** The heir of an authenticated IKE SA, established from the start (RFC 7296 §2.18). */
    public static IkeSa heirOf(
            IkeSa old, boolean initiator, long localSpi, long remoteSpi, SaKeys keys, long nowNanos) {
        IkeSa sa = new IkeSa(old.context, initiator, localSpi, remoteSpi, old.path, IkeSaState.ESTABLISHED, nowNanos);
        sa.owner = old.owner();
        sa.keys = keys;
        sa.origin = old.origin;
        sa.context.register(sa);
        sa.startTimers(nowNanos);
        return sa;
    }

    // ---- what it is ----

    public SaContext context() {
        return context;
    }

    /** Whether we are the original initiator: the side whose I flag is set. */
    public boolean initiator() {
        return initiator;
    }

    public long localSpi() {
        return localSpi;
    }

    /** 0 until the responder chose one. */
    public long remoteSpi() {
        return remoteSpi;
    }

    public long initiatorSpi() {
        return initiator ? localSpi : remoteSpi;
    }

    public long responderSpi() {
        return initiator ? remoteSpi : localSpi;
    }

    public IkeSaState state() {
        return state;
    }

    /** When its first message was sent or received. */
    public long createdAt() {
        return createdAt;
    }

    /** When it was established; {@link Timers#NEVER} while it is not. */
    public long establishedAt() {
        return establishedAt;
    }

    /**
     * What it descends from.
     *
     * @throws IllegalStateException before it is established
     */
    public Origin origin() {
        if (origin == null) {
            throw new IllegalStateException("not established");
        }
        return origin;
    }

    public PeerPath path() {
        return path;
    }

    public Children children() {
        return children;
    }

    /** Whether it belongs to a tunnel: from the start as initiator, from authentication on as responder. */
    public boolean hasOwner() {
        return owner != null;
    }

    /** @throws IllegalStateException if nobody authenticated yet */
    public SaOwner owner() {
        if (owner == null) {
            throw new IllegalStateException("a half-open IKE SA has no owner");
        }
        return owner;
    }

    public boolean hasKeys() {
        return keys != null;
    }

    /** @throws IllegalStateException before the key exchange */
    public SaKeys keys() {
        if (keys == null) {
            throw new IllegalStateException("no keys yet");
        }
        return keys;
    }

    /** The exchange whose response we wait for. */
    public Optional<Exchange> active() {
        return Optional.ofNullable(active);
    }

    public List<Exchange> queued() {
        return List.copyOf(queue);
    }

    /** For logs: {@code 00c0ffee_i 00beef00_r}. */
    public String spis() {
        return String.format("%016x_i %016x_r", initiatorSpi(), responderSpi());
    }

    // ---- transitions, called by exchanges ----

    public void path(PeerPath newPath) {
        path = newPath;
    }

    /** The responder's SPI and keys are known: IKE_AUTH follows. */
    public void keysAgreed(long newRemoteSpi, SaKeys newKeys, Exchange authentication) {
        remoteSpi = newRemoteSpi;
        keys = newKeys;
        initiation = null;
        state = IkeSaState.AUTHENTICATING;
        requests.complete();
        timers.cancel(SaTimer.RETRANSMIT);
        queue.addFirst(authentication);
        context.touched(this);
    }

    /** The peer is who it should be: only somebody who verified that has the proof. */
    public void established(VerifiedPeer proof, SaOwner newOwner, long nowNanos) {
        owner = newOwner;
        halfOpen = null;
        state = IkeSaState.ESTABLISHED;
        timers.cancel(SaTimer.HALF_OPEN);
        startTimers(nowNanos);
        audit(
                AuditEvent.IKE_SA_ESTABLISHED,
                Map.of(
                        "proposal",
                        keys().suite().keywords(),
                        "identity",
                        proof.identity().toString()),
                "IKE SA established with " + proof.identity() + " at " + path.remote());
        newOwner.established(this, nowNanos);
    }

    /** Sets lifetimes and liveness checks as the configuration has them now. */
    public void reschedule(long nowNanos) {
        TunnelConfig config = owner().config();
        if (state == IkeSaState.ESTABLISHED) {
            timers.set(SaTimer.REKEY, Jitter.soft(establishedAt, config.rekeyTime(), context.random()));
            timers.set(SaTimer.LIVENESS, after(config.dpd().delay(), nowNanos));
        }
        context.touched(this);
    }

    /** Children and queued exchanges go to the heir; this SA waits for its Delete. */
    public void replacedBy(IkeSa heir) {
        children.moveTo(heir.children);
        queue.stream().filter(Exchange::concernsChildren).forEach(heir.queue::add);
        queue.clear();
        state = IkeSaState.REKEYED;
        timers.cancel(SaTimer.REKEY);
        timers.cancel(SaTimer.LIVENESS);
        timers.cancel(SaTimer.KEEPALIVE);
        context.touched(heir);
    }

    /**
     * The peer made this SA as the heir of {@code old} while we were making another: which of them it is to be is open.
     */
    public void undecidedHeirOf(IkeSa old) {
        predecessor = old;
    }

    /** The SA whose heir this one may be, while that is open. */
    public Optional<IkeSa> predecessor() {
        return Optional.ofNullable(predecessor);
    }

    /** It is decided whether this SA is an heir. */
    public void decided() {
        predecessor = null;
    }

    /** The peer, who made our heir, is to delete this SA; we do if it does not. */
    public void awaitDelete(long nowNanos) {
        timers.set(SaTimer.ABANDONED, nowNanos + ABANDONED.toNanos());
        context.touched(this);
    }

    public void enqueue(Exchange exchange) {
        queue.add(exchange);
        context.touched(this);
    }

    /** Puts an exchange before all that wait: it goes on with one that just ended. */
    public void enqueueFirst(Exchange exchange) {
        queue.addFirst(exchange);
        context.touched(this);
    }

    /** Tries again to rekey this SA. */
    public void rekeyLater(Duration delay, long nowNanos) {
        timers.set(SaTimer.REKEY, nowNanos + Jitter.around(delay.toNanos(), 0.3, context.random()));
        context.touched(this);
    }

    /** Rekeys a child unless that is under way. */
    public void rekeyChild(ChildSa child) {
        if (children.contains(child) && child.state() == ChildSa.State.INSTALLED) {
            enqueue(context.protocol().rekeyChild(child));
        }
    }

    /** Deletes a child with the peer's knowledge. */
    public void deleteChild(ChildSa child) {
        if (children.contains(child) && child.state() != ChildSa.State.DELETING) {
            child.state(ChildSa.State.DELETING);
            enqueue(context.protocol().deleteChild(child));
            owner().changed();
        }
    }

    /**
     * Deletes this SA with the peer's knowledge; its children end at once.
     *
     * @param cause what the owner hears in the end
     */
    public void delete(CloseCause cause, long nowNanos) {
        delete(cause, context.protocol().deleteIkeSa(), nowNanos);
    }

    /** As {@link #delete(CloseCause, long)}, with another exchange for the goodbye. */
    public void delete(CloseCause cause, Exchange goodbye, long nowNanos) {
        if (state == IkeSaState.CLOSED || state == IkeSaState.DELETING) {
            return;
        }
        if (state == IkeSaState.INITIATING || state == IkeSaState.HALF_OPEN) {
            close(cause, nowNanos);
            return;
        }
        state = IkeSaState.DELETING;
        deletion = Optional.of(cause);
        List<Exchange> unsent = List.copyOf(queue);
        queue.clear();
        long retransmit = timers.deadline(SaTimer.RETRANSMIT);
        timers.clear();
        timers.set(SaTimer.RETRANSMIT, retransmit);
        unsent.forEach(exchange -> exchange.aborted(this, nowNanos));
        children.removeAll(cause.removalReason(), nowNanos);
        queue.add(goodbye);
        owner().changed();
        context.touched(this);
    }

    /** Ends this SA here, without a message. The owner hears the cause of an earlier {@link #delete}, if there was one. */
    public void close(CloseCause cause, long nowNanos) {
        if (state == IkeSaState.CLOSED) {
            return;
        }
        CloseCause told = deletion.orElse(cause);
        boolean authenticated = owner != null;
        state = IkeSaState.CLOSED;
        Deque<Exchange> unanswered = new ArrayDeque<>(queue);
        if (active != null) {
            unanswered.addFirst(active);
        }
        active = null;
        queue.clear();
        requests.abandon();
        initiation = null;
        halfOpen = null;
        timers.clear();
        timers.set(SaTimer.LINGER, keys == null ? nowNanos : nowNanos + LINGER.toNanos());
        unanswered.forEach(exchange -> exchange.aborted(this, nowNanos));
        if (authenticated) {
            children.removeAll(told.removalReason(), nowNanos);
            if (establishedAt != Timers.NEVER) {
                audit(
                        AuditEvent.IKE_SA_CLOSED,
                        Map.of("reason", told.kind().name()),
                        "IKE SA closed: "
                                + told.failure()
                                        .map(Failure::message)
                                        .orElse(told.kind().name()));
            }
            owner().closed(this, told, nowNanos);
        }
        context.touched(this);
    }

    // ---- sending ----

    /** Sends an unprotected request, in place of an outstanding one. */
    public void sendInitial(byte[] request, long nowNanos) {
        send(request, context.config().initial(), Timers.NEVER, nowNanos);
    }

    /** Sends the next queued request if none is outstanding. The endpoint calls this after each event. */
    public void pump(long nowNanos) {
        while (keys != null && !requests.isOutstanding() && !queue.isEmpty() && state != IkeSaState.CLOSED) {
            Exchange next = queue.remove();
            Optional<List<Payload>> payloads = next.request(this, nowNanos);
            if (payloads.isEmpty()) {
                continue;
            }
            active = next;
            IkeHeader header =
                    IkeHeader.request(initiatorSpi(), responderSpi(), next.type(), initiator, requests.messageId());
            send(
                    new IkeMessage(header, payloads.get()).encode(keys.outbound()),
                    next.schedule(context.config()),
                    after(next.patience(this), nowNanos),
                    nowNanos);
        }
    }

    private void send(byte[] request, Retransmission schedule, long giveUpAt, long nowNanos) {
        timers.set(SaTimer.RETRANSMIT, requests.start(request, schedule, giveUpAt, nowNanos));
        transmit(request, nowNanos);
    }

    private void transmit(byte[] message, long nowNanos) {
        context.emit(new Output.Transmit(path.local(), path.remote(), message));
        startKeepAlive(nowNanos);
        context.touched(this);
    }

    /** Repeats the last response, if it was to this message ID: identical octets (RFC 7296 §2.1). */
    public void repeatResponse(int messageId, IkeDatagram datagram) {
        byte[] response = responses.repeated(messageId);
        if (response != null) {
            context.emit(new Output.Transmit(datagram.local(), datagram.remote(), response));
        }
    }

    // ---- receiving ----

    /** Takes in a message in the clear: only responses to IKE_SA_INIT mean anything here (RFC 7296 §2.21.4). */
    public void receive(IkeMessage message, IkeDatagram datagram, long nowNanos) {
        if (initiation == null
                || !message.header().response()
                || !message.header().is(ExchangeType.IKE_SA_INIT)
                || message.header().messageId() != 0) {
            dropped("unprotected message", datagram);
            return;
        }
        initiation.received(this, message, datagram, nowNanos);
    }

    /**
     * Somebody without our keys says that the peer does not know this SA (RFC 7296 §1.5, §2.21.4). That may be a lie, so
     * all it leads to is a liveness check now and then.
     */
    public void suspect(long nowNanos) {
        if (state == IkeSaState.ESTABLISHED && suspicionsFrom <= nowNanos) {
            suspicionsFrom = nowNanos + SUSPICION_INTERVAL.toNanos();
            timers.set(SaTimer.LIVENESS, nowNanos);
            context.touched(this);
        }
    }

    /** Takes in a protected message. */
    public void receive(EncryptedMessage message, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = message.header();
        long sender = header.fromInitiator() ? header.initiatorSpi() : header.responderSpi();
        if (header.fromInitiator() == initiator || sender != remoteSpi) {
            dropped("SPI of another sender", datagram);
            return;
        }
        if (keys == null && !deriveKeys(datagram, nowNanos)) {
            return;
        }
        switch (message.open(keys().inbound())) {
            case UnprotectedError error -> bad(error, datagram, nowNanos);
            case OpenResult.Fragment fragment -> dropped("fragment, not negotiated", datagram);
            case OpenResult.ProtectedError error -> malformed(error, datagram, nowNanos);
            case OpenResult.Ok(IkeMessage opened) -> {
                if (header.response()) {
                    response(opened, datagram, nowNanos);
                } else {
                    request(opened, datagram, nowNanos);
                }
            }
        }
    }

    private boolean deriveKeys(IkeDatagram datagram, long nowNanos) {
        if (halfOpen == null) {
            dropped("no keys yet", datagram);
            return false;
        }
        Optional<SaKeys> derived = halfOpen.deriveKeys(this);
        if (derived.isEmpty()) {
            dropped("public value that must not be used", datagram);
            close(CloseCause.of(CloseCause.Kind.FAILED), nowNanos);
            return false;
        }
        keys = derived.get();
        return true;
    }

    private void bad(UnprotectedError error, IkeDatagram datagram, long nowNanos) {
        dropped(error.reason().name(), datagram);
        badMessages++;
        if (state == IkeSaState.HALF_OPEN
                && badMessages >= context.config().halfOpen().authenticationTries()) {
            close(CloseCause.of(CloseCause.Kind.FAILED), nowNanos);
        }
    }

    private void malformed(OpenResult.ProtectedError error, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = error.header();
        boolean fatal = error.answer().is(NotifyType.INVALID_SYNTAX);
        if (header.response()) {
            if (active != null && header.messageId() == requests.messageId()) {
                closeOnError("the peer's response is malformed: " + error.detail(), nowNanos);
            }
        } else if (responses.isNext(header.messageId()) && state != IkeSaState.CLOSED) {
            respond(header, List.of(error.answer()), datagram);
            if (fatal) {
                closeOnError("the peer's request is malformed: " + error.detail(), nowNanos);
            }
        } else {
            repeatResponse(header.messageId(), datagram);
        }
    }

    private void closeOnError(String message, long nowNanos) {
        close(CloseCause.failed(new Failure(FailureKind.PROTOCOL_ERROR, Optional.empty(), message)), nowNanos);
    }

    private void request(IkeMessage request, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = request.header();
        if (!responses.isNext(header.messageId())) {
            repeatResponse(header.messageId(), datagram);
            return;
        }
        if (state == IkeSaState.HALF_OPEN && halfOpen != null) {
            if (!header.is(ExchangeType.IKE_AUTH)) {
                dropped(header + " before authentication", datagram);
                return;
            }
            path = path.between(datagram.local(), datagram.remote());
            respond(header, halfOpen.authenticate(this, request, nowNanos), datagram);
        } else if (state == IkeSaState.ESTABLISHED || state == IkeSaState.REKEYED || state == IkeSaState.DELETING) {
            heard(datagram, nowNanos);
            children.activateAll();
            List<Payload> answer = context.protocol().answer(this, request, nowNanos);
            respond(header, answer, datagram);
            if (isInvalidSyntax(answer)) {
                closeOnError("the peer's " + header + " makes no sense", nowNanos);
            }
        } else {
            dropped(header + " in state " + state, datagram);
        }
    }

    private void respond(IkeHeader request, List<Payload> payloads, IkeDatagram datagram) {
        byte[] response = new IkeMessage(request.reply(), payloads).encode(keys().outbound());
        responses.answered(response);
        context.emit(new Output.Transmit(datagram.local(), datagram.remote(), response));
        context.touched(this);
    }

    private void response(IkeMessage response, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = response.header();
        Exchange answered = active;
        if (answered == null || header.messageId() != requests.messageId() || !header.is(answered.type())) {
            dropped("response to nothing", datagram);
            return;
        }
        active = null;
        requests.complete();
        timers.cancel(SaTimer.RETRANSMIT);
        heard(datagram, nowNanos);
        if (isInvalidSyntax(response.payloads()) && state != IkeSaState.AUTHENTICATING) {
            answered.aborted(this, nowNanos);
            closeOnError("the peer answered " + header + " with INVALID_SYNTAX", nowNanos);
            return;
        }
        answered.response(this, response, nowNanos);
        context.touched(this);
    }

    /** After authentication it ends the SA on both sides, without a Delete (RFC 7296 §2.21.3). */
    private static boolean isInvalidSyntax(List<Payload> payloads) {
        return payloads.stream()
                .anyMatch(p -> p instanceof NotifyPayload notify && notify.is(NotifyType.INVALID_SYNTAX));
    }

    /** A fresh authentic message came: the peer lives, and this is where. */
    private void heard(IkeDatagram datagram, long nowNanos) {
        if (state == IkeSaState.ESTABLISHED) {
            timers.set(SaTimer.LIVENESS, after(owner().config().dpd().delay(), nowNanos));
            if (path.followsPeer()) {
                movePeer(datagram.remote());
            }
        }
        context.touched(this);
    }

    /** The peer's address changed, as an authentic packet proves. */
    public void movePeer(UdpAddress remote) {
        if (path.remote().equals(remote)) {
            return;
        }
        audit(
                AuditEvent.PEER_MOVED,
                Map.of("from", path.remote().toString(), "to", remote.toString()),
                "the peer moved from " + path.remote() + " to " + remote);
        path = path.between(path.local(), remote);
        children.updateAddresses();
        owner().changed();
    }

    // ---- time ----

    @Override
    public long deadline() {
        return Math.min(timers.next(), children.deadline());
    }

    @Override
    public void timeout(long nowNanos) {
        children.timeout(nowNanos);
        for (SaTimer timer : timers.expire(nowNanos)) {
            switch (timer) {
                case RETRANSMIT -> retransmit(nowNanos);
                case HALF_OPEN -> close(CloseCause.of(CloseCause.Kind.FAILED), nowNanos);
                case LIVENESS -> checkLiveness(nowNanos);
                case KEEPALIVE -> keepAlive(nowNanos);
                case REKEY -> enqueue(context.protocol().rekeyIkeSa());
                case ABANDONED -> delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
                case LINGER -> forget();
            }
        }
        context.touched(this);
    }

    private void retransmit(long nowNanos) {
        if (!requests.isOutstanding()) {
            return;
        }
        byte[] request = requests.repeat(nowNanos);
        if (request == null) {
            giveUp(nowNanos);
            return;
        }
        timers.set(SaTimer.RETRANSMIT, requests.due(nowNanos));
        transmit(request, nowNanos);
        if (state.isConnecting() && requests.timesSent() >= TRANSMISSIONS_UNTIL_TROUBLE) {
            owner().troubled(this, unanswered(), nowNanos);
        }
    }

    private void giveUp(long nowNanos) {
        Failure failure = unanswered();
        close(state.isConnecting() ? CloseCause.failed(failure) : CloseCause.peerDead(failure), nowNanos);
    }

    private Failure unanswered() {
        if (initiation != null) {
            return initiation.problem(this);
        }
        String exchange = active == null ? "request" : active.type().name();
        return new Failure(
                FailureKind.PEER_UNREACHABLE,
                Optional.empty(),
                path.remote() + " did not answer " + exchange + ", sent " + requests.timesSent() + " times");
    }

    private void checkLiveness(long nowNanos) {
        if (state != IkeSaState.ESTABLISHED) {
            return;
        }
        timers.set(SaTimer.LIVENESS, after(owner().config().dpd().delay(), nowNanos));
        if (active == null && queue.isEmpty()) {
            queue.add(context.protocol().livenessCheck());
        }
    }

    private void keepAlive(long nowNanos) {
        context.emit(new Output.KeepAlive(path.local(), path.remote()));
        startKeepAlive(nowNanos);
    }

    private void startKeepAlive(long nowNanos) {
        if (state == IkeSaState.ESTABLISHED && path.localBehindNat()) {
            timers.set(SaTimer.KEEPALIVE, after(context.config().keepAlive(), nowNanos));
        }
    }

    private void startTimers(long nowNanos) {
        establishedAt = nowNanos;
        if (origin == null) {
            origin = new Origin(initiator, initiatorSpi(), responderSpi(), createdAt, nowNanos);
        }
        startKeepAlive(nowNanos);
        reschedule(nowNanos);
    }

    private void forget() {
        if (keys != null) {
            keys.close();
            keys = null;
        }
        context.unregister(this);
    }

    private static long after(Duration delay, long nowNanos) {
        return delay.isZero() ? Timers.NEVER : nowNanos + delay.toNanos();
    }

    // ---- telling ----

    public void audit(AuditEvent event, Map<String, String> fields, String message) {
        context.audit(event, tunnel(), fields, message);
    }

    private void dropped(String reason, IkeDatagram datagram) {
        context.audit(
                AuditEvent.DATAGRAM_DROPPED,
                tunnel(),
                Map.of("reason", reason, "peer", datagram.remote().toString(), "spis", spis()),
                "dropped a datagram of " + datagram.remote() + ": " + reason);
    }

    private Optional<String> tunnel() {
        return Optional.ofNullable(owner).map(o -> o.config().name());
    }
}

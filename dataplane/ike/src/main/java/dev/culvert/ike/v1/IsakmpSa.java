package dev.culvert.ike.v1;

import dev.culvert.crypto.Hash;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.BegunSa;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Jitter;
import dev.culvert.ike.sa.Origin;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaHost;
import dev.culvert.ike.sa.Timed;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.auth.VerifiedPeer;
import dev.culvert.ike.v1.keymat.CipherChain;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.message.DeletePayload;
import dev.culvert.ike.v1.message.EncryptedV1Message;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.FragmentPayload;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.message.V1Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One ISAKMP SA, from its first message on (RFC 2408, RFC 2409): main mode or aggressive mode, and then the exchanges under
 * it, each by its message ID. It decrypts and encrypts, repeats what has to be repeated, and looks after its own life:
 * liveness, keepalives, lifetime.
 */
public final class IsakmpSa implements BegunSa, Timed {
    /** How long a deleted SA still understands the peer: Deletes of pairs may be behind that of the SA. */
    private static final Duration LINGERING = Duration.ofSeconds(10);

    private enum State {
        PHASE_ONE,
        ESTABLISHED,
        /** Not used any more; what the peer sent before it knew is understood. */
        DELETED,
        CLOSED
    }

    private final SaHost host;
    private final IkeV1 world;
    private final boolean initiator;
    private final long initiatorCookie;
    private long responderCookie;
    private final long createdAt;
    private long establishedAt;
    private Duration agreedLife = Duration.ZERO;
    private PeerPath path;
    private State state = State.PHASE_ONE;
    private @Nullable V1Tunnel tunnel;
    private @Nullable PhaseOne phaseOne;
    private final Dialogue first;
    private @Nullable IsakmpKeys keys;
    private @Nullable CipherChain phaseOneChain;
    private PeerFeatures features = PeerFeatures.NONE;
    private final Exchanges exchanges;
    private final Timers<SaTimer> timers = new Timers<>(SaTimer.class);
    private final Liveness liveness;
    private final Pieces pieces = new Pieces(this);
    private long heardAt;

    private IsakmpSa(
            SaHost host,
            IkeV1 world,
            boolean initiator,
            long initiatorCookie,
            long responderCookie,
            PeerPath path,
            long nowNanos) {
        this.host = host;
        this.world = world;
        this.initiator = initiator;
        this.initiatorCookie = initiatorCookie;
        this.responderCookie = responderCookie;
        this.path = path;
        this.createdAt = nowNanos;
        this.first = new Dialogue(host.config().initial());
        this.liveness = new Liveness(this, timers);
        this.exchanges = new Exchanges(this, world.phaseTwo(), pieces);
    }

    /** One that we begin: {@link #begin} sends the first message. */
    static IsakmpSa initiator(SaHost host, IkeV1 world, V1Tunnel tunnel, PeerPath path, long nowNanos) {
        IsakmpSa sa = new IsakmpSa(host, world, true, world.newCookie(), 0, path, nowNanos);
        sa.tunnel = tunnel;
        return sa;
    }

    /** One that the peer begins: its first message goes to {@link #begin}'s exchange. */
    static IsakmpSa responder(SaHost host, IkeV1 world, long initiatorCookie, PeerPath path, long nowNanos) {
        IsakmpSa sa = new IsakmpSa(host, world, false, initiatorCookie, world.newCookie(), path, nowNanos);
        sa.timers.set(
                SaTimer.HALF_OPEN, nowNanos + host.config().halfOpen().timeout().toNanos());
        return sa;
    }

    /** Takes messages from now on; the initiator sends its first one. */
    public void begin(PhaseOne exchange, long nowNanos) {
        phaseOne = exchange;
        world.register(this);
        if (initiator) {
            exchange.start(nowNanos);
        }
    }

    // ---- looking ----

    public SaHost host() {
        return host;
    }

    public boolean initiator() {
        return initiator;
    }

    public long initiatorCookie() {
        return initiatorCookie;
    }

    /** 0 until the responder's first message. */
    public long responderCookie() {
        return responderCookie;
    }

    @Override
    public long localSpi() {
        return initiator ? initiatorCookie : responderCookie;
    }

    /** CKY-I | CKY-R: the SPI of an ISAKMP SA in payloads (RFC 2408 §3.14). */
    public Bytes cookies() {
        return IsakmpHeader.of(initiatorCookie, responderCookie, ExchangeType.INFORMATIONAL, 0)
                .cookies();
    }

    @Override
    public boolean isHalfOpen() {
        return !initiator && state == State.PHASE_ONE;
    }

    boolean isConnecting() {
        return state == State.PHASE_ONE;
    }

    /** Whether exchanges of phase 2 may be begun under it. */
    public boolean isUsable() {
        return state == State.ESTABLISHED;
    }

    /** Whether an exchange of phase 2 is not through, whose pair would be lost with the SA. */
    boolean isBusy() {
        return exchanges.isUnderWay();
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    public PeerPath path() {
        return path;
    }

    /** What the peer can. */
    public PeerFeatures features() {
        return features;
    }

    /**
     * The tunnel.
     *
     * @throws IllegalStateException in the responder's phase 1, as long as it is not known
     */
    public V1Tunnel tunnel() {
        if (tunnel == null) {
            throw new IllegalStateException("nobody knows yet which tunnel " + this + " is for");
        }
        return tunnel;
    }

    Optional<V1Tunnel> tunnelIfKnown() {
        return Optional.ofNullable(tunnel);
    }

    /**
     * The keys.
     *
     * @throws IllegalStateException before the end of phase 1
     */
    public IsakmpKeys keys() {
        if (keys == null) {
            throw new IllegalStateException("no keys yet");
        }
        return keys;
    }

    /** The suite in keywords; empty before the end of phase 1. */
    String keywords() {
        return keys == null ? "" : keys.suite().keywords();
    }

    public Liveness liveness() {
        return liveness;
    }

    long createdAt() {
        return createdAt;
    }

    long establishedAt() {
        return establishedAt;
    }

    Origin origin() {
        return new Origin(initiator, initiatorCookie, responderCookie, createdAt, establishedAt);
    }

    /** Why it has not come up so far. */
    Optional<Failure> problem() {
        return Optional.ofNullable(phaseOne).flatMap(PhaseOne::problem);
    }

    // ---- phase 1 ----

    /** It is known now which tunnel the peer asks for. */
    public void tunnel(V1Tunnel known) {
        tunnel = known;
    }

    /** The responder's cookie, out of its first message. */
    public void responderCookie(long cookie) {
        responderCookie = cookie;
    }

    public void features(PeerFeatures newFeatures) {
        features = newFeatures;
    }

    /** The way to the peer, from the next message on. */
    public void path(PeerPath newPath) {
        path = newPath;
    }

    /**
     * Sends a message of phase 1 in the clear.
     *
     * @param awaitsAnswer whether it is repeated until the peer's next one
     * @return as it was sent
     */
    public V1Message sendFirst(
            ExchangeType type, List<? extends V1Payload> payloads, boolean awaitsAnswer, long nowNanos) {
        V1Message message = V1Message.of(IsakmpHeader.of(initiatorCookie, responderCookie, type, 0), payloads);
        transmitFirst(pieces.cut(message.encode(), type), awaitsAnswer, nowNanos);
        return message;
    }

    /** Sends a message of phase 1 encrypted. */
    public void sendFirst(
            ExchangeType type,
            List<? extends V1Payload> payloads,
            CipherChain chain,
            boolean awaitsAnswer,
            long nowNanos) {
        V1Message message = V1Message.of(IsakmpHeader.of(initiatorCookie, responderCookie, type, 0), payloads);
        byte[] sealed = message.encode(Bytes.of(chain.seal(message.octets().toArray())));
        transmitFirst(pieces.cut(sealed, type), awaitsAnswer, nowNanos);
    }

    private void transmitFirst(List<byte[]> datagrams, boolean awaitsAnswer, long nowNanos) {
        first.sent(datagrams, awaitsAnswer, nowNanos);
        transmit(datagrams, nowNanos);
        host.touched(this);
    }

    /** Tells the peer something in the clear; nothing is awaited. */
    public void sendClear(NotifyPayload notify, long nowNanos) {
        IsakmpHeader header =
                IsakmpHeader.of(initiatorCookie, responderCookie, ExchangeType.INFORMATIONAL, exchanges.newMessageId());
        transmit(List.of(V1Message.of(header, List.of(notify)).encode()), nowNanos);
    }

    /** Something speaks against its coming up, but nothing is lost yet. */
    public void troubled(Failure hint, long nowNanos) {
        tunnelIfKnown().ifPresent(t -> t.troubled(hint, nowNanos));
    }

    /** Tells the peer, protected, that it is refused, and that the SA that it may have is none (RFC 2408 §5). */
    public void refuse(NotifyType why, PhaseOne.Protection protection, long nowNanos) {
        transmit(
                exchanges.informational(
                        List.of(NotifyPayload.ofIsakmp(why, cookies(), Bytes.EMPTY), DeletePayload.ofIsakmp(cookies())),
                        protection),
                nowNanos);
    }

    /** Phase 1 is refused: by us, or by the peer in an authentic message. */
    public void failed(Failure failure, long nowNanos) {
        close(CloseCause.failed(failure), nowNanos);
    }

    /**
     * Phase 1 is over.
     *
     * @param peer the proof of that
     * @param by keys, and the chain of phase 1 behind its last message
     * @param lifetime what both agreed on, zero for none
     */
    public void established(
            V1Tunnel ofTunnel, VerifiedPeer peer, PhaseOne.Protection by, Duration lifetime, long nowNanos) {
        tunnel = ofTunnel;
        keys = by.keys();
        phaseOneChain = by.chain();
        state = State.ESTABLISHED;
        establishedAt = nowNanos;
        timers.cancel(SaTimer.HALF_OPEN);
        first.rest();
        agreedLife = lifetime;
        schedule(nowNanos);
        endPhaseOne();
        audit(
                AuditEvent.IKE_SA_ESTABLISHED,
                "ISAKMP SA " + this + " with " + peer.identity() + " at " + path.remote() + " established");
        sent(nowNanos);
        ofTunnel.established(this, nowNanos);
        heard(nowNanos);
        host.touched(this);
    }

    /** The keys of this SA go to whoever reads captured messages. */
    public void logKeys(IsakmpKeys agreed) {
        host.keyLog().isakmpSa(initiatorCookie, agreed.cipherKey());
    }

    private void endPhaseOne() {
        if (phaseOne != null) {
            phaseOne.close();
            phaseOne = null;
        }
    }

    /** Sets the timers for its end, and for its being made anew before that. */
    private void schedule(long nowNanos) {
        Duration lifetime = agreedLife;
        Duration renewal = V1Tunnel.lifetime(tunnel().config());
        if (!lifetime.isZero()) {
            timers.set(SaTimer.LIFE, establishedAt + lifetime.toNanos());
            // Before the peer's lifetime is over, which may be the shorter one.
            Duration before = lifetime.multipliedBy(9).dividedBy(10);
            renewal = renewal.isZero() || before.compareTo(renewal) < 0 ? before : renewal;
        }
        if (!renewal.isZero()) {
            // The responder makes a new one if the initiator did not.
            long due = initiator
                    ? Jitter.soft(establishedAt, renewal, host.random())
                    : establishedAt + Math.max(renewal.toNanos(), lifetime.toNanos() / 20 * 19);
            timers.set(SaTimer.RENEW, Math.max(due, nowNanos));
        }
    }

    /** The tunnel has another configuration now. */
    void reschedule(long nowNanos) {
        schedule(nowNanos);
        liveness.heard(nowNanos);
        host.touched(this);
    }

    /** It is the one in use after all. */
    void inUse(long nowNanos) {
        schedule(nowNanos);
        host.touched(this);
    }

    /** Another SA took its place. */
    void replaced() {
        timers.cancel(SaTimer.RENEW);
    }

    // ---- receiving ----

    /** Takes in a datagram with its cookies. */
    public void receive(V1Decoded message, IkeDatagram datagram, long nowNanos) {
        host.touched(this);
        Bytes digest = Bytes.of(Hash.SHA2_256.digest(datagram.message()));
        if (first.isRepetition(digest)) {
            transmit(first.answer(), nowNanos);
            return;
        }
        switch (message) {
            case V1Decoded.Encrypted(EncryptedV1Message sealed)
            when sealed.header().messageId() != 0 -> inPhaseTwo(sealed, datagram, digest, nowNanos);
            case V1Decoded.Ok(V1Message clear)
            when clear.header().is(ExchangeType.INFORMATIONAL) -> inTheClear(clear, datagram, nowNanos);
            case V1Decoded.Ok ok -> inPhaseOne(ok, datagram, digest, nowNanos);
            case V1Decoded.Encrypted sealed -> inPhaseOne(sealed, datagram, digest, nowNanos);
            case V1Decoded.Fragment(IsakmpHeader header, FragmentPayload piece) ->
                pieces.put(piece, datagram).ifPresent(whole -> receive(whole.message(), whole.datagram(), nowNanos));
            case V1Problem problem -> dropped(problem.reason().name(), datagram);
        }
    }

    private void inPhaseOne(V1Decoded message, IkeDatagram datagram, Bytes digest, long nowNanos) {
        PhaseOne exchange = phaseOne;
        if (exchange == null) {
            dropped("phase 1 is over", datagram);
            return;
        }
        first.expect();
        if (exchange.receive(message, datagram, nowNanos)) {
            first.accepted(digest);
        }
    }

    /** Nobody vouches for it: a hint, and no more. */
    private void inTheClear(V1Message message, IkeDatagram datagram, long nowNanos) {
        PhaseOne exchange = phaseOne;
        Optional<NotifyPayload> error = error(message);
        if (exchange == null || error.isEmpty()) {
            dropped("an informational message in the clear", datagram);
            liveness.suspect(nowNanos);
            return;
        }
        troubled(exchange.told(error.get()), nowNanos);
    }

    private static Optional<NotifyPayload> error(V1Message message) {
        return message.all(NotifyPayload.class).stream()
                .filter(NotifyPayload::isError)
                .findFirst();
    }

    /**
     * An encrypted message that belongs to no phase 1 while that is not over here. The peer may be through with it, and its
     * last message, or ours, was lost; or it refuses us, and can prove that it is the peer.
     */
    private void tooEarly(EncryptedV1Message message, IkeDatagram datagram, PhaseOne exchange, long nowNanos) {
        Optional<PhaseOne.Protection> protection = exchange.protection();
        Optional<V1Message> authentic = message.header().is(ExchangeType.INFORMATIONAL)
                ? protection.flatMap(p -> Exchanges.open(message, p))
                : Optional.empty();
        Optional<NotifyPayload> error = authentic.flatMap(IsakmpSa::error);
        if (error.isPresent()) {
            Failure failure = exchange.told(error.get());
            world.rejected(this, failure, nowNanos);
            failed(failure, nowNanos);
            return;
        }
        dropped("phase 1 is not over", datagram);
        if (protection.isEmpty()) {
            return;
        }
        if (authentic.isPresent() || message.header().is(ExchangeType.QUICK)) {
            transmit(first.answer(), nowNanos);
        } else {
            // No answer: it may be one itself, and both would go on for ever.
            exchange.unreadable().ifPresent(hint -> troubled(hint, nowNanos));
        }
    }

    private void inPhaseTwo(EncryptedV1Message message, IkeDatagram datagram, Bytes digest, long nowNanos) {
        PhaseOne exchange = phaseOne;
        if (exchange == null) {
            exchanges.receive(message, datagram, digest, nowNanos);
        } else {
            tooEarly(message, datagram, exchange, nowNanos);
        }
    }

    /** Something authentic came. */
    void heard(IkeDatagram datagram, long nowNanos) {
        heard(nowNanos);
        if (path.followsPeer() && !datagram.remote().equals(path.remote())) {
            movePeer(path.between(path.local(), datagram.remote()));
        }
    }

    private void heard(long nowNanos) {
        heardAt = nowNanos;
        liveness.heard(nowNanos);
    }

    /** The peer is at another address, or we are. */
    void movePeer(PeerPath newPath) {
        audit(AuditEvent.PEER_MOVED, path.remote() + " is at " + newPath.remote() + " now");
        path = newPath;
        tunnel().moved(this);
    }

    // ---- phase 2 ----

    /** A message ID that was not used under this SA. */
    public int newMessageId() {
        return exchanges.newMessageId();
    }

    /** Begins an exchange of ours. */
    public void begin(int messageId, PhaseTwoExchange exchange, long nowNanos) {
        exchanges.begin(messageId, exchange, nowNanos);
        host.touched(this);
    }

    /**
     * Sends a message of an exchange that was begun here, by either side.
     *
     * @param type of the message: a Notify that belongs to a quick mode is informational
     * @param commit whether the commit bit is set
     * @param payloads with HASH in front
     * @param awaitsAnswer whether it is repeated until the next message of the peer
     */
    public void send(
            int messageId,
            ExchangeType type,
            boolean commit,
            List<? extends V1Payload> payloads,
            boolean awaitsAnswer,
            long nowNanos) {
        exchanges.send(messageId, type, commit, payloads, awaitsAnswer, nowNanos);
        host.touched(this);
    }

    /** An exchange is over; what the peer repeats is still answered for a while. */
    public void finish(int messageId, long nowNanos) {
        exchanges.finish(messageId, nowNanos);
        host.touched(this);
    }

    /** An informational exchange: one message, with HASH in front, and no answer. Nothing if the SA is gone. */
    public void inform(List<? extends V1Payload> payloads, long nowNanos) {
        if (state == State.ESTABLISHED) {
            exchanges.inform(payloads, nowNanos);
        }
    }

    /**
     * Refuses an exchange that the peer began, in an informational exchange of its own: that is the answer to what the peer
     * repeats.
     */
    public void refuse(int messageId, List<? extends V1Payload> payloads, long nowNanos) {
        if (state == State.ESTABLISHED) {
            exchanges.refuse(messageId, payloads, nowNanos);
        }
    }

    /**
     * What protects its messages.
     *
     * @throws IllegalStateException before the end of phase 1
     */
    PhaseOne.Protection protection() {
        if (phaseOneChain == null) {
            throw new IllegalStateException("phase 1 is not over");
        }
        return new PhaseOne.Protection(keys(), phaseOneChain);
    }

    /** When something authentic came last. */
    long heardAt() {
        return heardAt;
    }

    // ---- ending ----

    /** The peer deleted it, in an authentic message. The pairs that were made under it stay (RFC 2408 §3.15). */
    public void deletedByPeer(long nowNanos) {
        if (state == State.ESTABLISHED) {
            Failure failure =
                    new Failure(FailureKind.CLOSED_BY_PEER, Optional.empty(), path.remote() + " deleted the ISAKMP SA");
            linger(new CloseCause(CloseCause.Kind.DELETED_BY_PEER, Optional.of(failure)), nowNanos);
        }
    }

    /** The peer, which had the last word in phase 1, does not accept us; it says so in an authentic message. */
    public void refusedByPeer(NotifyPayload notify, long nowNanos) {
        if (state == State.ESTABLISHED) {
            Failure failure = V1Failures.notified(
                    notify,
                    FailureKind.AUTHENTICATION_FAILED,
                    path.remote() + " answered " + V1Failures.name(notify) + ": it does not accept us as "
                            + tunnel().config().local());
            linger(new CloseCause(CloseCause.Kind.DELETED_BY_PEER, Optional.of(failure)), nowNanos);
        }
    }

    /** The peer says in an authentic message that it has no other SA with us than this (RFC 2407 §4.6.3.3). */
    public void initialContact(long nowNanos) {
        tunnel().initialContact(this, nowNanos);
    }

    /** Deletes it, with a Delete to the peer if there is an SA to delete. */
    void delete(CloseCause cause, long nowNanos) {
        if (state == State.ESTABLISHED) {
            exchanges.inform(List.of(DeletePayload.ofIsakmp(cookies())), nowNanos);
            linger(cause, nowNanos);
        } else {
            close(cause, nowNanos);
        }
    }

    private void linger(CloseCause cause, long nowNanos) {
        end(State.DELETED, cause, nowNanos);
        timers.set(SaTimer.GONE, nowNanos + LINGERING.toNanos());
    }

    /** It is gone at once, without a word to the peer. */
    void close(CloseCause cause, long nowNanos) {
        if (state != State.CLOSED) {
            boolean told = state == State.DELETED;
            if (!told) {
                end(State.CLOSED, cause, nowNanos);
            }
            gone();
        }
    }

    private void end(State newState, CloseCause cause, long nowNanos) {
        boolean wasUp = state == State.ESTABLISHED;
        state = newState;
        timers.clear();
        endPhaseOne();
        if (wasUp) {
            audit(
                    AuditEvent.IKE_SA_CLOSED,
                    "ISAKMP SA " + this + " with " + path.remote() + " closed: " + cause.kind());
        }
        exchanges.abort(nowNanos);
        if (tunnel != null) {
            tunnel.closed(this, cause, nowNanos);
        }
        host.touched(this);
    }

    private void gone() {
        state = State.CLOSED;
        timers.clear();
        if (keys != null) {
            keys.close();
        }
        world.unregister(this);
        tunnelIfKnown().ifPresent(V1Tunnel::changed);
        host.touched(this);
    }

    // ---- time ----

    @Override
    public void settle(long nowNanos) {
        world.settled(this);
    }

    @Override
    public long deadline() {
        return state == State.CLOSED
                ? Timers.NEVER
                : Math.min(
                        Math.min(timers.next(), exchanges.deadline()),
                        state == State.DELETED ? Timers.NEVER : first.dueAt());
    }

    @Override
    public void timeout(long nowNanos) {
        for (SaTimer timer : timers.expire(nowNanos)) {
            switch (timer) {
                case HALF_OPEN -> unfinished(nowNanos);
                case RENEW -> tunnel().renew(this, nowNanos);
                case LIFE -> delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
                case LIVENESS -> liveness.timeout(nowNanos);
                case KEEPALIVE -> keepAlive(nowNanos);
                case GONE -> gone();
            }
        }
        if (state == State.PHASE_ONE && first.dueAt() <= nowNanos) {
            repeatFirst(nowNanos);
        }
        exchanges.timeout(nowNanos);
    }

    /** The peer began and did not come to the end. */
    private void unfinished(long nowNanos) {
        Optional<Failure> problem = problem();
        problem.ifPresent(failure -> world.rejected(this, failure, nowNanos));
        close(new CloseCause(CloseCause.Kind.FAILED, problem), nowNanos);
    }

    private void repeatFirst(long nowNanos) {
        List<byte[]> again = first.repeat(nowNanos);
        if (again.isEmpty()) {
            close(new CloseCause(CloseCause.Kind.FAILED, problem()), nowNanos);
            return;
        }
        if (first.times() == 3) {
            problem().ifPresent(failure -> tunnelIfKnown().ifPresent(t -> t.troubled(failure, nowNanos)));
        }
        audit(
                AuditEvent.RETRANSMISSION,
                "sent phase 1 to " + path.remote() + " again, " + first.times() + " times so far");
        transmit(again, nowNanos);
    }

    /** RFC 3948 §4. */
    private void keepAlive(long nowNanos) {
        host.emit(new Output.KeepAlive(path.local(), path.remote()));
        sent(nowNanos);
    }

    void transmit(List<byte[]> datagrams, long nowNanos) {
        for (byte[] datagram : datagrams) {
            host.emit(new Output.Transmit(path.carrier(), path.local(), path.remote(), datagram));
        }
        sent(nowNanos);
    }

    /** Something was sent: the next keepalive is not due before its interval has passed. */
    private void sent(long nowNanos) {
        Duration interval = host.config().keepAlive();
        if (state == State.ESTABLISHED && path.localBehindNat() && !interval.isZero()) {
            timers.set(SaTimer.KEEPALIVE, nowNanos + interval.toNanos());
        }
    }

    // ---- telling ----

    /** Counts a datagram that leads to nothing. */
    public void dropped(String reason, IkeDatagram datagram) {
        world.dropped(reason, datagram);
    }

    void audit(AuditEvent event, String message) {
        host.audit(
                event,
                tunnelIfKnown().map(t -> t.config().name()),
                Map.of("peer", path.remote().toString(), "spis", toString()),
                message);
    }

    @Override
    public String toString() {
        return String.format("%016x_i %016x_r", initiatorCookie, responderCookie);
    }
}

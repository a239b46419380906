package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.Fragmentation;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.TcpEncapsulation;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.EncryptedMessage;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.v2.auth.VerifiedPeer;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
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
public final class IkeSa implements BegunSa, Timed {
    /** How long the peer has to delete what is its own to delete once it has what took its place. */
    static final Duration ABANDONED = Duration.ofSeconds(30);
    /** How long a closed SA repeats its last response. */
    private static final Duration LINGER = Duration.ofSeconds(10);
    /** How long an SA in the making waits for the peer's next additional key exchange. */
    private static final Duration FOLLOWUP_PATIENCE = Duration.ofSeconds(60);

    /** How long a child whose lifetime is over waits for the one that a new IKE SA brings. */
    private static final Duration UNTIL_REAUTHENTICATED = Duration.ofSeconds(30);

    private final SaContext context;
    private final boolean initiator;
    private final long localSpi;
    private final long createdAt;
    private final Timers<SaTimer> timers = new Timers<>(SaTimer.class);
    private final Sealing sealing;
    private final Requests requests;
    private final Receiver receiver;
    private final Upkeep upkeep;
    private final Streams streams;
    private final Children children;
    private final Followups followups = new Followups(this);
    private long remoteSpi;
    private long establishedAt = Timers.NEVER;
    private @Nullable Origin origin;
    private PeerPath path;
    private IkeSaState state;
    private @Nullable SaOwner owner;
    private @Nullable Initiation initiation;
    private @Nullable HalfOpen halfOpen;
    private @Nullable SaKeys keys;
    private @Nullable IkeSa predecessor;
    /** The SA that this one took the place of, until the peer is known to have this one. */
    private @Nullable IkeSa replaced;

    private Optional<CloseCause> deletion = Optional.empty();
    private Optional<Bytes> crashToken = Optional.empty();
    private Mobility mobility = new Mobility();
    private PeerPath lastHeard;

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
        this.lastHeard = path;
        this.state = state;
        this.createdAt = nowNanos;
        this.sealing = new Sealing(this, context);
        this.requests = new Requests(this, context, timers, sealing);
        this.receiver = new Receiver(this, context, timers, requests, sealing);
        this.upkeep = new Upkeep(this, context, requests, timers);
        this.streams = new Streams(this, context, requests, timers);
        this.children = new Children(this, context);
    }

    /** Begins an IKE SA with IKE_SA_INIT. */
    public static IkeSa initiate(
            SaContext context, SaOwner owner, PeerPath path, Initiation initiation, long nowNanos) {
        IkeSa sa = new IkeSa(context, true, context.newIkeSpi(), 0, path, IkeSaState.INITIATING, nowNanos);
        sa.owner = owner;
        sa.initiation = initiation;
        context.register(sa);
        sa.streams.begin();
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
        sa.receiver.initAnswered(initResponse);
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
        sa.keysDerived(keys);
        sa.origin = old.origin;
        sa.mobility = old.mobility;
        sa.sealing.inherit(old.sealing);
        sa.receiver.messageIdSync().agreed(old.receiver.messageIdSync().agreed());
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

    @Override
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

    @Override
    public boolean isHalfOpen() {
        return state == IkeSaState.HALF_OPEN;
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

    /** The TCP connections that its messages go in, if they do. */
    public Streams streams() {
        return streams;
    }

    /** Whether we began the first of the SAs that this one descends from. */
    boolean isOriginalInitiator() {
        return origin == null ? initiator : origin.initiator();
    }

    /** Whether TCP is tried next if nothing comes back by UDP. */
    boolean fallsBack() {
        return !path.isStream()
                && state.isConnecting()
                && owner != null
                && owner.config().tcpEncapsulation().mode() == TcpEncapsulation.Mode.FALLBACK;
    }

    /** What the peer began and goes on with in IKE_FOLLOWUP_KE. */
    public Followups followups() {
        return followups;
    }

    void awaitFollowup(long nowNanos) {
        timers.set(SaTimer.FOLLOWUP, nowNanos + FOLLOWUP_PATIENCE.toNanos());
        context.touched(this);
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

    /** What is left of IKE_SA_INIT, as its initiator. */
    Optional<Initiation> initiation() {
        return Optional.ofNullable(initiation);
    }

    /** Who waits for IKE_AUTH, as the responder. */
    Optional<HalfOpen> halfOpen() {
        return Optional.ofNullable(halfOpen);
    }

    /** The exchange whose response we wait for. */
    public Optional<Exchange> active() {
        return requests.active();
    }

    public List<Exchange> queued() {
        return requests.queued();
    }

    /** For logs: {@code 00c0ffee_i 00beef00_r}. */
    public String spis() {
        return String.format("%016x_i %016x_r", initiatorSpi(), responderSpi());
    }

    public Mobility mobility() {
        return mobility;
    }

    /** Between which addresses the last authentic message came; its NAT flags mean nothing. */
    public PeerPath lastHeard() {
        return lastHeard;
    }

    /** The peer's token that proves that it has lost this SA (RFC 6290); empty if it gave none. */
    public Optional<Bytes> crashToken() {
        return crashToken;
    }

    // ---- transitions, called by exchanges ----

    public void crashToken(Bytes token) {
        crashToken = Optional.of(token);
    }

    /** Both sides can synchronise message IDs after a fail-over of the peer (RFC 6311 §4.1). */
    public void messageIdSyncAgreed() {
        receiver.messageIdSync().agreed(true);
    }

    public void path(PeerPath newPath) {
        path = newPath;
    }

    /** Both sides take fragments, and this is how we make ours (RFC 7383 §2.3). */
    public void fragmentation(Fragmentation agreed) {
        sealing.agree(agreed);
    }

    /** The responder's SPI and keys are known: IKE_INTERMEDIATE or IKE_AUTH follows. */
    public void keysAgreed(long newRemoteSpi, SaKeys newKeys, Exchange authentication) {
        remoteSpi = newRemoteSpi;
        keysDerived(newKeys);
        initiation = null;
        state = IkeSaState.AUTHENTICATING;
        requests.initialAnswered();
        requests.addFirst(authentication);
        context.touched(this);
    }

    /** The SA has keys: on the responder's side when the first protected message came, which is worth their cost. */
    void keysDerived(SaKeys newKeys) {
        keys = newKeys;
        context.keyLog().ikeSa(initiatorSpi(), responderSpi(), newKeys.suite(), newKeys.keys());
    }

    /** An additional key exchange is done as initiator: the next message has these keys (RFC 9370 §2.2.2). */
    public void keysRenewed(SaKeys newKeys) {
        keys().close();
        keys = newKeys;
    }

    /** As {@link #keysRenewed}, for the responder, whose answer still has the old keys. */
    public void keysAfterAnswer(SaKeys newKeys) {
        receiver.keysAfterAnswer(newKeys);
    }

    /** A post-quantum pre-shared key was mixed into the keys: see {@link SaKeys#mixedWith}. */
    public void keysMixed(SaKeys mixed) {
        keys().keys().close();
        keys = mixed;
    }

    /** What AUTH has to cover of IKE_INTERMEDIATE, in an IKE_AUTH exchange with that message ID (RFC 9242 §3.3.2). */
    public Bytes intAuth(int authMessageId) {
        return sealing.intAuth(authMessageId);
    }

    /** The message ID of our outstanding request, or of the next one. */
    public int requestMessageId() {
        return requests.messageId();
    }

    /** The peer is who it should be: only somebody who verified that has the proof. */
    public void established(VerifiedPeer proof, SaOwner newOwner, long nowNanos) {
        owner = newOwner;
        halfOpen = null;
        state = IkeSaState.ESTABLISHED;
        timers.cancel(SaTimer.HALF_OPEN);
        streams.authenticated();
        startTimers(nowNanos);
        audit(
                AuditEvent.IKE_SA_ESTABLISHED,
                Map.of(
                        "proposal",
                        keys().suite().keywords(),
                        "identity",
                        proof.identity().toString()),
                "IKE SA established with " + proof.identity() + " at " + path.remote()
                        + (path.isStream() ? " over TCP" : ""));
        newOwner.established(this, nowNanos);
    }

    /** Sets lifetimes and liveness checks as the configuration has them now. */
    public void reschedule(long nowNanos) {
        upkeep.schedule(nowNanos);
    }

    /** Children and queued exchanges go to the heir; this SA waits for its Delete. */
    public void replacedBy(IkeSa heir) {
        followups.abandon();
        children.moveTo(heir.children);
        heir.replaced = this;
        requests.moveTo(heir.requests);
        state = IkeSaState.REKEYED;
        upkeep.end();
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
        upkeep.awaitDelete(nowNanos);
    }

    /** Both sides made an heir and this one is redundant: the peer is to delete it. */
    public void awaitRedundantDelete(long nowNanos) {
        upkeep.expectDelete(nowNanos);
    }

    /** The peer is known to have our heir. */
    private void heirKnown(long nowNanos) {
        if (timers.isSet(SaTimer.ABANDONED)) {
            upkeep.expectDelete(nowNanos);
        }
    }

    public void enqueue(Exchange exchange) {
        requests.add(exchange);
        context.touched(this);
    }

    /** Puts an exchange before all that wait: it goes on with one that just ended. */
    public void enqueueFirst(Exchange exchange) {
        requests.addFirst(exchange);
        context.touched(this);
    }

    /** Tries again to rekey this SA. */
    public void rekeyLater(Duration delay, long nowNanos) {
        upkeep.rekeyLater(delay, nowNanos);
    }

    /** Rekeys a child unless that is under way. */
    public void rekeyChild(ChildSa child) {
        if (children.contains(child) && child.state() == ChildSa.State.INSTALLED) {
            enqueue(context.protocol().rekeyChild(child));
        }
    }

    /**
     * A child's lifetime is over: it is deleted, once a rekeying that is out has ended without an heir. One that the peer
     * made in IKE_AUTH and refuses to rekey is made there again, with a new IKE SA, if that costs no other child.
     */
    public void expireChild(ChildSa child, long nowNanos) {
        child.expire();
        boolean alone = children.all().stream().noneMatch(other -> other != child && other.isLive());
        if (child.isRekeyRefused() && alone && state == IkeSaState.ESTABLISHED) {
            child.timers().set(ChildTimer.ABANDONED, nowNanos + UNTIL_REAUTHENTICATED.toNanos());
            context.touched(this);
            owner().reauthenticate(this, nowNanos);
        } else if (child.state() != ChildSa.State.REKEYING) {
            deleteChild(child);
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
     * Deletes this SA with the peer's knowledge. Its children end at once, or with the peer's response if others took their
     * place: until then the peer may send on them.
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
        List<Exchange> unsent = requests.takeQueued();
        long retransmit = timers.deadline(SaTimer.RETRANSMIT);
        timers.clear();
        timers.set(SaTimer.RETRANSMIT, retransmit);
        unsent.forEach(exchange -> exchange.aborted(this, nowNanos));
        followups.abandon();
        if (cause.kind() != CloseCause.Kind.REPLACED) {
            children.removeAll(cause.removalReason(), nowNanos);
        }
        requests.add(goodbye);
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
        List<Exchange> unanswered = requests.abandon();
        initiation = null;
        halfOpen = null;
        timers.clear();
        timers.set(SaTimer.LINGER, keys == null ? nowNanos : nowNanos + LINGER.toNanos());
        unanswered.forEach(exchange -> exchange.aborted(this, nowNanos));
        followups.abandon();
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

    // ---- messages ----

    /** Sends an unprotected request, in place of an outstanding one. */
    public void sendInitial(byte[] request, long nowNanos) {
        requests.sendInitial(request, nowNanos);
    }

    /** Sends the next queued request if none is outstanding. The endpoint calls this after each event. */
    public void pump(long nowNanos) {
        requests.pump(nowNanos);
    }

    void transmit(OutboundMessage request, long nowNanos) {
        for (byte[] datagram : request.datagrams()) {
            context.emit(new Output.Transmit(path.carrier(), path.local(), path.remote(), datagram));
        }
        upkeep.sent(nowNanos);
        context.touched(this);
    }

    /** Takes in a message in the clear: only responses to IKE_SA_INIT mean anything here (RFC 7296 §2.21.4). */
    public void receive(IkeMessage message, IkeDatagram datagram, long nowNanos) {
        receiver.receive(message, datagram, nowNanos);
    }

    /** Takes in a protected message. */
    public void receive(EncryptedMessage message, IkeDatagram datagram, long nowNanos) {
        receiver.receive(message, datagram, nowNanos);
    }

    /** Repeats the last response, if it was to this message ID: identical octets (RFC 7296 §2.1). */
    public void repeatResponse(int messageId, IkeDatagram datagram) {
        receiver.repeatResponse(messageId, datagram);
    }

    /**
     * Somebody without our keys says that the peer does not know this SA (RFC 7296 §1.5, §2.21.4). That may be a lie, so
     * all it leads to is a liveness check now and then.
     */
    public void suspect(long nowNanos) {
        upkeep.suspect(nowNanos);
    }

    /** A fresh authentic message came: the peer lives, and this is where. With MOBIKE that alone moves nothing. */
    void heard(IkeDatagram datagram, long nowNanos) {
        lastHeard = path.between(datagram.local(), datagram.remote()).by(datagram.carrier());
        if (replaced != null) {
            replaced.heirKnown(nowNanos);
            replaced = null;
        }
        if (state == IkeSaState.ESTABLISHED) {
            upkeep.awaitLife(nowNanos);
            if (datagram.isInStream() || path.isStream()) {
                if (datagram.isInStream()) {
                    streams.heard(datagram.local(), datagram.remote(), nowNanos);
                }
            } else if (mobility.agreed()) {
                followAnswer(datagram);
            } else if (path.followsPeer()) {
                movePeer(datagram.remote());
            }
        }
        context.touched(this);
    }

    /** The peer, silent where it was, speaks from another of the addresses that it told: the initiator goes there. */
    private void followAnswer(IkeDatagram datagram) {
        UdpAddress remote = datagram.remote();
        if (origin().initiator()
                && !remote.address().equals(path.remote().address())
                && mobility.peerAddresses().contains(remote.address())) {
            path = lastHeard;
            requests.addFirst(context.protocol().updateAddresses());
        }
    }

    /** Sends an unanswered request to the peer's other addresses too (RFC 4555 §3.5: any may be tried). */
    void tryElsewhere(OutboundMessage request) {
        if (!mobility.agreed() || !origin().initiator() || path.isStream()) {
            return;
        }
        for (IpAddress other : mobility.peerAddresses()) {
            IpAddress any = other.isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
            int port = context.config().natPort();
            for (byte[] datagram : request.datagrams()) {
                context.emit(new Output.Transmit(
                        Carrier.UDP, new UdpAddress(any, port), new UdpAddress(other, port), datagram));
            }
        }
    }

    /** Sends the outstanding request once more, out of turn. */
    public void repeatRequest(long nowNanos) {
        requests.repeat(nowNanos);
    }

    /** The SA and its children are between these addresses now. */
    public void move(PeerPath newPath) {
        path = newPath;
        children.updateAddresses();
        owner().changed();
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
                case RETRANSMIT -> requests.retransmit(nowNanos);
                case HALF_OPEN -> close(CloseCause.of(CloseCause.Kind.FAILED), nowNanos);
                case LIVENESS -> upkeep.checkLiveness(nowNanos);
                case KEEPALIVE -> upkeep.keepAlive(nowNanos);
                case RECONNECT -> streams.reopen(nowNanos);
                case REKEY -> enqueue(context.protocol().rekeyIkeSa());
                case ABANDONED -> delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
                case FOLLOWUP -> followups.abandon();
                case FRAGMENTS -> receiver.forgetFragments();
                case LINGER -> forget();
            }
        }
        context.touched(this);
    }

    private void startTimers(long nowNanos) {
        establishedAt = nowNanos;
        if (origin == null) {
            origin = new Origin(initiator, initiatorSpi(), responderSpi(), createdAt, nowNanos);
        }
        upkeep.sent(nowNanos);
        upkeep.schedule(nowNanos);
    }

    private void forget() {
        if (keys != null) {
            keys.close();
            keys = null;
        }
        receiver.forgetKeys();
        context.unregister(this);
    }

    // ---- telling ----

    public void audit(AuditEvent event, Map<String, String> fields, String message) {
        context.audit(event, tunnel(), fields, message);
    }

    /** The tunnel's name, if it belongs to one. */
    Optional<String> tunnel() {
        return Optional.ofNullable(owner).map(o -> o.config().name());
    }
}

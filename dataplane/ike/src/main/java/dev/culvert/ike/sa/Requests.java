package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Retransmission;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one IKE SA asks of its peer: the exchanges that wait, the one that is out, and its repetitions (RFC 7296 §2.1). */
final class Requests {
    /** Transmissions of one message after which its fragments are taken to be too long for the path. */
    private static final int TRANSMISSIONS_UNTIL_NARROW = 2;
    /** How long UDP may take to bring an answer where TCP is tried next (RFC 9329 §5.1). */
    private static final Duration FALLBACK_PATIENCE = Duration.ofSeconds(5);
    /** Transmissions without an answer after which the status says so. */
    private static final int TRANSMISSIONS_UNTIL_TROUBLE = 3;

    private final IkeSa sa;
    private final SaContext context;
    private final Timers<SaTimer> timers;
    private final Sealing sealing;
    private final RequestWindow window = new RequestWindow();
    private final Deque<Exchange> queue = new ArrayDeque<>();
    private @Nullable Exchange active;
    /** The answer to what is out came and was of no use yet: it has to be asked for again, also in a TCP stream. */
    private boolean answerLost;

    Requests(IkeSa sa, SaContext context, Timers<SaTimer> timers, Sealing sealing) {
        this.sa = sa;
        this.context = context;
        this.timers = timers;
        this.sealing = sealing;
    }

    /** The exchange whose response we wait for. */
    Optional<Exchange> active() {
        return Optional.ofNullable(active);
    }

    List<Exchange> queued() {
        return List.copyOf(queue);
    }

    /** Whether nothing is out and nothing waits. */
    boolean isIdle() {
        return active == null && queue.isEmpty();
    }

    void add(Exchange exchange) {
        queue.add(exchange);
    }

    void addFirst(Exchange exchange) {
        queue.addFirst(exchange);
    }

    /** Gives what concerns children to the heir, and forgets the rest of what waits. */
    void moveTo(Requests heir) {
        queue.stream().filter(Exchange::concernsChildren).forEach(heir.queue::add);
        queue.clear();
    }

    /** Takes out what waits. */
    List<Exchange> takeQueued() {
        List<Exchange> waiting = List.copyOf(queue);
        queue.clear();
        return waiting;
    }

    /** Takes out what is out and what waits: there will be no more responses. */
    List<Exchange> abandon() {
        Deque<Exchange> unanswered = new ArrayDeque<>(queue);
        if (active != null) {
            unanswered.addFirst(active);
        }
        active = null;
        queue.clear();
        window.abandon();
        return List.copyOf(unanswered);
    }

    // ---- sending ----

    /** Sends an unprotected request, in place of an outstanding one. */
    void sendInitial(byte[] request, long nowNanos) {
        send(OutboundMessage.whole(request), context.config().initial(), Timers.NEVER, nowNanos);
    }

    /** The unprotected request was answered. */
    void initialAnswered() {
        window.complete();
        timers.cancel(SaTimer.RETRANSMIT);
    }

    /** Sends the next exchange that waits if none is out. */
    void pump(long nowNanos) {
        while (sa.hasKeys() && !window.isOutstanding() && !queue.isEmpty() && sa.state() != IkeSaState.CLOSED) {
            Exchange next = queue.remove();
            Optional<List<Payload>> payloads = next.request(sa, nowNanos);
            if (payloads.isEmpty()) {
                continue;
            }
            active = next;
            IkeHeader header = IkeHeader.request(
                    sa.initiatorSpi(), sa.responderSpi(), next.type(), sa.initiator(), window.messageId());
            Duration patience = next.patience(sa);
            send(
                    sealing.seal(new IkeMessage(header, payloads.get())),
                    next.schedule(context.config()),
                    patience.isZero() ? Timers.NEVER : nowNanos + patience.toNanos(),
                    nowNanos);
        }
    }

    private void send(OutboundMessage request, Retransmission schedule, long giveUpAt, long nowNanos) {
        answerLost = false;
        long by = sa.fallsBack() ? Math.min(giveUpAt, nowNanos + FALLBACK_PATIENCE.toNanos()) : giveUpAt;
        timers.set(SaTimer.RETRANSMIT, window.start(request, schedule, by, nowNanos));
        sa.transmit(request, nowNanos);
    }

    // ---- answers ----

    /** Whether a response with that header answers what is out. */
    boolean isAnswer(IkeHeader response) {
        return isOut(response.messageId())
                && active().filter(e -> response.is(e.type())).isPresent();
    }

    /** The message ID of the request that is out, or of the next one. */
    int messageId() {
        return window.messageId();
    }

    /** Whether an exchange with that message ID is out. */
    boolean isOut(int messageId) {
        return active != null && messageId == window.messageId();
    }

    /**
     * The response came: the next exchange may go out.
     *
     * @return the exchange that was answered
     * @throws IllegalStateException if none is out
     */
    Exchange answered() {
        Exchange answered = active;
        if (answered == null) {
            throw new IllegalStateException("no request is out");
        }
        active = null;
        window.complete();
        timers.cancel(SaTimer.RETRANSMIT);
        return answered;
    }

    /**
     * The peer, who lost its windows, expects that message ID next, or a higher one if we have used it (RFC 6311 §5.1).
     * What is out is asked again, from the beginning.
     *
     * @return the ID of our next request
     */
    int moveTo(int messageId) {
        Exchange unanswered = active;
        if (unanswered != null) {
            answered();
            unanswered.beginAnew(sa);
            queue.addFirst(unanswered);
        }
        window.moveTo(messageId);
        return window.messageId();
    }

    // ---- time ----

    /** The outstanding request is due again, or given up. */
    void retransmit(long nowNanos) {
        if (!window.isOutstanding()) {
            return;
        }
        OutboundMessage request = window.repeat(nowNanos);
        if (request == null) {
            giveUp(nowNanos);
            return;
        }
        // An answer that came too early shows that the message arrives; other fragments of it would be news to the
        // peer.
        if (window.timesSent() > TRANSMISSIONS_UNTIL_NARROW && !answerLost) {
            sealing.shorten(request);
        }
        timers.set(SaTimer.RETRANSMIT, window.due(nowNanos));
        if (sa.path().isStream() && !answerLost) {
            waitInStream(nowNanos);
        } else {
            answerLost = false;
            sa.transmit(request, nowNanos);
            sa.tryElsewhere(request);
        }
        if (sa.state().isConnecting() && window.timesSent() >= TRANSMISSIONS_UNTIL_TROUBLE) {
            sa.owner().troubled(sa, unanswered(), nowNanos);
        }
    }

    /** RFC 9329 §6.2: in the same connection nothing is sent twice. */
    private void waitInStream(long nowNanos) {
        if (window.timesSent() % TRANSMISSIONS_UNTIL_TROUBLE == 0) {
            sa.streams().unanswered(nowNanos);
        }
    }

    void answerLost() {
        answerLost = true;
    }

    /**
     * Sends what is out once more, out of turn.
     *
     * @return whether something is out
     */
    boolean repeat(long nowNanos) {
        OutboundMessage request = window.outstanding();
        if (request != null) {
            sa.transmit(request, nowNanos);
        }
        return request != null;
    }

    private void giveUp(long nowNanos) {
        Failure failure = unanswered();
        sa.close(sa.state().isConnecting() ? CloseCause.failed(failure) : CloseCause.peerDead(failure), nowNanos);
    }

    private Failure unanswered() {
        return sa.initiation().map(initiation -> initiation.problem(sa)).orElseGet(() -> {
            String exchange = active().map(e -> e.type().name()).orElse("request");
            String hint = sa.state().isConnecting()
                    ? sa.path().isStream()
                            ? ", though it answered IKE_SA_INIT: the peer refuses without a word"
                            : ", though it answered IKE_SA_INIT: UDP port "
                                    + sa.path().remote().port()
                                    + " is closed on the way, or messages of that length are lost, or the peer refuses"
                                    + " without a word"
                    : "";
            return new Failure(
                    FailureKind.PEER_UNREACHABLE,
                    Optional.empty(),
                    sa.path().remote() + " did not answer " + exchange + ", sent " + window.timesSent() + " times"
                            + hint);
        });
    }
}

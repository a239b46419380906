package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Decrypted;
import dev.culvert.ike.message.EncryptedMessage;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.OpenResult;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.UnprotectedError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What comes in for one IKE SA: opened, held against the windows, and handed to the exchange that waits for it or answered.
 * Nothing without a valid integrity check changes the SA (RFC 7296 §2.21.4), but for its {@link Initiation}.
 */
final class Receiver {
    /** How long fragments wait for the rest of their message. */
    private static final Duration FRAGMENT_LIFE = Duration.ofSeconds(30);
    /** Transmissions of one response after which its fragments are taken to be too long for the path. */
    private static final int TRANSMISSIONS_UNTIL_NARROW = 2;

    private final IkeSa sa;
    private final SaContext context;
    private final Timers<SaTimer> timers;
    private final Requests requests;
    private final Sealing sealing;
    private final ResponseWindow responses = new ResponseWindow();
    private final MessageIdSync messageIdSync;
    private final Reassembler requestFragments = new Reassembler();
    private final Reassembler responseFragments = new Reassembler();
    /** Keys that take over once the present request is answered with the old ones. */
    private @Nullable SaKeys nextKeys;
    /** Keys of the last request that was answered and may be repeated, if the SA has others since. */
    private @Nullable SaKeys answeredWith;

    private int badMessages;

    Receiver(IkeSa sa, SaContext context, Timers<SaTimer> timers, Requests requests, Sealing sealing) {
        this.sa = sa;
        this.context = context;
        this.timers = timers;
        this.requests = requests;
        this.sealing = sealing;
        this.messageIdSync = new MessageIdSync(sa, requests, responses, sealing);
    }

    MessageIdSync messageIdSync() {
        return messageIdSync;
    }

    /** IKE_SA_INIT was answered when there was no SA yet. */
    void initAnswered(byte[] response) {
        responses.answered(OutboundMessage.whole(response));
    }

    void keysAfterAnswer(SaKeys newKeys) {
        nextKeys = newKeys;
    }

    void forgetKeys() {
        if (answeredWith != null) {
            answeredWith.close();
            answeredWith = null;
        }
    }

    void forgetFragments() {
        requestFragments.clear();
        responseFragments.clear();
    }

    /** Takes in a message in the clear: only responses to IKE_SA_INIT mean anything here (RFC 7296 §2.21.4). */
    void receive(IkeMessage message, IkeDatagram datagram, long nowNanos) {
        Optional<Initiation> initiation = sa.initiation();
        if (initiation.isEmpty()
                || !message.header().response()
                || !message.header().is(ExchangeType.IKE_SA_INIT)
                || message.header().messageId() != 0) {
            dropped("unprotected message", datagram);
            return;
        }
        initiation.get().received(sa, message, datagram, nowNanos);
    }

    /** Takes in a protected message. */
    void receive(EncryptedMessage message, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = message.header();
        long sender = header.fromInitiator() ? header.initiatorSpi() : header.responderSpi();
        if (header.fromInitiator() == sa.initiator() || sender != sa.remoteSpi()) {
            dropped("SPI of another sender", datagram);
            return;
        }
        if (!sa.hasKeys() && !deriveKeys(datagram, nowNanos)) {
            return;
        }
        boolean repeated = !header.response() && header.messageId() == responses.expected() - 1;
        SaKeys openedWith = repeated && answeredWith != null ? answeredWith : sa.keys();
        Optional<Decrypted> opened = message.decrypt(openedWith.inbound());
        if (opened.isEmpty()) {
            notAuthentic(datagram, nowNanos);
        } else if (opened.get().isFragment()) {
            fragment(opened.get(), datagram, nowNanos);
        } else {
            whole(opened.get(), datagram, nowNanos);
        }
    }

    private void fragment(Decrypted fragment, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = fragment.header();
        if (!sealing.takesFragments()) {
            dropped("fragment, not negotiated", datagram);
            return;
        }
        if (!isAwaited(header)) {
            // RFC 7383 §2.6.1: of a request that is repeated in fragments the first one alone is answered.
            if (!header.response() && fragment.fragmentNumber() == 1) {
                repeatResponse(header.messageId(), datagram);
            }
            dropped("fragment of a message that is not awaited", datagram);
            return;
        }
        switch ((header.response() ? responseFragments : requestFragments).add(fragment)) {
            case Reassembler.Result.Complete(Decrypted message) -> whole(message, datagram, nowNanos);
            case Reassembler.Result.Kept() -> {
                if (!timers.isSet(SaTimer.FRAGMENTS)) {
                    timers.set(SaTimer.FRAGMENTS, nowNanos + FRAGMENT_LIFE.toNanos());
                }
                context.touched(sa);
            }
            case Reassembler.Result.Refused(String reason) -> dropped(reason, datagram);
        }
    }

    private boolean isAwaited(IkeHeader header) {
        return header.response() ? requests.isOut(header.messageId()) : responses.isNext(header.messageId());
    }

    private void whole(Decrypted opened, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = opened.header();
        if (header.is(ExchangeType.IKE_INTERMEDIATE) && sa.state().isConnecting() && isAwaited(header)) {
            sealing.opened(opened);
        }
        switch (IkeMessage.ofPlaintext(header, opened.firstPayloadType(), opened.plaintext())) {
            case OpenResult.ProtectedError error -> malformed(error, datagram, nowNanos);
            case OpenResult.Ok(IkeMessage message) -> {
                if (header.response()) {
                    response(message, datagram, nowNanos);
                } else {
                    request(message, datagram, nowNanos);
                }
            }
            case OpenResult.Fragment fragment -> throw new AssertionError("a whole message is no fragment");
            case UnprotectedError error -> throw new AssertionError("a message that was opened is authentic");
        }
    }

    /** Repeats the last response, if it was to this message ID: identical octets (RFC 7296 §2.1). */
    void repeatResponse(int messageId, IkeDatagram datagram) {
        OutboundMessage response = responses.repeated(messageId);
        if (response == null) {
            return;
        }
        if (responses.countRepetition() >= TRANSMISSIONS_UNTIL_NARROW) {
            sealing.shorten(response);
        }
        transmit(response, datagram);
    }

    private boolean deriveKeys(IkeDatagram datagram, long nowNanos) {
        Optional<HalfOpen> halfOpen = sa.halfOpen();
        if (halfOpen.isEmpty()) {
            dropped("no keys yet", datagram);
            return false;
        }
        Optional<SaKeys> derived = halfOpen.get().deriveKeys(sa);
        if (derived.isEmpty()) {
            dropped("public value that must not be used", datagram);
            sa.close(CloseCause.of(CloseCause.Kind.FAILED), nowNanos);
            return false;
        }
        sa.keysDerived(derived.get());
        return true;
    }

    private void notAuthentic(IkeDatagram datagram, long nowNanos) {
        dropped(UnprotectedError.Reason.INTEGRITY.name(), datagram);
        badMessages++;
        if (sa.state() == IkeSaState.HALF_OPEN
                && badMessages >= context.config().halfOpen().authenticationTries()) {
            sa.close(CloseCause.of(CloseCause.Kind.FAILED), nowNanos);
        }
    }

    private void malformed(OpenResult.ProtectedError error, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = error.header();
        boolean fatal = error.answer().is(NotifyType.INVALID_SYNTAX);
        if (header.response()) {
            if (requests.isOut(header.messageId())) {
                closeOnError("the peer's response is malformed: " + error.detail(), nowNanos);
            }
        } else if (responses.isNext(header.messageId()) && sa.state() != IkeSaState.CLOSED) {
            respond(header, List.of(error.answer()), datagram);
            if (fatal) {
                closeOnError("the peer's request is malformed: " + error.detail(), nowNanos);
            }
        } else {
            repeatResponse(header.messageId(), datagram);
        }
    }

    private void closeOnError(String message, long nowNanos) {
        sa.close(CloseCause.failed(new Failure(FailureKind.PROTOCOL_ERROR, Optional.empty(), message)), nowNanos);
    }

    // ---- requests of the peer ----

    private void request(IkeMessage request, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = request.header();
        if (sa.state().isEstablished() && MessageIdSync.isAskedIn(request)) {
            messageIdSync
                    .answer(request, datagram, nowNanos)
                    .ifPresentOrElse(
                            answer -> transmit(answer, datagram),
                            () -> dropped("message IDs to synchronise, replayed or not negotiated", datagram));
            return;
        }
        if (!responses.isNext(header.messageId())) {
            repeatResponse(header.messageId(), datagram);
            return;
        }
        Optional<HalfOpen> halfOpen = sa.halfOpen();
        IkeSaState state = sa.state();
        if (state == IkeSaState.HALF_OPEN && halfOpen.isPresent()) {
            if (!header.is(ExchangeType.IKE_AUTH) && !header.is(ExchangeType.IKE_INTERMEDIATE)) {
                dropped(header + " before authentication", datagram);
                return;
            }
            sa.path(sa.path().between(datagram.local(), datagram.remote()).by(datagram.carrier()));
            ExchangeType awaited = halfOpen.get().awaited();
            if (!header.is(awaited)) {
                // A key exchange that was agreed on is left out, or one too many: never go on with less than was
                // agreed.
                respond(header, List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX)), datagram);
                closeOnError("the peer sent " + header + " in place of " + awaited, nowNanos);
                return;
            }
            List<Payload> answer = halfOpen.get().answer(sa, request, nowNanos);
            if (answer.isEmpty()) {
                dropped(header + " before the peer's certificate can be judged", datagram);
                return;
            }
            respond(header, answer, datagram);
        } else if (state.isEstablished()) {
            sa.heard(datagram, nowNanos);
            sa.children().activateAll(nowNanos);
            List<Payload> answer = context.protocol().answer(sa, request, nowNanos);
            respond(header, answer, datagram);
            if (isInvalidSyntax(answer)) {
                closeOnError("the peer's " + header + " makes no sense", nowNanos);
            }
        } else {
            dropped(header + " in state " + state, datagram);
        }
    }

    private void respond(IkeHeader request, List<Payload> payloads, IkeDatagram datagram) {
        OutboundMessage response = sealing.seal(new IkeMessage(request.reply(), payloads));
        responses.answered(response);
        forgetKeys();
        SaKeys next = nextKeys;
        if (next != null) {
            answeredWith = sa.keys();
            sa.keysDerived(next);
            nextKeys = null;
        }
        transmit(response, datagram);
    }

    private void transmit(OutboundMessage response, IkeDatagram answered) {
        for (byte[] part : response.datagrams()) {
            context.emit(Output.Transmit.answer(answered, part));
        }
        context.touched(sa);
    }

    // ---- responses of the peer ----

    private void response(IkeMessage response, IkeDatagram datagram, long nowNanos) {
        IkeHeader header = response.header();
        if (!requests.isAnswer(header)) {
            dropped("response to nothing", datagram);
            return;
        }
        if (requests.active().filter(e -> e.isPremature(sa, response)).isPresent()) {
            dropped(header + " before the peer's certificate can be judged", datagram);
            requests.answerLost();
            return;
        }
        Exchange answered = requests.answered();
        sa.heard(datagram, nowNanos);
        if (isInvalidSyntax(response.payloads()) && sa.state() != IkeSaState.AUTHENTICATING) {
            answered.aborted(sa, nowNanos);
            closeOnError("the peer answered " + header + " with INVALID_SYNTAX", nowNanos);
            return;
        }
        answered.response(sa, response, nowNanos);
        context.touched(sa);
    }

    /** After authentication it ends the SA on both sides, without a Delete (RFC 7296 §2.21.3). */
    private static boolean isInvalidSyntax(List<Payload> payloads) {
        return payloads.stream()
                .anyMatch(p -> p instanceof NotifyPayload notify && notify.is(NotifyType.INVALID_SYNTAX));
    }

    private void dropped(String reason, IkeDatagram datagram) {
        context.audit(
                AuditEvent.DATAGRAM_DROPPED,
                sa.tunnel(),
                Map.of("reason", reason, "peer", datagram.remote().toString(), "spis", sa.spis()),
                "dropped a datagram of " + datagram.remote() + ": " + reason);
    }
}

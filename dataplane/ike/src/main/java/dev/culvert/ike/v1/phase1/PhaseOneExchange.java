package dev.culvert.ike.v1.phase1;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.PhaseOne;
import dev.culvert.ike.v1.V1Failures;
import dev.culvert.ike.v1.keymat.CipherChain;
import dev.culvert.ike.v1.message.EncryptedV1Message;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import java.util.Map;
import java.util.Optional;

/** What both modes and both roles have in common: what was heard so far, and dropping what cannot be used. */
abstract class PhaseOneExchange implements PhaseOne {
    static final int NONCE_LENGTH = 32;

    final IsakmpSa sa;
    private Optional<Failure> heard = Optional.empty();

    PhaseOneExchange(IsakmpSa sa) {
        this.sa = sa;
    }

    @Override
    public void start(long nowNanos) {
        throw new IllegalStateException("the peer begins");
    }

    @Override
    public Optional<Failure> problem() {
        return heard;
    }

    @Override
    public Failure told(NotifyPayload notify) {
        return keep(meaning(notify));
    }

    /** That is what it looks like so far. */
    Failure keep(Failure failure) {
        heard = Optional.of(failure);
        return failure;
    }

    /** What a notify means at this point. */
    Failure meaning(NotifyPayload notify) {
        return V1Failures.notified(
                notify,
                V1Failures.kindOf(notify),
                peer() + " answered " + V1Failures.name(notify) + V1Failures.meaning(notify));
    }

    String peer() {
        return sa.path().remote().toString();
    }

    static Bytes nonce(IsakmpSa sa) {
        return Bytes.of(sa.host().random().bytes(NONCE_LENGTH));
    }

    /** The message is dropped, and that is all. */
    boolean drop(String reason, IkeDatagram datagram) {
        sa.dropped(reason, datagram);
        return false;
    }

    /** The message is dropped, and shows why the SA does not come up. Nobody vouches for it: a better one may come. */
    boolean trouble(Failure failure, IkeDatagram datagram, long nowNanos) {
        heard = Optional.of(failure);
        sa.troubled(failure, nowNanos);
        return drop(failure.kind().name(), datagram);
    }

    /** The peer did not prove who it is, or proved to be somebody else: there is nothing to wait for. */
    boolean reject(Failure failure, Protection protection, long nowNanos) {
        heard = Optional.of(failure);
        sa.host().audit(AuditEvent.AUTHENTICATION_FAILED, Optional.empty(), Map.of("peer", peer()), failure.message());
        sa.refuse(NotifyType.AUTHENTICATION_FAILED, protection, nowNanos);
        sa.failed(failure, nowNanos);
        return true;
    }

    static Failure protocol(String message) {
        return V1Failures.of(FailureKind.PROTOCOL_ERROR, message);
    }

    /** A decrypted message of phase 1. */
    record Opened(CipherChain.Opened sealed, V1Message message) {}

    /** Decrypts a message, without moving the chain. */
    static Optional<Opened> open(CipherChain chain, EncryptedV1Message message) {
        return chain.open(message.ciphertext())
                .flatMap(opened -> message.opened(opened.payloads()) instanceof V1Decoded.Ok(V1Message inner)
                        ? Optional.of(new Opened(opened, inner))
                        : Optional.empty());
    }
}

package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.v1.keymat.CipherChain;
import dev.culvert.ike.v1.message.EncryptedV1Message;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.HashPayload;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The exchanges of phase 2 under one ISAKMP SA: encryption, message IDs, and what has to be sent again. */
final class Exchanges {
    private final IsakmpSa sa;
    private final PhaseTwo phaseTwo;
    private final Pieces pieces;
    private final Slots slots = new Slots();

    Exchanges(IsakmpSa sa, PhaseTwo phaseTwo, Pieces pieces) {
        this.sa = sa;
        this.phaseTwo = phaseTwo;
        this.pieces = pieces;
    }

    // ---- receiving ----

    /** Takes in a message with a message ID. */
    void receive(EncryptedV1Message message, IkeDatagram datagram, Bytes digest, long nowNanos) {
        int messageId = message.header().messageId();
        Optional<Slot> known = slots.find(messageId);
        if (known.isPresent()) {
            receive(known.get(), message, datagram, digest, nowNanos);
        } else if (slots.isUsed(messageId)) {
            sa.dropped("its message ID was used before", datagram);
        } else if (message.header().is(ExchangeType.INFORMATIONAL)) {
            informational(message, datagram, nowNanos);
        } else if (message.header().is(ExchangeType.QUICK) && sa.isUsable() && slots.hasRoomForPeer()) {
            Slot slot = new Slot(phaseTwo.quickMode(sa, messageId), chain(messageId), newDialogue(), true);
            slots.put(messageId, slot);
            if (receive(slot, message, datagram, digest, nowNanos)) {
                slots.use(messageId);
            } else {
                slots.remove(messageId);
            }
        } else {
            sa.dropped("no such exchange: " + message.header(), datagram);
        }
    }

    /** @return whether it was taken up */
    private boolean receive(Slot slot, EncryptedV1Message message, IkeDatagram datagram, Bytes digest, long nowNanos) {
        if (slot.dialogue.isRepetition(digest)) {
            sa.transmit(slot.dialogue.answer(), nowNanos);
            slot.exchange.repeated(nowNanos);
            return true;
        }
        if (slot.isFinished()) {
            sa.dropped("the exchange is over", datagram);
            return false;
        }
        Optional<CipherChain.Opened> opened = slot.chain.open(message.ciphertext());
        if (opened.isEmpty() || !(message.opened(opened.get().payloads()) instanceof V1Decoded.Ok(V1Message inner))) {
            sa.dropped("it cannot be decrypted", datagram);
            return false;
        }
        Bytes before = slot.chain.lastBlock();
        slot.dialogue.expect();
        // An answer is sealed behind the message that it answers.
        slot.chain.accept(opened.get());
        if (!slot.exchange.receive(inner, nowNanos)) {
            slot.chain.restore(before);
            sa.dropped("its HASH is wrong, or it is not the message that had to come", datagram);
            return false;
        }
        slot.dialogue.accepted(digest);
        sa.heard(datagram, nowNanos);
        return true;
    }

    private void informational(EncryptedV1Message message, IkeDatagram datagram, long nowNanos) {
        Optional<V1Message> inner = open(message, sa.protection());
        if (inner.isEmpty()) {
            sa.dropped("it cannot be decrypted, or its HASH is wrong", datagram);
            return;
        }
        slots.use(message.header().messageId());
        sa.heard(datagram, nowNanos);
        phaseTwo.informational(sa, inner.get(), nowNanos);
    }

    /** An informational message, if it is authentic. */
    static Optional<V1Message> open(EncryptedV1Message message, PhaseOne.Protection by) {
        int messageId = message.header().messageId();
        return by.keys()
                .phaseTwoChain(by.chain(), messageId)
                .open(message.ciphertext())
                .flatMap(opened -> message.opened(opened.payloads()) instanceof V1Decoded.Ok(V1Message inner)
                        ? Optional.of(inner)
                        : Optional.empty())
                .filter(inner -> inner.payloads().getFirst() instanceof HashPayload hash
                        && by.keys().hash1(messageId, inner.octetsBehindFirst()).matches(hash.data()));
    }

    /** Whether one of them is not through: somebody waits for a message. */
    boolean isUnderWay() {
        return slots.all().stream().anyMatch(slot -> !slot.isFinished());
    }

    // ---- sending ----

    int newMessageId() {
        int id = sa.host().random().nextInt();
        while (id == 0 || slots.isUsed(id) || slots.find(id).isPresent()) {
            id = sa.host().random().nextInt();
        }
        return id;
    }

    void begin(int messageId, PhaseTwoExchange exchange, long nowNanos) {
        slots.use(messageId);
        slots.put(messageId, new Slot(exchange, chain(messageId), newDialogue(), false));
        exchange.start(nowNanos);
    }

    void send(
            int messageId,
            ExchangeType type,
            boolean commit,
            List<? extends V1Payload> payloads,
            boolean awaitsAnswer,
            long nowNanos) {
        Slot slot = slots.find(messageId).orElseThrow();
        List<byte[]> datagrams = seal(messageId, type, commit, payloads, slot.chain);
        slot.heardBefore = sa.heardAt();
        slot.dialogue.sent(datagrams, awaitsAnswer, nowNanos);
        sa.transmit(datagrams, nowNanos);
    }

    void finish(int messageId, long nowNanos) {
        slots.finish(messageId, nowNanos + sa.host().config().established().totalNanos());
    }

    void inform(List<? extends V1Payload> payloads, long nowNanos) {
        sa.transmit(informational(payloads, sa.protection()), nowNanos);
    }

    void refuse(int messageId, List<? extends V1Payload> payloads, long nowNanos) {
        List<byte[]> datagrams = informational(payloads, sa.protection());
        slots.find(messageId).ifPresent(slot -> slot.dialogue.sent(datagrams, false, nowNanos));
        sa.transmit(datagrams, nowNanos);
    }

    /** A message of an informational exchange. */
    List<byte[]> informational(List<? extends V1Payload> payloads, PhaseOne.Protection by) {
        int messageId = newMessageId();
        slots.use(messageId);
        List<V1Payload> all = new ArrayList<>();
        all.add(new HashPayload(
                by.keys().hash1(messageId, V1Message.encode(payloads)).body()));
        all.addAll(payloads);
        CipherChain chain = by.keys().phaseTwoChain(by.chain(), messageId);
        return seal(messageId, ExchangeType.INFORMATIONAL, false, all, chain);
    }

    private List<byte[]> seal(
            int messageId, ExchangeType type, boolean commit, List<? extends V1Payload> payloads, CipherChain chain) {
        IsakmpHeader header = IsakmpHeader.of(sa.initiatorCookie(), sa.responderCookie(), type, messageId);
        V1Message message = V1Message.of(commit ? header.withCommit() : header, payloads);
        return pieces.cut(message.encode(Bytes.of(chain.seal(message.octets().toArray()))), type);
    }

    private CipherChain chain(int messageId) {
        PhaseOne.Protection by = sa.protection();
        return by.keys().phaseTwoChain(by.chain(), messageId);
    }

    private Dialogue newDialogue() {
        return new Dialogue(sa.host().config().established());
    }

    // ---- time and end ----

    /** The SA ended. */
    void abort(long nowNanos) {
        slots.abandon().forEach(slot -> slot.exchange.aborted(nowNanos));
    }

    long deadline() {
        return slots.deadline();
    }

    /** Does what is due. */
    void timeout(long nowNanos) {
        if (sa.isUsable()) {
            slots.all().forEach(slot -> timeout(slot, nowNanos));
        }
        slots.forget(nowNanos);
    }

    private void timeout(Slot slot, long nowNanos) {
        if (slot.isFinished() || !sa.isUsable()) {
            return;
        }
        if (slot.exchange.deadline() <= nowNanos) {
            slot.exchange.timeout(nowNanos);
        }
        if (slot.dialogue.dueAt() > nowNanos) {
            return;
        }
        List<byte[]> again = slot.dialogue.repeat(nowNanos);
        if (!again.isEmpty()) {
            sa.audit(
                    AuditEvent.RETRANSMISSION,
                    "sent phase 2 to " + sa.path().remote() + " again, " + slot.dialogue.times() + " times so far");
            sa.transmit(again, nowNanos);
            return;
        }
        slots.remove(slot);
        slot.exchange.unanswered(nowNanos);
        if (sa.heardAt() <= slot.heardBefore && sa.isUsable()) {
            sa.close(
                    CloseCause.peerDead(new Failure(
                            FailureKind.PEER_UNREACHABLE,
                            Optional.empty(),
                            sa.path().remote() + " answered nothing for as long as it was asked for phase 2")),
                    nowNanos);
        }
    }
}

package dev.culvert.ike.v1.quick;

import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.NatTraversal;
import dev.culvert.ike.v1.PhaseTwoExchange;
import dev.culvert.ike.v1.keymat.HashValue;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.HashPayload;
import dev.culvert.ike.v1.message.NatOaPayload;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.proposal.EncapsulationMode;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One side of a quick mode (RFC 2409 §5.5, with the NAT-OA payloads of RFC 3947 §5.2):
 *
 * <pre>
 * HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr] [, NAT-OAi, NAT-OAr]  --&gt;
 *   &lt;--  HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr] [, NAT-OAi, NAT-OAr]
 * HDR*, HASH(3)                                                     --&gt;
 *   &lt;--  [HDR*, HASH(4), N(CONNECTED)]
 * </pre>
 *
 * The fourth message comes where a side set the commit bit (RFC 2408 §3.1): the other one waits for it before it sends on
 * the new SAs. The RFC has it in an informational exchange with the quick mode's message ID, those who use it (z/OS,
 * racoon, Windows) in the quick mode itself; both are taken, and sent as they do.
 */
abstract class QuickMode implements PhaseTwoExchange {
    private static final int NONCE_LENGTH = 32;

    final QuickChildren children;
    final IsakmpSa sa;
    final int messageId;

    QuickMode(QuickChildren children, IsakmpSa sa, int messageId) {
        this.children = children;
        this.sa = sa;
        this.messageId = messageId;
    }

    final IsakmpSa sa() {
        return sa;
    }

    final Bytes newNonce() {
        return Bytes.of(sa.host().random().bytes(NONCE_LENGTH));
    }

    /** Whether the message begins with that HASH. */
    static boolean begins(V1Message message, HashValue hash) {
        return !message.payloads().isEmpty()
                && message.payloads().getFirst() instanceof HashPayload received
                && hash.matches(received.data());
    }

    /** What we say of the lifetime of a child's SAs. */
    static Lifetime lifetime(ChildConfig child) {
        return Lifetime.of(child.lifeTime(), child.lifeBytes());
    }

    final void send(
            HashValue hash, List<? extends V1Payload> payloads, boolean commit, boolean awaitsAnswer, long nowNanos) {
        List<V1Payload> all = new ArrayList<>();
        all.add(new HashPayload(hash.body()));
        all.addAll(payloads);
        sa.send(messageId, ExchangeType.QUICK, commit, all, awaitsAnswer, nowNanos);
    }

    /** Whether the message is the peer's CONNECTED. */
    final boolean isConnected(V1Message message) {
        return begins(message, sa.keys().hash1(messageId, message.octetsBehindFirst()))
                && message.has(NotifyType.CONNECTED);
    }

    /** Whether ESP goes in UDP. */
    final boolean inUdp() {
        return sa.path().ofEsp(sa.tunnel().config().encapsulation()) == Carrier.UDP;
    }

    /** How the SAs of a child in that mode are negotiated on this path (RFC 3947 §5.1). */
    final EncapsulationMode encapsulation(IpsecMode mode) {
        return EncapsulationMode.of(mode, inUdp(), sa.features().natTraversal() == NatTraversal.DRAFT);
    }

    /** RFC 3947 §5.2: in transport mode the peer is told which addresses we see. */
    final List<NatOaPayload> originalAddresses(boolean transport, boolean initiator) {
        NatTraversal nat = sa.features().natTraversal();
        if (!transport || !inUdp() || nat == NatTraversal.NONE) {
            return List.of();
        }
        boolean draft = nat == NatTraversal.DRAFT;
        PeerPath path = sa.path();
        IpAddress ours = path.local().address();
        IpAddress theirs = path.remote().address();
        return List.of(
                NatOaPayload.of(draft, initiator ? ours : theirs), NatOaPayload.of(draft, initiator ? theirs : ours));
    }

    /** Tells the peer that nothing comes of the quick mode, with the initiator's SPI, by which it finds it. */
    final void refuse(NotifyType type, int protocolId, int spiOfInitiator, long nowNanos) {
        sa.refuse(
                messageId, List.of(NotifyPayload.aboutChild(type, protocolId, spiOfInitiator, Bytes.EMPTY)), nowNanos);
    }
}

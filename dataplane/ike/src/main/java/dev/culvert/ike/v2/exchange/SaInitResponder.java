package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.Candidates;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Fragmentation;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaContext;
import dev.culvert.ike.v2.auth.AuthAnnouncements;
import dev.culvert.ike.v2.auth.Authenticator;
import dev.culvert.ike.v2.auth.Handshake;
import dev.culvert.ike.v2.auth.PeerAbilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers IKE_SA_INIT (RFC 7296 §1.2). No state is kept for a request that is refused or sent back for another key
 * exchange; what is kept for one that is accepted costs no exponentiation with the peer's value yet.
 */
public final class SaInitResponder {
    /** The answer, and the half-open SA if there is one now. */
    @SuppressWarnings("ArrayRecordComponent") // handed over at once
    public record Answer(byte[] response, Optional<IkeSa> sa) {}

    private final SaContext context;
    private final IkeDatagram datagram;
    private final IkeMessage request;
    private final Candidates candidates;

    /** @param candidates the tunnels that the addresses allow */
    public SaInitResponder(SaContext context, IkeDatagram datagram, IkeMessage request, Candidates candidates) {
        this.context = context;
        this.datagram = datagram;
        this.request = request;
        this.candidates = candidates;
    }

    public Answer answer(long nowNanos) {
        if (Mobike.refusesNat(request, PeerPath.of(datagram.local(), datagram.remote()))) {
            return refuse(NotifyPayload.of(NotifyType.UNEXPECTED_NAT_DETECTED));
        }
        Optional<SaPayload> offer = request.first(SaPayload.class);
        Optional<KePayload> ke = request.first(KePayload.class);
        Optional<NoncePayload> ni = request.first(NoncePayload.class);
        if (offer.isEmpty() || ke.isEmpty() || ni.isEmpty()) {
            return refuse(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        List<Proposal> configured = candidates.proposals();
        // RFC 9370 §2.2.1: without IKE_INTERMEDIATE there is no place for additional key exchanges.
        List<Proposal> usable = request.has(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED)
                ? configured
                : configured.stream()
                        .flatMap(p -> p.withoutAdditionalKeyExchanges().stream())
                        .toList();
        Optional<Proposals.Agreed> agreed = Proposals.select(offer.get(), usable, SecurityProtocol.IKE);
        if (agreed.isEmpty()) {
            return noProposal(offer.get(), configured, nowNanos);
        }
        IkeSuite suite = IkeSuite.of(agreed.get().chosen());
        KeyExchangeMethod method = suite.keyExchange();
        if (ke.get().method() != method.id()) {
            return refuse(NotifyPayload.invalidKe(method.id()));
        }
        if (ke.get().data().length() != method.publicValueLength()) {
            return refuse(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        return accept(agreed.get(), suite, ke.get(), ni.get(), nowNanos);
    }

    /** A response that asks for a cookie, and costs nothing to make (RFC 7296 §2.6). */
    public static byte[] cookie(IkeMessage request, byte[] cookie) {
        return IkeMessage.of(request.header().reply(), NotifyPayload.of(NotifyType.COOKIE, Bytes.of(cookie)))
                .encode();
    }

    private Answer accept(Proposals.Agreed agreed, IkeSuite suite, KePayload ke, NoncePayload ni, long nowNanos) {
        long localSpi = context.newIkeSpi();
        Bytes nr = Bytes.of(context.random().bytes(SaInitInitiator.NONCE_LENGTH));
        KeyExchange keyExchange = KeyExchange.generate(suite.keyExchange(), context.random());
        NatDetection nat = NatDetection.of(request, datagram.local(), datagram.remote());
        List<Payload> payloads = new ArrayList<>();
        payloads.add(Proposals.answer(agreed, Bytes.EMPTY));
        payloads.add(new KePayload(suite.keyExchange().id(), Bytes.of(keyExchange.publicValue())));
        payloads.add(new NoncePayload(nr));
        if (nat.supported()) {
            payloads.addAll(NatDetection.notifies(
                    request.header().initiatorSpi(),
                    localSpi,
                    datagram.local(),
                    datagram.remote(),
                    candidates.encapsulationForced(),
                    context.random()));
        }
        payloads.addAll(authentication());
        if (!suite.additionalKeyExchanges().isEmpty()) {
            payloads.add(NotifyPayload.of(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED));
        }
        boolean ppk = request.has(NotifyType.USE_PPK) && candidates.postQuantumKeys();
        if (ppk) {
            payloads.add(NotifyPayload.of(NotifyType.USE_PPK));
        }
        if (candidates.childlessAllowed()) {
            payloads.add(NotifyPayload.of(NotifyType.CHILDLESS_IKEV2_SUPPORTED));
        }
        Optional<Fragmentation> fragmentation = fragmentation();
        if (fragmentation.isPresent()) {
            payloads.add(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        }
        byte[] response = new IkeMessage(request.header().reply().withResponderSpi(localSpi), payloads).encode();
        Handshake handshake = new Handshake(
                Bytes.of(datagram.message()), Bytes.of(response), ni.data(), nr, PeerAbilities.of(request));
        IkeSa sa = IkeSa.respond(
                context,
                localSpi,
                request.header().initiatorSpi(),
                PeerPath.of(datagram.carrier(), datagram.local(), datagram.remote())
                        .withNat(nat.localBehindNat(), nat.remoteBehindNat()),
                IntermediateResponder.before(
                        new AuthResponder(candidates, suite, keyExchange, ke.data(), handshake, ppk),
                        suite.additionalKeyExchanges(),
                        handshake),
                response,
                nowNanos);
        fragmentation.ifPresent(sa::fragmentation);
        return new Answer(response, Optional.of(sa));
    }

    /** What the peer is to know for IKE_AUTH, where a tunnel that may be meant has certificates. */
    private List<Payload> authentication() {
        List<AuthConfig> tunnels = candidates.certificates();
        if (tunnels.isEmpty()) {
            return List.of();
        }
        List<Payload> payloads = new ArrayList<>();
        Authenticator.certificateRequest(tunnels).ifPresent(payloads::add);
        if (request.has(NotifyType.SIGNATURE_HASH_ALGORITHMS)) {
            payloads.add(PeerAbilities.hashAlgorithms());
        }
        payloads.add(AuthAnnouncements.of(tunnels));
        return payloads;
    }

    /** How we make fragments, if the initiator takes them: which tunnel it is for shows later. */
    private Optional<Fragmentation> fragmentation() {
        return request.has(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED) ? candidates.fragmentation() : Optional.empty();
    }

    private Answer noProposal(SaPayload offer, List<Proposal> configured, long nowNanos) {
        String message = candidates.isEmpty()
                ? "no tunnel between " + datagram.local() + " and " + datagram.remote()
                : "the IKE proposals of " + datagram.remote() + " are " + Proposals.print(offer) + ", ours are "
                        + ProposalKeywords.print(configured);
        context.audit(
                AuditEvent.PROPOSALS_REJECTED,
                candidates.some().stream().map(c -> c.config().name()).findFirst(),
                Map.of("peer", datagram.remote().toString()),
                message);
        Failure failure =
                new Failure(FailureKind.NO_PROPOSAL_CHOSEN, Optional.of(NotifyType.NO_PROPOSAL_CHOSEN.name()), message);
        candidates.some().forEach(c -> c.rejected(failure, nowNanos));
        return refuse(NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN));
    }

    private Answer refuse(NotifyPayload notify) {
        return new Answer(IkeMessage.of(request.header().reply(), notify).encode(), Optional.empty());
    }
}

package dev.culvert.ike.v1.phase1;

import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.Transform;
import dev.culvert.crypto.TransformType;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.V1Failures;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.auth.PhaseOneAuthenticator.Check;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.keymat.PhaseOneValues;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.KePayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.ProposalPayload;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.proposal.Phase1Proposals;
import dev.culvert.ike.v1.proposal.Phase1Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Aggressive mode of the initiator (RFC 2409 §5.1, §5.4; RFC 3947):
 *
 * <pre>
 * HDR, SA, KE, Ni, IDii, [CERTREQ...], VID...   --&gt;
 *           &lt;--  HDR, SA, KE, Nr, IDir, [CERT...], [CERTREQ...], NAT-D, NAT-D, VID..., HASH_R or SIG_R
 * HDR*, [CERT...], HASH_I or SIG_I, NAT-D, NAT-D, [N(INITIAL-CONTACT)]  --&gt;
 * </pre>
 *
 * Behind a NAT the third message is the first on the NAT port. It goes encrypted, which the RFC leaves open. All transforms
 * that are offered are for the group of the public value.
 */
final class AggressiveInitiator extends InitiatorExchange {
    private final KeyExchangeMethod group;
    private final KeyExchange keyExchange;
    private final Bytes ni;
    private final IdPayload id;
    private final SaPayload offer;

    AggressiveInitiator(IsakmpSa sa, TunnelConfig config, AuthenticationMethod method) {
        super(sa, config, method);
        SaPayload all = Phase1Proposals.offer(config.ikeProposals(), method, lifetime);
        this.group = Phase1Proposals.accept(first(all), config.ikeProposals(), method)
                .orElseThrow()
                .suite()
                .keyExchange();
        this.offer = Phase1Proposals.offer(ofGroup(config.ikeProposals(), group), method, lifetime);
        this.keyExchange = KeyExchange.generate(group, sa.host().random());
        this.ni = nonce(sa);
        this.id = Proving.identity(config.local());
    }

    /** What would be chosen by who takes the first transform. */
    private static SaPayload first(SaPayload all) {
        var proposal = all.proposals().getFirst();
        return new SaPayload(List.of(new ProposalPayload(
                proposal.number(),
                proposal.protocolId(),
                proposal.spi(),
                List.of(proposal.transforms().getFirst()))));
    }

    private static List<Proposal> ofGroup(List<Proposal> proposals, KeyExchangeMethod group) {
        return proposals.stream()
                .filter(p -> p.keyExchangeMethods().contains(group))
                .map(p -> new Proposal(
                        p.protocol(),
                        p.transforms().stream()
                                .filter(t -> !t.is(TransformType.KEY_EXCHANGE) || t.equals(Transform.of(group)))
                                .toList()))
                .toList();
    }

    @Override
    public void start(long nowNanos) {
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(offer);
        payloads.add(new KePayload(Bytes.of(keyExchange.publicValue())));
        payloads.add(new NoncePayload(ni));
        payloads.add(id);
        payloads.addAll(Proving.certificateRequests(List.of(config.auth())));
        payloads.addAll(Extensions.offered(takesFragments()));
        sa.sendFirst(ExchangeType.AGGRESSIVE, payloads, true, nowNanos);
    }

    @Override
    public boolean receive(V1Decoded message, IkeDatagram datagram, long nowNanos) {
        if (message instanceof V1Decoded.Ok(V1Message clear) && isAnswer(clear)) {
            return answered(clear, datagram, nowNanos);
        }
        return drop("not the message of aggressive mode that had to come", datagram);
    }

    private static boolean isAnswer(V1Message message) {
        return message.header().is(ExchangeType.AGGRESSIVE) && message.header().responderCookie() != 0;
    }

    private boolean answered(V1Message message, IkeDatagram datagram, long nowNanos) {
        Optional<SaPayload> answer = message.first(SaPayload.class);
        Optional<KePayload> ke = message.first(KePayload.class);
        Optional<NoncePayload> nr = message.first(NoncePayload.class);
        Optional<IdPayload> peerId = identification(message);
        Optional<Identity> identity = peerId.flatMap(Proving::identity);
        if (answer.isEmpty() || ke.isEmpty() || nr.isEmpty() || peerId.isEmpty() || identity.isEmpty()) {
            return drop("payloads are missing", datagram);
        }
        Optional<Phase1Terms> terms = accept(answer.get()).filter(t -> t.suite().keyExchange() == group);
        if (terms.isEmpty()) {
            return trouble(notOffered(answer.get()), datagram, nowNanos);
        }
        PhaseOneValues values = new PhaseOneValues(
                sa.initiatorCookie(),
                message.header().responderCookie(),
                Bytes.of(keyExchange.publicValue()),
                ke.get().data(),
                ni,
                nr.get().data(),
                Proving.body(offer));
        Optional<IsakmpKeys> keys = derive(terms.get(), keyExchange, values);
        if (keys.isEmpty()) {
            return trouble(badPublicValue(), datagram, nowNanos);
        }
        Proving proving = new Proving(method, values, keys.get());
        Check check = proving.check(config.auth().remote(), false, message.body(peerId.get()), identity.get(), message);
        Optional<Failure> failure = verdict(check, identity.get());
        if (failure.isPresent() && isDoubtful(check)) {
            keys.get().close();
            return trouble(failure.get(), datagram, nowNanos);
        }
        sa.responderCookie(message.header().responderCookie());
        sa.features(Extensions.features(message, takesFragments()));
        learnAddress(datagram);
        Protection protection = new Protection(keys.get(), keys.get().phaseOneChain(values));
        NatDiscovery nat =
                NatDiscovery.of(sa, message, terms.get().suite().prf().hash(), datagram.local(), datagram.remote());
        // RFC 3947 §3.2: the hashes are of the addresses before the ports change.
        List<V1Payload> discovery = NatDiscovery.payloads(
                sa,
                terms.get().suite().prf().hash(),
                sa.path().local(),
                sa.path().remote(),
                forced());
        sa.path(nat.floated(sa, sa.path(), forced()));
        if (failure.isPresent() || !(check instanceof Check.Verified(var peer))) {
            reject(failure.orElseThrow(), protection, nowNanos);
            keys.get().close();
            return true;
        }
        List<V1Payload> payloads = new ArrayList<>(proof(proving, id, false));
        payloads.addAll(discovery);
        initialContact().ifPresent(payloads::add);
        sa.sendFirst(ExchangeType.AGGRESSIVE, payloads, protection.chain(), false, nowNanos);
        sa.established(
                sa.tunnel(),
                peer,
                protection,
                terms.get().lifetime().min(lifetime).time(),
                nowNanos);
        return true;
    }

    @Override
    public Optional<Failure> problem() {
        return super.problem()
                .or(() -> Optional.of(V1Failures.of(
                        FailureKind.PEER_UNREACHABLE,
                        peer()
                                + " does not answer aggressive mode: is the address right, do UDP 500 and 4500 pass both"
                                + " ways, and does the peer have a tunnel of IKEv1 in aggressive mode for "
                                + config.local() + "?")));
    }

    @Override
    public Optional<Protection> protection() {
        return Optional.empty();
    }

    @Override
    public void close() {
        keyExchange.close();
    }
}

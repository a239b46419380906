package dev.culvert.ike.v1.phase1;

import dev.culvert.crypto.Proposal;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.Phase1Mode;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaHost;
import dev.culvert.ike.v1.IkeV1;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.PhaseOne;
import dev.culvert.ike.v1.V1Failures;
import dev.culvert.ike.v1.V1Tunnel;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.ike.v1.proposal.Phase1Proposals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who answers a first message, if anybody does: the tunnels between these addresses that one of the offered transforms is
 * good for. In aggressive mode also the identity decides, and only tunnels take part that ask for that mode by name: with a
 * pre-shared key it gives everybody who listens, or asks, something to guess the key with.
 */
public final class Responders {
    /** Of so many tunnels at most it is said that they were asked for in vain. */
    private static final int TOLD = 16;

    private final SaHost host;
    private final IkeV1 world;
    private final List<V1Tunnel> candidates;

    /** @param candidates tunnels that somebody at that address may ask for, at least one */
    public Responders(SaHost host, IkeV1 world, List<V1Tunnel> candidates) {
        this.host = host;
        this.world = world;
        this.candidates = candidates;
    }

    /** What a tunnel accepts: one choice for each of these, though there may be thousands of tunnels. */
    private record Terms(List<Proposal> proposals, AuthenticationMethod method) {}

    /**
     * What was chosen.
     *
     * @param tunnels those that it is good for
     */
    record Choice(Phase1Proposals.Agreed agreed, List<V1Tunnel> tunnels) {
        boolean takesFragments() {
            return tunnels.stream().anyMatch(t -> t.config().fragmentation().isOffered());
        }

        boolean encapsulationForced() {
            return tunnels.stream().anyMatch(t -> t.config().encapsulation() == Encapsulation.ALWAYS);
        }

        List<AuthConfig> auths() {
            return tunnels.stream().map(t -> t.config().auth()).distinct().toList();
        }
    }

    /** Answers a first message, once or never; returns the SA that it made. */
    public Optional<IsakmpSa> answer(V1Message message, IkeDatagram datagram, long nowNanos) {
        Optional<SaPayload> offer = message.first(SaPayload.class);
        if (offer.isEmpty()) {
            world.dropped("no SA payload", datagram);
            return Optional.empty();
        }
        return message.header().is(ExchangeType.MAIN)
                ? main(message, offer.get(), datagram, nowNanos)
                : aggressive(message, offer.get(), datagram, nowNanos);
    }

    private Optional<IsakmpSa> main(V1Message message, SaPayload offer, IkeDatagram datagram, long nowNanos) {
        Optional<Choice> choice = choose(offer, candidates);
        if (choice.isEmpty()) {
            return noProposal(message, offer, candidates, datagram, nowNanos);
        }
        IsakmpSa sa = newSa(message, datagram, nowNanos);
        return begin(sa, new MainResponder(sa, world, choice.get()), message, datagram, nowNanos);
    }

    private Optional<IsakmpSa> aggressive(V1Message message, SaPayload offer, IkeDatagram datagram, long nowNanos) {
        Optional<Identity> identity = message.first(IdPayload.class).flatMap(Proving::identity);
        if (identity.isEmpty()) {
            world.dropped("no identity", datagram);
            return Optional.empty();
        }
        List<V1Tunnel> named = candidates.stream()
                .filter(t -> t.config().remote().equals(identity.get()))
                .toList();
        if (named.isEmpty()) {
            return refuse(
                    message,
                    NotifyType.AUTHENTICATION_FAILED,
                    AuditEvent.AUTHENTICATION_FAILED,
                    V1Failures.of(
                            FailureKind.AUTHENTICATION_FAILED,
                            datagram.remote() + " says that it is " + identity.get() + ", which no tunnel's peer is"),
                    candidates,
                    datagram,
                    nowNanos);
        }
        List<V1Tunnel> willing = named.stream()
                .filter(t -> t.config().phase1Mode() == Phase1Mode.AGGRESSIVE)
                .toList();
        if (willing.isEmpty()) {
            return refuse(
                    message,
                    NotifyType.UNSUPPORTED_EXCHANGE_TYPE,
                    AuditEvent.REQUEST_REJECTED,
                    V1Failures.of(
                            FailureKind.REFUSED_BY_PEER,
                            datagram.remote() + " asks for aggressive mode, which the tunnel does not have"
                                    + " (ike.mode: Aggressive): let it use main mode"),
                    named,
                    datagram,
                    nowNanos);
        }
        Optional<Choice> choice = choose(offer, willing);
        if (choice.isEmpty()) {
            return noProposal(message, offer, willing, datagram, nowNanos);
        }
        IsakmpSa sa = newSa(message, datagram, nowNanos);
        return begin(sa, new AggressiveResponder(sa, choice.get(), identity.get()), message, datagram, nowNanos);
    }

    private IsakmpSa newSa(V1Message message, IkeDatagram datagram, long nowNanos) {
        return world.newResponder(
                message.header().initiatorCookie(), PeerPath.of(datagram.local(), datagram.remote()), nowNanos);
    }

    private static Optional<IsakmpSa> begin(
            IsakmpSa sa, PhaseOne exchange, V1Message message, IkeDatagram datagram, long nowNanos) {
        sa.begin(exchange, nowNanos);
        sa.receive(new V1Decoded.Ok(message), datagram, nowNanos);
        return Optional.of(sa);
    }

    private static Optional<Choice> choose(SaPayload offer, List<V1Tunnel> tunnels) {
        Map<Terms, Boolean> judged = new HashMap<>();
        Optional<Phase1Proposals.Agreed> agreed = Optional.empty();
        List<V1Tunnel> suitable = new ArrayList<>();
        for (V1Tunnel tunnel : tunnels) {
            Optional<Terms> terms = terms(tunnel.config());
            if (terms.isEmpty()) {
                continue;
            }
            if (agreed.isEmpty() && !judged.containsKey(terms.get())) {
                agreed = Phase1Proposals.select(
                        offer, terms.get().proposals(), terms.get().method());
                judged.put(terms.get(), agreed.isPresent());
            }
            Optional<Phase1Proposals.Agreed> chosen = agreed;
            boolean suits = chosen.isPresent()
                    && judged.computeIfAbsent(
                            terms.get(),
                            t -> Phase1Proposals.accept(chosen.get().answer(), t.proposals(), t.method())
                                    .isPresent());
            if (suits) {
                suitable.add(tunnel);
            }
        }
        return agreed.map(a -> new Choice(a, suitable));
    }

    private static Optional<Terms> terms(TunnelConfig config) {
        return AuthenticationMethod.of(config.auth()).map(method -> new Terms(config.ikeProposals(), method));
    }

    // ---- refusing ----

    private Optional<IsakmpSa> noProposal(
            V1Message message, SaPayload offer, List<V1Tunnel> asked, IkeDatagram datagram, long nowNanos) {
        Set<String> ours = new LinkedHashSet<>();
        for (V1Tunnel tunnel : asked.subList(0, Math.min(TOLD, asked.size()))) {
            if (Initiators.obstacle(tunnel.config()).isEmpty()) {
                terms(tunnel.config())
                        .ifPresent(t -> ours.add(Phase1Proposals.describe(
                                t.proposals(), t.method(), Lifetime.of(V1Tunnel.longestLife(tunnel.config()), 0))));
            }
        }
        String theirs = Phase1Proposals.describe(offer);
        return refuse(
                message,
                NotifyType.NO_PROPOSAL_CHOSEN,
                AuditEvent.PROPOSALS_REJECTED,
                new Failure(
                        FailureKind.NO_PROPOSAL_CHOSEN,
                        Optional.of(NotifyType.NO_PROPOSAL_CHOSEN.notation()),
                        "the IKE proposals of " + datagram.remote() + " are " + theirs + ", ours are "
                                + ours.stream().collect(Collectors.joining(", "))),
                asked,
                datagram,
                nowNanos);
    }

    /** One short answer, and no state. */
    private Optional<IsakmpSa> refuse(
            V1Message message,
            NotifyType notify,
            AuditEvent event,
            Failure failure,
            List<V1Tunnel> asked,
            IkeDatagram datagram,
            long nowNanos) {
        List<V1Tunnel> told = asked.subList(0, Math.min(TOLD, asked.size()));
        host.audit(
                event,
                told.stream().map(t -> t.config().name()).findFirst(),
                Map.of("peer", datagram.remote().toString()),
                failure.message());
        told.forEach(t -> t.troubled(failure, nowNanos));
        IsakmpHeader header = IsakmpHeader.of(
                message.header().initiatorCookie(),
                0,
                ExchangeType.INFORMATIONAL,
                host.random().nextInt());
        V1Message answer = V1Message.of(header, List.of(NotifyPayload.of(notify, ProtocolId.ISAKMP)));
        host.emit(Output.Transmit.answer(datagram, answer.encode()));
        return Optional.empty();
    }
}

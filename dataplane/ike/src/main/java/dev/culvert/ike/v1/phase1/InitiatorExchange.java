package dev.culvert.ike.v1.phase1;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.V1Failures;
import dev.culvert.ike.v1.V1Tunnel;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.auth.PhaseOneAuthenticator.Check;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.keymat.PhaseOneValues;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.ike.v1.proposal.Phase1Proposals;
import dev.culvert.ike.v1.proposal.Phase1Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the initiator does in both modes. */
abstract class InitiatorExchange extends PhaseOneExchange {
    final TunnelConfig config;
    final AuthenticationMethod method;
    final Lifetime lifetime;

    InitiatorExchange(IsakmpSa sa, TunnelConfig config, AuthenticationMethod method) {
        super(sa);
        this.config = config;
        this.method = method;
        this.lifetime = Lifetime.of(V1Tunnel.longestLife(config), 0);
    }

    boolean takesFragments() {
        return config.fragmentation().isOffered();
    }

    boolean forced() {
        return config.encapsulation() == Encapsulation.ALWAYS;
    }

    /** The peer's choice, if it is one of what was offered. */
    Optional<Phase1Terms> accept(SaPayload answer) {
        return Phase1Proposals.accept(answer, config.ikeProposals(), method);
    }

    Failure notOffered(SaPayload answer) {
        return V1Failures.of(
                FailureKind.NO_PROPOSAL_CHOSEN,
                peer() + " answered with an IKE proposal that we did not make: " + Phase1Proposals.describe(answer)
                        + " to our " + ours());
    }

    private String ours() {
        return Phase1Proposals.describe(config.ikeProposals(), method, lifetime);
    }

    @Override
    Failure meaning(NotifyPayload notify) {
        if (V1Failures.kindOf(notify) == FailureKind.NO_PROPOSAL_CHOSEN) {
            return V1Failures.notified(
                    notify,
                    FailureKind.NO_PROPOSAL_CHOSEN,
                    peer() + " answered " + V1Failures.name(notify) + ": it accepts none of our IKE proposals " + ours()
                            + "; make one of them, with its authentication, equal to one of the peer's");
        }
        return super.meaning(notify);
    }

    /** Our address, as soon as an answer shows it. */
    void learnAddress(IkeDatagram datagram) {
        if (sa.path().local().address().isAny()) {
            sa.path(sa.path()
                    .between(
                            datagram.local().withPort(sa.path().local().port()),
                            sa.path().remote()));
        }
    }

    /** The keys of the SA; empty if the peer's public value must not be used. */
    Optional<IsakmpKeys> derive(Phase1Terms terms, KeyExchange keyExchange, PhaseOneValues values) {
        try (SecretBytes gxy = keyExchange.agree(values.gxr().toArray())) {
            IsakmpKeys keys =
                    switch (config.auth().local()) {
                        case AuthConfig.Local.PreSharedKey(SecretBytes secret) ->
                            IsakmpKeys.forPreSharedKey(terms.suite(), secret, gxy, values);
                        case AuthConfig.Local.Certificate certificate ->
                            IsakmpKeys.forSignatures(terms.suite(), gxy, values);
                    };
            sa.logKeys(keys);
            return Optional.of(keys);
        } catch (InvalidPublicValueException e) {
            return Optional.empty();
        }
    }

    Failure badPublicValue() {
        return protocol(peer() + " sent a public value that must not be used");
    }

    /** Our identity with certificates, what is asked of the peer, and our proof. */
    List<V1Payload> proof(Proving proving, IdPayload id, boolean withRequest) {
        List<V1Payload> proof = proving.prove(config.auth().local(), true, id);
        List<V1Payload> payloads = new ArrayList<>(proof.subList(0, proof.size() - 1));
        if (withRequest) {
            payloads.addAll(Proving.certificateRequests(List.of(config.auth())));
        }
        payloads.add(proof.getLast());
        return payloads;
    }

    /** INITIAL-CONTACT, if it is true. */
    Optional<NotifyPayload> initialContact() {
        return sa.tunnel().isOnlyContact(sa)
                ? Optional.of(NotifyPayload.ofIsakmp(NotifyType.INITIAL_CONTACT, sa.cookies(), Bytes.EMPTY))
                : Optional.empty();
    }

    /** What the check of the peer's proof leads to, if not to the SA. */
    Optional<Failure> verdict(Check check, Identity identity) {
        return switch (check) {
            case Check.Verified verified when verified.peer().identity().equals(config.remote()) -> Optional.empty();
            case Check.Verified verified ->
                Optional.of(Proving.wrongIdentity(peer(), verified.peer().identity(), config));
            case Check.Failed(String why) -> Optional.of(Proving.badProof(peer(), identity, why));
            case Check.Undecided undecided ->
                Optional.of(V1Failures.of(
                        FailureKind.AUTHENTICATION_FAILED,
                        "whether the certificate of " + peer() + " was revoked is not known yet"));
        };
    }

    /** Whether a failed check says nothing for sure: somebody without keys may have sent that. */
    boolean isDoubtful(Check check) {
        return check instanceof Check.Undecided || (check instanceof Check.Failed && !method.isSignature());
    }

    static Optional<IdPayload> identification(V1Message message) {
        return message.first(IdPayload.class);
    }
}

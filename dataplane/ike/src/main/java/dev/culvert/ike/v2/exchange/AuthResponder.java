package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.Candidates;
import dev.culvert.ike.endpoint.Childless;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IdPayload;
import dev.culvert.ike.message.IdiPayload;
import dev.culvert.ike.message.IdrPayload;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.HalfOpen;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.sa.SaOwner;
import dev.culvert.ike.v2.auth.Authenticator;
import dev.culvert.ike.v2.auth.Handshake;
import dev.culvert.ike.v2.auth.VerifiedPeer;
import dev.culvert.ike.v2.keymat.IkeKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * IKE_AUTH of the responder (RFC 7296 §1.2, §2.15). Whatever is wrong with the peer's identity or
 * AUTH, the answer is the same AUTHENTICATION_FAILED (§2.21.2); what it was stands in the audit record.
 */
final class AuthResponder implements HalfOpen {
    private final Candidates candidates;
    private final IkeSuite suite;
    private final KeyExchange keyExchange;
    private final Bytes peerPublicValue;
    private final Handshake handshake;
    private final boolean ppkNegotiated;

    /** @param ppkNegotiated whether both sides said USE_PPK */
    AuthResponder(
            Candidates candidates,
            IkeSuite suite,
            KeyExchange keyExchange,
            Bytes peerPublicValue,
            Handshake handshake,
            boolean ppkNegotiated) {
        this.candidates = candidates;
        this.suite = suite;
        this.keyExchange = keyExchange;
        this.peerPublicValue = peerPublicValue;
        this.handshake = handshake;
        this.ppkNegotiated = ppkNegotiated;
    }

    @Override
    public Optional<SaKeys> deriveKeys(IkeSa sa) {
        try (SecretBytes secret = keyExchange.agree(peerPublicValue.toArray())) {
            IkeKeys keys = IkeKeys.initial(
                    suite,
                    secret,
                    handshake.ni().toArray(),
                    handshake.nr().toArray(),
                    sa.initiatorSpi(),
                    sa.responderSpi());
            return Optional.of(new SaKeys(suite, keys, false, sa.context().random()));
        } catch (InvalidPublicValueException e) {
            return Optional.empty();
        } finally {
            keyExchange.close();
        }
    }

    @Override
    public ExchangeType awaited() {
        return ExchangeType.IKE_AUTH;
    }

    @Override
    public List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        Optional<IdiPayload> idi = request.first(IdiPayload.class);
        Optional<AuthPayload> auth = request.first(AuthPayload.class);
        if (idi.isEmpty()) {
            sa.close(CloseCause.of(CloseCause.Kind.FAILED), nowNanos);
            return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        Identity peer = identity(idi.get());
        Optional<Identity> wanted = request.first(IdrPayload.class).map(AuthResponder::identity);
        Optional<SaOwner> owner = candidates.find(peer, wanted);
        if (auth.isEmpty()) {
            return refuse(sa, owner, peer, "it asks for EAP, which is not configured", nowNanos);
        }
        // Without a tunnel, a secret of nothing takes as long to fail.
        AuthConfig.Remote how = owner.map(o -> o.config().auth().remote())
                .orElseGet(() -> new AuthConfig.Remote.PreSharedKey(SecretBytes.empty()));
        PpkResponder ppk = PpkResponder.choose(
                ppkNegotiated, owner.flatMap(o -> o.config().postQuantumKey()), request, auth.get(), sa.keys());
        Handshake signed = handshake.withIntAuth(sa.intAuth(request.header().messageId()));
        Authenticator.Check check =
                switch (ppk) {
                    case PpkResponder.Mixed(SaKeys mixed) ->
                        new Authenticator(signed, mixed).check(how, true, idi.get(), request);
                    case PpkResponder.Plain(AuthPayload plain) ->
                        new Authenticator(signed, sa.keys()).check(how, true, idi.get(), with(request, plain));
                    case PpkResponder.Refused(String why) -> new Authenticator.Check.Failed(why);
                };
        if (owner.isEmpty()) {
            return refuse(
                    sa,
                    owner,
                    peer,
                    "no tunnel with that remote identity"
                            + wanted.map(w -> " and local identity " + w).orElse("") + "; there are " + identities(),
                    nowNanos);
        }
        return switch (check) {
            case Authenticator.Check.Undecided undecided -> List.of();
            case Authenticator.Check.Failed(String why) -> refuse(sa, owner, peer, why, nowNanos);
            case Authenticator.Check.Verified(VerifiedPeer verified) ->
                allows(owner.get().config())
                        ? verified(sa, request, owner.get(), verified, signed, ppk, nowNanos)
                        : refuse(sa, owner, peer, suite.keywords() + " is not among the tunnel's proposals", nowNanos);
        };
    }

    private List<Payload> verified(
            IkeSa sa,
            IkeMessage request,
            SaOwner owner,
            VerifiedPeer verified,
            Handshake signed,
            PpkResponder ppk,
            long nowNanos) {
        boolean childless = request.first(SaPayload.class).isEmpty();
        if (owner.config().childless() == Childless.FORCE && !childless) {
            return refuseChild(sa, owner, verified.identity(), nowNanos);
        }
        if (ppk instanceof PpkResponder.Mixed(SaKeys mixed)) {
            sa.keysMixed(mixed);
        }
        return accept(sa, request, owner, verified, signed, ppk instanceof PpkResponder.Mixed, nowNanos);
    }

    private List<Payload> accept(
            IkeSa sa,
            IkeMessage request,
            SaOwner owner,
            VerifiedPeer verified,
            Handshake signed,
            boolean ppk,
            long nowNanos) {
        IdrPayload idr =
                new IdrPayload(AuthInitiator.identification(owner.config().local()));
        Optional<List<Payload>> proof = new Authenticator(signed, sa.keys())
                .prove(owner.config().auth().local(), handshake.peer().with(request), false, idr);
        if (proof.isEmpty()) {
            return refuse(
                    sa,
                    Optional.of(owner),
                    verified.identity(),
                    Failures.noSignature(owner.config()).message(),
                    nowNanos);
        }
        List<Payload> payloads = new ArrayList<>();
        payloads.add(idr);
        payloads.addAll(proof.get());
        if (ppk) {
            payloads.add(NotifyPayload.of(NotifyType.PPK_IDENTITY));
        }
        CrashToken.of(sa).ifPresent(payloads::add);
        CrashToken.remember(sa, request);
        if (request.has(NotifyType.IKEV2_MESSAGE_ID_SYNC_SUPPORTED)) {
            payloads.add(NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC_SUPPORTED));
            sa.messageIdSyncAgreed();
        }
        Mobike.introduced(sa, request, owner.config().mobike());
        if (sa.mobility().agreed()) {
            payloads.addAll(Mobike.introduction(sa));
        }
        sa.established(verified, owner, nowNanos);
        if (request.has(NotifyType.INITIAL_CONTACT)) {
            owner.initialContact(sa, nowNanos);
        }
        if (request.first(SaPayload.class).isEmpty() && owner.config().childless() != Childless.NEVER) {
            return payloads;
        }
        switch (ChildAnswer.to(sa, request, true, Optional.empty())) {
            case ChildAnswer.Refused(NotifyPayload notify) -> payloads.add(notify);
            case ChildAnswer.Agreed agreed -> {
                payloads.addAll(agreed.termsPayloads());
                payloads.addAll(agreed.selectors());
                agreed.terms()
                        .install(
                                sa,
                                new ChildTerms.KeyInputs(false, Optional.empty(), handshake.ni(), handshake.nr()),
                                Optional.empty(),
                                owner.mayUse(sa, agreed.terms().config().name(), false),
                                nowNanos);
            }
        }
        return payloads;
    }

    /** The request with another AUTH payload. */
    private static IkeMessage with(IkeMessage request, AuthPayload auth) {
        return new IkeMessage(
                request.header(),
                request.payloads().stream()
                        .map(payload -> payload instanceof AuthPayload ? auth : payload)
                        .toList());
    }

    /** As strongSwan does with {@code childless = force}. */
    private static List<Payload> refuseChild(IkeSa sa, SaOwner owner, Identity peer, long nowNanos) {
        Failure failure = Failures.protocol(peer + " at " + sa.path().remote()
                + " begins with a child SA, but the tunnel demands an IKE SA without" + " (childless: Force)");
        sa.audit(
                AuditEvent.PROPOSALS_REJECTED, Map.of("peer", sa.path().remote().toString()), failure.message());
        owner.rejected(failure, nowNanos);
        sa.close(CloseCause.failed(failure), nowNanos);
        return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
    }

    private List<Payload> refuse(IkeSa sa, Optional<SaOwner> owner, Identity peer, String why, long nowNanos) {
        String message = "authentication of " + peer + " at " + sa.path().remote() + " failed: " + why;
        sa.context()
                .audit(
                        AuditEvent.AUTHENTICATION_FAILED,
                        owner.map(o -> o.config().name()),
                        Map.of("peer", sa.path().remote().toString(), "identity", peer.toString()),
                        message);
        Failure failure = new Failure(
                FailureKind.AUTHENTICATION_FAILED, Optional.of(NotifyType.AUTHENTICATION_FAILED.name()), message);
        owner.map(List::of).orElse(candidates.some()).forEach(o -> o.rejected(failure, nowNanos));
        sa.close(CloseCause.failed(failure), nowNanos);
        return List.of(NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED));
    }

    private boolean allows(TunnelConfig config) {
        return Proposals.allows(config.ikeProposals(), suite);
    }

    private String identities() {
        return candidates.some().stream()
                .map(c -> c.config().remote() + " (local " + c.config().local() + ")")
                .toList()
                .toString();
    }

    private static Identity identity(IdPayload id) {
        return Identity.of(
                id.identification().typeId(), id.identification().data().toArray());
    }
}

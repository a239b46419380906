package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.PostQuantumKey;
import dev.culvert.ike.endpoint.Retransmission;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.Identification;
import dev.culvert.ike.message.IdiPayload;
import dev.culvert.ike.message.IdrPayload;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.IkeSaState;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.auth.AuthAnnouncements;
import dev.culvert.ike.v2.auth.Authenticator;
import dev.culvert.ike.v2.auth.Handshake;
import dev.culvert.ike.v2.auth.VerifiedPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * IKE_AUTH of the initiator (RFC 7296 §1.2, §2.15); CERT where we have a certificate, CERTREQ where the peer has to:
 *
 * <pre>
 * HDR, SK {IDi, [CERT+,] [N(INITIAL_CONTACT),] [CERTREQ, N(SUPPORTED_AUTH_METHODS),] IDr, AUTH,
 *          [N(PPK_IDENTITY), [N(NO_PPK_AUTH),]] [SAi2, TSi, TSr]}  --&gt;
 *                         &lt;--  HDR, SK {IDr, [CERT+,] AUTH, [N(PPK_IDENTITY),] [SAr2, TSi, TSr]}
 * </pre>
 */
final class AuthInitiator implements Exchange {
    private final TunnelConfig config;
    private final Handshake handshake;
    private final Optional<PostQuantumKey> postQuantumKey;
    private final boolean peerAllowsChildless;
    private @Nullable ChildOffer offer;
    private Optional<PpkInitiator> ppk = Optional.empty();

    /**
     * @param postQuantumKey ours, if the peer has one too
     * @param peerAllowsChildless whether it understands an IKE_AUTH without child SA (RFC 6023)
     */
    AuthInitiator(
            TunnelConfig config,
            Handshake handshake,
            Optional<PostQuantumKey> postQuantumKey,
            boolean peerAllowsChildless) {
        this.config = config;
        this.handshake = handshake;
        this.postQuantumKey = postQuantumKey;
        this.peerAllowsChildless = peerAllowsChildless;
    }

    @Override
    public ExchangeType type() {
        return ExchangeType.IKE_AUTH;
    }

    @Override
    public Retransmission schedule(EndpointConfig endpoint) {
        return endpoint.initial();
    }

    @Override
    public Optional<List<Payload>> request(IkeSa sa, long nowNanos) {
        IdiPayload idi = new IdiPayload(identification(config.local()));
        ppk = postQuantumKey.map(key -> PpkInitiator.of(key, sa.keys()));
        Optional<List<Payload>> proof = proof(sa, ppk.map(PpkInitiator::mixed).orElseGet(sa::keys), idi);
        if (proof.isEmpty()) {
            sa.close(CloseCause.failed(Failures.noSignature(config)), nowNanos);
            return Optional.empty();
        }
        List<Payload> payloads = new ArrayList<>();
        payloads.add(idi);
        if (sa.owner().isOnlyContact(sa)) {
            payloads.add(NotifyPayload.of(NotifyType.INITIAL_CONTACT));
        }
        if (config.auth().hasCertificates()) {
            Authenticator.certificateRequest(List.of(config.auth())).ifPresent(payloads::add);
            payloads.add(AuthAnnouncements.of(List.of(config.auth())));
        }
        payloads.add(new IdrPayload(identification(config.remote())));
        payloads.addAll(proof.get());
        ppk.ifPresent(mixing -> payloads.addAll(mixing.notifies(() -> plainAuth(sa, mixing, idi))));
        CrashToken.of(sa).ifPresent(payloads::add);
        payloads.add(NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC_SUPPORTED));
        if (config.mobike()) {
            payloads.addAll(Mobike.introduction(sa));
        }
        if (!childless(sa)) {
            payloads.addAll(child(sa));
        }
        return Optional.of(payloads);
    }

    private Optional<List<Payload>> proof(IkeSa sa, SaKeys keys, IdiPayload idi) {
        return authenticator(sa, keys, sa.requestMessageId())
                .prove(config.auth().local(), handshake.peer(), true, idi);
    }

    /** The Authentication Data without the post-quantum pre-shared key. */
    private Bytes plainAuth(IkeSa sa, PpkInitiator mixing, IdiPayload idi) {
        return proof(sa, mixing.plain(), idi).stream()
                .flatMap(List::stream)
                .filter(AuthPayload.class::isInstance)
                .map(payload -> ((AuthPayload) payload).data())
                .findFirst()
                .orElse(Bytes.EMPTY);
    }

    /** Whether the IKE SA begins without a child SA. */
    private boolean childless(IkeSa sa) {
        return peerAllowsChildless
                && switch (config.childless()) {
                    case PREFER, FORCE -> true;
                    case ALLOW -> !sa.owner().wantsChild();
                    case NEVER -> false;
                };
    }

    private List<Payload> child(IkeSa sa) {
        ChildRequest child = sa.owner().firstChild(sa);
        ChildConfig childConfig =
                config.child(child.name()).orElseGet(() -> config.children().getFirst());
        ChildOffer newOffer = ChildOffer.inAuth(childConfig, child, sa.context().newChildSpi());
        offer = newOffer;
        List<Payload> payloads = new ArrayList<>(newOffer.terms());
        payloads.addAll(newOffer.selectors());
        return payloads;
    }

    @Override
    public boolean isPremature(IkeSa sa, IkeMessage response) {
        return Authenticator.isUndecided(config.auth().remote(), response);
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {
        if (sa.state() != IkeSaState.AUTHENTICATING) {
            releaseSpi(sa);
            return;
        }
        Optional<IdrPayload> idr = response.first(IdrPayload.class);
        Optional<AuthPayload> auth = response.first(AuthPayload.class);
        if (idr.isEmpty() || auth.isEmpty()) {
            releaseSpi(sa);
            sa.close(CloseCause.failed(refusal(sa, response)), nowNanos);
            return;
        }
        Identity named = Identity.of(
                idr.get().identification().typeId(),
                idr.get().identification().data().toArray());
        if (!named.equals(config.remote())) {
            authenticationFailed(
                    sa, "the peer identifies itself as " + named + ", expected is " + config.remote(), nowNanos);
            return;
        }
        Optional<PpkInitiator> mixed = ppk.filter(o -> response.has(NotifyType.PPK_IDENTITY));
        if (mixed.isEmpty() && ppk.filter(o -> o.key().required()).isPresent()) {
            authenticationFailed(
                    sa, Failures.withoutPpk(sa.path().remote().toString()).message(), nowNanos);
            return;
        }
        SaKeys keys = mixed.map(PpkInitiator::mixed).orElseGet(sa::keys);
        Authenticator.Check check = authenticator(sa, keys, response.header().messageId())
                .check(config.auth().remote(), false, idr.get(), response);
        switch (check) {
            case Authenticator.Check.Verified(VerifiedPeer verified) -> {
                if (mixed.isPresent()) {
                    sa.keysMixed(keys);
                }
                CrashToken.remember(sa, response);
                if (response.has(NotifyType.IKEV2_MESSAGE_ID_SYNC_SUPPORTED)) {
                    sa.messageIdSyncAgreed();
                }
                Mobike.introduced(sa, response, config.mobike());
                sa.established(verified, sa.owner(), nowNanos);
                finishChild(sa, response, nowNanos);
            }
            case Authenticator.Check.Failed(String why) ->
                authenticationFailed(sa, "the authentication of " + named + " is wrong: " + why, nowNanos);
            case Authenticator.Check.Undecided undecided ->
                // decided a moment ago, see isPremature: what was found out ceased to hold just now
                authenticationFailed(sa, "the certificate of " + named + " has to be judged anew", nowNanos);
        }
    }

    @Override
    public void aborted(IkeSa sa, long nowNanos) {
        releaseSpi(sa);
    }

    private void finishChild(IkeSa sa, IkeMessage response, long nowNanos) {
        ChildOffer sent = offer;
        if (sent == null) {
            return;
        }
        switch (sent.answered(sa, response)) {
            case ChildOffer.Outcome.Agreed(ChildTerms terms) ->
                terms.install(
                        sa,
                        new ChildTerms.KeyInputs(true, Optional.empty(), handshake.ni(), handshake.nr()),
                        Optional.empty(),
                        sa.owner().mayUse(sa, terms.config().name(), true),
                        nowNanos);
            case ChildOffer.Outcome.Refused(NotifyPayload notify, Failure failure) ->
                sa.owner().childFailed(sa, sent.config().name(), failure, nowNanos);
            case ChildOffer.Outcome.Unacceptable(int spiOut, Failure failure) -> {
                sa.enqueue(DeleteChild.unwanted(sent.config().protocol(), sent.spiIn()));
                sa.owner().childFailed(sa, sent.config().name(), failure, nowNanos);
            }
            case ChildOffer.Outcome.Broken(Failure failure) -> sa.delete(CloseCause.failed(failure), nowNanos);
        }
    }

    /** RFC 7296 §2.21.2: the responder, who thinks that the SA is established, is told. */
    private void authenticationFailed(IkeSa sa, String message, long nowNanos) {
        releaseSpi(sa);
        sa.audit(
                AuditEvent.AUTHENTICATION_FAILED,
                Map.of(
                        "peer",
                        sa.path().remote().toString(),
                        "identity",
                        config.remote().toString()),
                message);
        Failure failure = new Failure(FailureKind.AUTHENTICATION_FAILED, Optional.empty(), message);
        sa.delete(CloseCause.failed(failure), DeleteIkeSa.afterFailedAuthentication(), nowNanos);
    }

    private Failure refusal(IkeSa sa, IkeMessage response) {
        return response.errorNotify()
                .map(notify -> Failures.kindOf(notify) == FailureKind.AUTHENTICATION_FAILED
                        ? Failures.notified(
                                notify,
                                sa.path().remote() + " answered " + Failures.name(notify)
                                        + ": it does not accept us as " + config.local() + " with this "
                                        + Failures.credential(config) + ", or is not " + config.remote())
                        : Failures.ike(notify, sa.path().remote().toString(), config.ikeProposals()))
                .orElseGet(() -> Failures.protocol("the peer's IKE_AUTH response lacks IDr or AUTH"));
    }

    private Authenticator authenticator(IkeSa sa, SaKeys keys, int messageId) {
        return new Authenticator(handshake.withIntAuth(sa.intAuth(messageId)), keys);
    }

    private void releaseSpi(IkeSa sa) {
        if (offer != null) {
            sa.context().releaseChildSpi(offer.spiIn());
        }
    }

    static Identification identification(Identity identity) {
        return new Identification(identity.type(), Bytes.of(identity.data()));
    }
}

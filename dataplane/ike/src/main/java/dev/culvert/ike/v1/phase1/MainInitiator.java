package dev.culvert.ike.v1.phase1;

import dev.culvert.crypto.KeyExchange;
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
import dev.culvert.ike.v1.message.EncryptedV1Message;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.KePayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
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
 * Main mode of the initiator (RFC 2409 §5.1, §5.4; RFC 3947):
 *
 * <pre>
 * HDR, SA, VID...                               --&gt;
 *                                               &lt;--  HDR, SA, VID...
 * HDR, KE, Ni, NAT-D, NAT-D                     --&gt;
 *                                               &lt;--  HDR, KE, Nr, [CERTREQ...], NAT-D, NAT-D
 * HDR*, IDii, [CERT...], [CERTREQ...], HASH_I or SIG_I, [N(INITIAL-CONTACT)]  --&gt;
 *                                               &lt;--  HDR*, IDir, [CERT...], HASH_R or SIG_R
 * </pre>
 *
 * Behind a NAT the fifth message is the first on the NAT port.
 */
final class MainInitiator extends InitiatorExchange {
    private sealed interface State {
        record AwaitSa(Bytes saBody) implements State {}

        record AwaitKe(Bytes saBody, Phase1Terms terms, KeyExchange keyExchange, Bytes ni) implements State {}

        record AwaitProof(Phase1Terms terms, PhaseOneValues values, Protection protection) implements State {}

        record Over() implements State {}
    }

    private State state = new State.Over();

    MainInitiator(IsakmpSa sa, TunnelConfig config, AuthenticationMethod method) {
        super(sa, config, method);
    }

    @Override
    public void start(long nowNanos) {
        SaPayload offer = Phase1Proposals.offer(config.ikeProposals(), method, lifetime);
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(offer);
        payloads.addAll(Extensions.offered(takesFragments()));
        state = new State.AwaitSa(Proving.body(offer));
        sa.sendFirst(ExchangeType.MAIN, payloads, true, nowNanos);
    }

    @Override
    public boolean receive(V1Decoded message, IkeDatagram datagram, long nowNanos) {
        return switch (state) {
            case State.AwaitSa awaited
            when message instanceof V1Decoded.Ok(V1Message clear) && isMain(clear) ->
                chosen(awaited, clear, datagram, nowNanos);
            case State.AwaitKe awaited
            when message instanceof V1Decoded.Ok(V1Message clear) && isMain(clear) ->
                exchanged(awaited, clear, datagram, nowNanos);
            case State.AwaitProof awaited
            when message instanceof V1Decoded.Encrypted(EncryptedV1Message sealed) ->
                proved(awaited, sealed, datagram, nowNanos);
            default -> drop("not the message of main mode that had to come", datagram);
        };
    }

    private static boolean isMain(V1Message message) {
        return message.header().is(ExchangeType.MAIN) && message.header().responderCookie() != 0;
    }

    // ---- message 2, and 3 ----

    private boolean chosen(State.AwaitSa awaited, V1Message message, IkeDatagram datagram, long nowNanos) {
        Optional<SaPayload> answer = message.first(SaPayload.class);
        if (answer.isEmpty()) {
            return drop("no SA payload", datagram);
        }
        Optional<Phase1Terms> terms = accept(answer.get());
        if (terms.isEmpty()) {
            return trouble(notOffered(answer.get()), datagram, nowNanos);
        }
        sa.responderCookie(message.header().responderCookie());
        sa.features(Extensions.features(message, takesFragments()));
        learnAddress(datagram);
        KeyExchange keyExchange = KeyExchange.generate(
                terms.get().suite().keyExchange(), sa.host().random());
        Bytes ni = nonce(sa);
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(new KePayload(Bytes.of(keyExchange.publicValue())));
        payloads.add(new NoncePayload(ni));
        payloads.addAll(NatDiscovery.payloads(
                sa,
                terms.get().suite().prf().hash(),
                sa.path().local(),
                sa.path().remote(),
                forced()));
        state = new State.AwaitKe(awaited.saBody(), terms.get(), keyExchange, ni);
        sa.sendFirst(ExchangeType.MAIN, payloads, true, nowNanos);
        return true;
    }

    // ---- message 4, and 5 ----

    private boolean exchanged(State.AwaitKe awaited, V1Message message, IkeDatagram datagram, long nowNanos) {
        Optional<KePayload> ke = message.first(KePayload.class);
        Optional<NoncePayload> nr = message.first(NoncePayload.class);
        if (ke.isEmpty() || nr.isEmpty()) {
            return drop("no KE or NONCE payload", datagram);
        }
        sa.features(sa.features().and(Extensions.features(message, takesFragments())));
        PhaseOneValues values = new PhaseOneValues(
                sa.initiatorCookie(),
                sa.responderCookie(),
                Bytes.of(awaited.keyExchange().publicValue()),
                ke.get().data(),
                awaited.ni(),
                nr.get().data(),
                awaited.saBody());
        Optional<IsakmpKeys> keys = derive(awaited.terms(), awaited.keyExchange(), values);
        if (keys.isEmpty()) {
            return trouble(badPublicValue(), datagram, nowNanos);
        }
        awaited.keyExchange().close();
        Protection protection = new Protection(keys.get(), keys.get().phaseOneChain(values));
        NatDiscovery nat =
                NatDiscovery.of(sa, message, awaited.terms().suite().prf().hash(), datagram.local(), datagram.remote());
        sa.path(nat.floated(sa, sa.path(), forced()));
        IdPayload id = Proving.identity(config.local());
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(id);
        payloads.addAll(proof(new Proving(method, values, keys.get()), id, true));
        initialContact().ifPresent(payloads::add);
        state = new State.AwaitProof(awaited.terms(), values, protection);
        sa.sendFirst(ExchangeType.MAIN, payloads, protection.chain(), true, nowNanos);
        return true;
    }

    // ---- message 6 ----

    private boolean proved(State.AwaitProof awaited, EncryptedV1Message sealed, IkeDatagram datagram, long nowNanos) {
        Optional<Opened> opened = open(awaited.protection().chain(), sealed);
        Optional<IdPayload> id = opened.flatMap(o -> identification(o.message()));
        Optional<Identity> identity = id.flatMap(Proving::identity);
        if (opened.isEmpty() || id.isEmpty() || identity.isEmpty()) {
            return drop("it cannot be decrypted, or has no identity", datagram);
        }
        V1Message message = opened.get().message();
        Check check = new Proving(method, awaited.values(), awaited.protection().keys())
                .check(config.auth().remote(), false, message.body(id.get()), identity.get(), message);
        Optional<Failure> failure = verdict(check, identity.get());
        if (failure.isPresent() && isDoubtful(check)) {
            return trouble(failure.get(), datagram, nowNanos);
        }
        awaited.protection().chain().accept(opened.get().sealed());
        if (failure.isEmpty() && check instanceof Check.Verified(var peer)) {
            state = new State.Over();
            sa.established(
                    sa.tunnel(),
                    peer,
                    awaited.protection(),
                    awaited.terms().lifetime().min(lifetime).time(),
                    nowNanos);
            if (message.has(NotifyType.INITIAL_CONTACT)) {
                sa.initialContact(nowNanos);
            }
            return true;
        }
        return reject(failure.orElseThrow(), awaited.protection(), nowNanos);
    }

    // ---- telling ----

    @Override
    Failure meaning(NotifyPayload notify) {
        if (state instanceof State.AwaitProof && notify.is(NotifyType.PAYLOAD_MALFORMED) && !method.isSignature()) {
            return V1Failures.notified(
                    notify,
                    FailureKind.AUTHENTICATION_FAILED,
                    peer() + " answered " + V1Failures.name(notify)
                            + " to our identity and proof: the pre-shared key is not the same on both sides");
        }
        return super.meaning(notify);
    }

    /** strongSwan refuses what it cannot decrypt in a message that is encrypted with its own key. */
    @Override
    public Optional<Failure> unreadable() {
        return method.isSignature()
                ? Optional.empty()
                : Optional.of(keep(V1Failures.of(
                        FailureKind.AUTHENTICATION_FAILED,
                        peer()
                                + " answers our identity and proof with something encrypted by another key: the pre-shared"
                                + " key is not the same on both sides")));
    }

    @Override
    public Optional<Failure> problem() {
        return super.problem().or(() -> Optional.of(V1Failures.of(FailureKind.PEER_UNREACHABLE, silence())));
    }

    private String silence() {
        return peer()
                + switch (state) {
                    case State.AwaitSa awaited ->
                        " does not answer main mode: is the address right, do UDP 500 and 4500 pass both ways, and does"
                                + " the peer have a tunnel of IKEv1 for us?";
                    case State.AwaitKe awaited -> " does not answer our public value in main mode";
                    case State.AwaitProof awaited ->
                        " does not answer our identity and proof in main mode: are the "
                                + (method.isSignature() ? "certificates" : "pre-shared key")
                                + " and the identities right on both sides, and does UDP "
                                + sa.path().remote().port() + " pass both ways?";
                    case State.Over over -> " is not reached";
                };
    }

    @Override
    public Optional<Protection> protection() {
        return state instanceof State.AwaitProof awaited ? Optional.of(awaited.protection()) : Optional.empty();
    }

    @Override
    public void close() {
        switch (state) {
            case State.AwaitKe awaited -> awaited.keyExchange().close();
            case State.AwaitProof awaited -> awaited.protection().keys().close();
            case State.AwaitSa awaited -> {}
            case State.Over over -> {}
        }
    }
}

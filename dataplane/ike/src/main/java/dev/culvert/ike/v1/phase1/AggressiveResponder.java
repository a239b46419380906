package dev.culvert.ike.v1.phase1;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.V1Tunnel;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.auth.PhaseOneAuthenticator.Check;
import dev.culvert.ike.v1.auth.VerifiedPeer;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.keymat.PhaseOneValues;
import dev.culvert.ike.v1.message.EncryptedV1Message;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.KePayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.ike.v1.proposal.Phase1Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Aggressive mode of the responder; {@link AggressiveInitiator} shows the messages. The second message has the proof, so
 * the keys are computed before anybody has shown to receive at the address that it claims. It is sent once for each time
 * that the first one comes, never by a timer.
 */
final class AggressiveResponder extends PhaseOneExchange {
    private sealed interface State {
        record AwaitFirst() implements State {}

        record AwaitProof(PhaseOneValues values, Protection protection) implements State {}

        record Over() implements State {}
    }

    private final V1Tunnel tunnel;
    private final TunnelConfig config;
    private final Phase1Terms terms;
    private final AuthenticationMethod method;
    private final Responders.Choice choice;
    private final Identity identity;
    private Bytes idBody = Bytes.EMPTY;
    private State state = new State.AwaitFirst();

    AggressiveResponder(IsakmpSa sa, Responders.Choice choice, Identity identity) {
        super(sa);
        this.choice = choice;
        this.tunnel = choice.tunnels().getFirst();
        this.config = tunnel.config();
        this.terms = choice.agreed().terms();
        this.method = terms.method();
        this.identity = identity;
    }

    @Override
    public boolean receive(V1Decoded message, IkeDatagram datagram, long nowNanos) {
        return switch (state) {
            case State.AwaitFirst awaited
            when message instanceof V1Decoded.Ok(V1Message clear) -> first(clear, datagram, nowNanos);
            case State.AwaitProof awaited -> third(awaited, message, datagram, nowNanos);
            default -> drop("not the message of aggressive mode that had to come", datagram);
        };
    }

    // ---- messages 1 and 2 ----

    private boolean first(V1Message message, IkeDatagram datagram, long nowNanos) {
        SaPayload offer = message.first(SaPayload.class).orElseThrow();
        IdPayload peerId = message.first(IdPayload.class).orElseThrow();
        Optional<KePayload> ke = message.first(KePayload.class);
        Optional<NoncePayload> ni = message.first(NoncePayload.class);
        if (ke.isEmpty() || ni.isEmpty()) {
            sa.dropped("no KE or NONCE payload", datagram);
            sa.failed(protocol(peer() + " sent no public value or nonce"), nowNanos);
            return true;
        }
        KeyExchange.Answer answer;
        try {
            answer = KeyExchange.answer(
                    terms.suite().keyExchange(),
                    ke.get().data().toArray(),
                    sa.host().random());
        } catch (InvalidPublicValueException e) {
            sa.dropped("a bad public value", datagram);
            sa.failed(protocol(peer() + " sent a bad public value: " + e.getMessage()), nowNanos);
            return true;
        }
        Bytes nr = nonce(sa);
        PhaseOneValues values = new PhaseOneValues(
                sa.initiatorCookie(),
                sa.responderCookie(),
                ke.get().data(),
                Bytes.of(answer.value()),
                ni.get().data(),
                nr,
                message.body(offer));
        idBody = message.body(peerId);
        IsakmpKeys keys = derive(answer.secret(), values);
        sa.features(Extensions.features(message, choice.takesFragments()));
        IdPayload id = Proving.identity(config.local());
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(choice.agreed().answer());
        payloads.add(new KePayload(values.gxr()));
        payloads.add(new NoncePayload(nr));
        payloads.add(id);
        payloads.addAll(Proving.certificateRequests(List.of(config.auth())));
        payloads.addAll(NatDiscovery.payloads(
                sa, terms.suite().prf().hash(), datagram.local(), datagram.remote(), choice.encapsulationForced()));
        payloads.addAll(Extensions.answered(message, choice.takesFragments()));
        payloads.addAll(new Proving(method, values, keys).prove(config.auth().local(), false, id));
        state = new State.AwaitProof(values, new Protection(keys, keys.phaseOneChain(values)));
        sa.tunnel(tunnel);
        sa.sendFirst(ExchangeType.AGGRESSIVE, payloads, false, nowNanos);
        return true;
    }

    private IsakmpKeys derive(SecretBytes gxy, PhaseOneValues values) {
        try (gxy) {
            IsakmpKeys keys =
                    switch (config.auth().local()) {
                        case AuthConfig.Local.PreSharedKey(SecretBytes secret) ->
                            IsakmpKeys.forPreSharedKey(terms.suite(), secret, gxy, values);
                        case AuthConfig.Local.Certificate certificate ->
                            IsakmpKeys.forSignatures(terms.suite(), gxy, values);
                    };
            sa.logKeys(keys);
            return keys;
        }
    }

    // ---- message 3 ----

    /** It may come in the clear or encrypted (RFC 2409 §5.4). */
    private boolean third(State.AwaitProof awaited, V1Decoded decoded, IkeDatagram datagram, long nowNanos) {
        Optional<Opened> opened = decoded instanceof V1Decoded.Encrypted(EncryptedV1Message sealed)
                ? open(awaited.protection().chain(), sealed)
                : Optional.empty();
        Optional<V1Message> inner = decoded instanceof V1Decoded.Ok(V1Message clear)
                        && clear.header().is(ExchangeType.AGGRESSIVE)
                        && clear.header().responderCookie() != 0
                ? Optional.of(clear)
                : opened.map(Opened::message);
        if (inner.isEmpty()) {
            return drop("not the message of aggressive mode that had to come", datagram);
        }
        V1Message message = inner.get();
        Check check = new Proving(method, awaited.values(), awaited.protection().keys())
                .check(config.auth().remote(), true, idBody, identity, message);
        return switch (check) {
            case Check.Verified(VerifiedPeer peer) -> {
                opened.ifPresent(o -> awaited.protection().chain().accept(o.sealed()));
                accept(awaited, peer, message, opened.isPresent(), datagram, nowNanos);
                yield true;
            }
            case Check.Failed(String why) -> {
                Failure failure = Proving.badProof(peer(), identity, why);
                sa.host()
                        .audit(
                                AuditEvent.AUTHENTICATION_FAILED,
                                Optional.of(config.name()),
                                Map.of("peer", peer()),
                                failure.message());
                yield trouble(failure, datagram, nowNanos);
            }
            case Check.Undecided undecided -> drop("whether the certificate was revoked is not known yet", datagram);
        };
    }

    private void accept(
            State.AwaitProof awaited,
            VerifiedPeer peer,
            V1Message message,
            boolean encrypted,
            IkeDatagram datagram,
            long nowNanos) {
        // Some hash the ports of the first two messages, some those of this one.
        NatDiscovery before = NatDiscovery.of(
                sa,
                message,
                terms.suite().prf().hash(),
                sa.path().local(),
                sa.path().remote());
        NatDiscovery now =
                NatDiscovery.of(sa, message, terms.suite().prf().hash(), datagram.local(), datagram.remote());
        sa.path(sa.path()
                .withNat(
                        before.localBehindNat() && now.localBehindNat(),
                        before.remoteBehindNat() && now.remoteBehindNat())
                .between(datagram.local(), datagram.remote()));
        if (!method.isSignature()) {
            sa.host()
                    .audit(
                            AuditEvent.WEAK_AUTHENTICATION,
                            Optional.of(config.name()),
                            Map.of("peer", peer()),
                            "aggressive mode with a pre-shared key: who sees its messages can try guesses at the key"
                                    + " without asking anybody; main mode or certificates do not have that weakness");
        }
        Lifetime ours = Lifetime.of(V1Tunnel.longestLife(config), 0);
        state = new State.Over();
        sa.established(
                tunnel, peer, awaited.protection(), terms.lifetime().min(ours).time(), nowNanos);
        if (encrypted && message.has(NotifyType.INITIAL_CONTACT)) {
            sa.initialContact(nowNanos);
        }
    }

    @Override
    public Optional<Protection> protection() {
        return state instanceof State.AwaitProof awaited ? Optional.of(awaited.protection()) : Optional.empty();
    }

    @Override
    public void close() {
        if (state instanceof State.AwaitProof awaited) {
            awaited.protection().keys().close();
        }
    }
}

package dev.culvert.ike.v1.phase1;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.IkeV1;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.PeerFeatures;
import dev.culvert.ike.v1.V1Failures;
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
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.ProtocolId;
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
 * Main mode of the responder; {@link MainInitiator} shows the messages. The identity comes in the fifth one, encrypted by
 * keys that with pre-shared keys depend on the very secret that belongs to the identity: those of all tunnels between the
 * two addresses are tried (RFC 2409 §5.4). The shared secret is computed when that message comes, not before: whoever sends
 * it has received two of ours.
 */
final class MainResponder extends PhaseOneExchange {
    /** Different secrets between two addresses that are tried. */
    private static final int MOST_SECRETS = 16;

    private sealed interface State {
        record AwaitSa() implements State {}

        record AwaitKe(Bytes saBody) implements State {}

        record AwaitProof(KeyExchange keyExchange, PhaseOneValues values) implements State {}

        record Over() implements State {}
    }

    /**
     * Keys that may be the peer's.
     *
     * @param tunnels those they are good for
     */
    private record Trial(IsakmpKeys keys, List<V1Tunnel> tunnels) {}

    private final IkeV1 world;
    private final Responders.Choice choice;
    private final Phase1Terms terms;
    private final AuthenticationMethod method;
    private State state = new State.AwaitSa();
    private List<Trial> trials = List.of();
    private int unreadable;

    MainResponder(IsakmpSa sa, IkeV1 world, Responders.Choice choice) {
        super(sa);
        this.world = world;
        this.choice = choice;
        this.terms = choice.agreed().terms();
        this.method = terms.method();
    }

    @Override
    public boolean receive(V1Decoded message, IkeDatagram datagram, long nowNanos) {
        return switch (state) {
            case State.AwaitSa awaited
            when message instanceof V1Decoded.Ok(V1Message clear) -> offered(clear, nowNanos);
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

    // ---- messages 1 and 2 ----

    private boolean offered(V1Message message, long nowNanos) {
        SaPayload offer = message.first(SaPayload.class).orElseThrow();
        sa.features(Extensions.features(message, choice.takesFragments()));
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(choice.agreed().answer());
        payloads.addAll(Extensions.answered(message, choice.takesFragments()));
        state = new State.AwaitKe(message.body(offer));
        sa.sendFirst(ExchangeType.MAIN, payloads, false, nowNanos);
        return true;
    }

    // ---- messages 3 and 4 ----

    private boolean exchanged(State.AwaitKe awaited, V1Message message, IkeDatagram datagram, long nowNanos) {
        Optional<KePayload> ke = message.first(KePayload.class);
        Optional<NoncePayload> ni = message.first(NoncePayload.class);
        if (ke.isEmpty() || ni.isEmpty()) {
            return drop("no KE or NONCE payload", datagram);
        }
        if (ke.get().data().length() != terms.suite().keyExchange().publicValueLength()) {
            return drop("a public value of the wrong length", datagram);
        }
        KeyExchange keyExchange =
                KeyExchange.generate(terms.suite().keyExchange(), sa.host().random());
        Bytes nr = nonce(sa);
        PhaseOneValues values = new PhaseOneValues(
                sa.initiatorCookie(),
                sa.responderCookie(),
                ke.get().data(),
                Bytes.of(keyExchange.publicValue()),
                ni.get().data(),
                nr,
                awaited.saBody());
        NatDiscovery nat =
                NatDiscovery.of(sa, message, terms.suite().prf().hash(), datagram.local(), datagram.remote());
        sa.path(sa.path().withNat(nat.localBehindNat(), nat.remoteBehindNat()));
        PeerFeatures before = sa.features();
        sa.features(before.and(Extensions.features(message, choice.takesFragments())));
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(new KePayload(values.gxr()));
        payloads.add(new NoncePayload(nr));
        payloads.addAll(Extensions.late(before, sa.features()));
        payloads.addAll(Proving.certificateRequests(choice.auths()));
        payloads.addAll(NatDiscovery.payloads(
                sa, terms.suite().prf().hash(), datagram.local(), datagram.remote(), choice.encapsulationForced()));
        state = new State.AwaitProof(keyExchange, values);
        sa.sendFirst(ExchangeType.MAIN, payloads, false, nowNanos);
        return true;
    }

    // ---- messages 5 and 6 ----

    private boolean proved(State.AwaitProof awaited, EncryptedV1Message sealed, IkeDatagram datagram, long nowNanos) {
        if (trials.isEmpty()) {
            try (SecretBytes gxy =
                    awaited.keyExchange().agree(awaited.values().gxi().toArray())) {
                trials = trials(gxy, awaited.values());
            } catch (InvalidPublicValueException e) {
                sa.failed(protocol(peer() + " sent a bad public value: " + e.getMessage()), nowNanos);
                return true;
            }
        }
        Optional<Failure> failed = Optional.empty();
        for (Trial trial : trials) {
            Protection protection = new Protection(trial.keys(), trial.keys().phaseOneChain(awaited.values()));
            Optional<Opened> opened = open(protection.chain(), sealed);
            Optional<IdPayload> id = opened.flatMap(o -> o.message().first(IdPayload.class));
            Optional<Identity> identity = id.flatMap(Proving::identity);
            if (opened.isEmpty() || id.isEmpty() || identity.isEmpty()) {
                continue;
            }
            V1Message message = opened.get().message();
            Optional<V1Tunnel> tunnel = trial.tunnels().stream()
                    .filter(t -> t.config().remote().equals(identity.get()))
                    .findFirst();
            // With a pre-shared key it proves itself to any of these tunnels, with a certificate to one.
            AuthConfig.Remote how =
                    tunnel.orElse(trial.tunnels().getFirst()).config().auth().remote();
            Check check = new Proving(method, awaited.values(), trial.keys())
                    .check(how, true, message.body(id.get()), identity.get(), message);
            switch (check) {
                case Check.Verified(VerifiedPeer peer) -> {
                    protection.chain().accept(opened.get().sealed());
                    return tunnel.map(t -> accept(t, peer, awaited.values(), protection, message, datagram, nowNanos))
                            .orElseGet(() -> unknown(identity.get(), trial, protection, nowNanos));
                }
                case Check.Failed(String why)
                when method.isSignature() -> {
                    protection.chain().accept(opened.get().sealed());
                    Failure failure = Proving.badProof(peer(), identity.get(), why);
                    world.rejected(sa, failure, nowNanos);
                    return reject(failure, protection, nowNanos);
                }
                case Check.Failed(String why) -> failed = Optional.of(Proving.badProof(peer(), identity.get(), why));
                case Check.Undecided undecided -> {
                    return drop("whether the certificate was revoked is not known yet", datagram);
                }
            }
        }
        return unreadable(failed, datagram, nowNanos);
    }

    /** The keys for each of the secrets that may be meant. */
    private List<Trial> trials(SecretBytes gxy, PhaseOneValues values) {
        if (method.isSignature()) {
            return List.of(new Trial(IsakmpKeys.forSignatures(terms.suite(), gxy, values), choice.tunnels()));
        }
        List<AuthConfig.Remote> secrets = new ArrayList<>();
        List<List<V1Tunnel>> tunnels = new ArrayList<>();
        for (V1Tunnel tunnel : choice.tunnels()) {
            AuthConfig.Remote secret = tunnel.config().auth().remote();
            int index = secrets.indexOf(secret);
            if (index >= 0) {
                tunnels.get(index).add(tunnel);
            } else if (secrets.size() < MOST_SECRETS) {
                secrets.add(secret);
                tunnels.add(new ArrayList<>(List.of(tunnel)));
            }
        }
        List<Trial> found = new ArrayList<>();
        for (int i = 0; i < secrets.size(); i++) {
            if (secrets.get(i) instanceof AuthConfig.Remote.PreSharedKey(SecretBytes secret)) {
                found.add(new Trial(IsakmpKeys.forPreSharedKey(terms.suite(), secret, gxy, values), tunnels.get(i)));
            }
        }
        return found;
    }

    private boolean accept(
            V1Tunnel tunnel,
            VerifiedPeer peer,
            PhaseOneValues values,
            Protection protection,
            V1Message message,
            IkeDatagram datagram,
            long nowNanos) {
        sa.path(sa.path().between(datagram.local(), datagram.remote()));
        sa.logKeys(protection.keys());
        IdPayload id = Proving.identity(tunnel.config().local());
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(id);
        payloads.addAll(new Proving(method, values, protection.keys())
                .prove(tunnel.config().auth().local(), false, id));
        sa.tunnel(tunnel);
        sa.sendFirst(ExchangeType.MAIN, payloads, protection.chain(), false, nowNanos);
        trials.stream().map(Trial::keys).filter(k -> k != protection.keys()).forEach(IsakmpKeys::close);
        trials = List.of();
        Lifetime ours = Lifetime.of(V1Tunnel.longestLife(tunnel.config()), 0);
        sa.established(tunnel, peer, protection, terms.lifetime().min(ours).time(), nowNanos);
        state = new State.Over();
        if (message.has(NotifyType.INITIAL_CONTACT)) {
            sa.initialContact(nowNanos);
        }
        return true;
    }

    /** It has the secret of a tunnel, and another identity. */
    private boolean unknown(Identity identity, Trial trial, Protection protection, long nowNanos) {
        Failure failure = Proving.wrongIdentity(
                peer(), identity, trial.tunnels().getFirst().config());
        world.rejected(sa, failure, nowNanos);
        return reject(failure, protection, nowNanos);
    }

    /** The pre-shared keys differ, or somebody else sent that: a few are endured (RFC 8019 §4.6). */
    private boolean unreadable(Optional<Failure> failed, IkeDatagram datagram, long nowNanos) {
        Failure failure = failed.orElseGet(() -> V1Failures.of(
                FailureKind.AUTHENTICATION_FAILED,
                "the identity and proof of " + peer() + " cannot be decrypted"
                        + (method.isSignature() ? "" : ": the pre-shared key is not the same on both sides")));
        sa.host().audit(AuditEvent.AUTHENTICATION_FAILED, Optional.empty(), Map.of("peer", peer()), failure.message());
        world.rejected(sa, failure, nowNanos);
        sa.sendClear(NotifyPayload.of(NotifyType.PAYLOAD_MALFORMED, ProtocolId.ISAKMP), nowNanos);
        if (++unreadable >= sa.host().config().halfOpen().authenticationTries()) {
            sa.failed(failure, nowNanos);
            return true;
        }
        return trouble(failure, datagram, nowNanos);
    }

    @Override
    public Optional<Protection> protection() {
        return Optional.empty();
    }

    @Override
    public void close() {
        trials.forEach(trial -> trial.keys().close());
        if (state instanceof State.AwaitProof(KeyExchange keyExchange, var values)) {
            keyExchange.close();
        }
    }
}

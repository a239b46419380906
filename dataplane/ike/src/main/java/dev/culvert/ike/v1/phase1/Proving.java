package dev.culvert.ike.v1.phase1;

import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.V1Failures;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.auth.PhaseOneAuthenticator;
import dev.culvert.ike.v1.auth.PhaseOneAuthenticator.Check;
import dev.culvert.ike.v1.auth.PhaseOneAuthenticator.Proof;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.keymat.PhaseOneValues;
import dev.culvert.ike.v1.message.CertPayload;
import dev.culvert.ike.v1.message.CertReqPayload;
import dev.culvert.ike.v1.message.HashPayload;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.SigPayload;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Identities and proofs of both sides as payloads. */
final class Proving {
    private static final int UDP = 17;

    private final PhaseOneAuthenticator authenticator;

    Proving(AuthenticationMethod method, PhaseOneValues values, IsakmpKeys keys) {
        this.authenticator = new PhaseOneAuthenticator(method, values, keys);
    }

    /** Our identity. */
    static IdPayload identity(Identity identity) {
        return IdPayload.of(identity.type(), Bytes.of(identity.data()));
    }

    /** The octets of a payload behind its generic header. */
    static Bytes body(V1Payload payload) {
        return V1Message.encode(List.of(payload)).slice(V1Payload.HEADER_LENGTH, payload.bodyLength());
    }

    /** The peer's identity, if it stands for this port of UDP or for any (RFC 2407 §4.6.2). */
    static Optional<Identity> identity(IdPayload id) {
        boolean any = id.protocol() == 0 && id.port() == 0;
        boolean ike = id.protocol() == UDP && (id.port() == 0 || id.port() == 500 || id.port() == 4500);
        return any || ike ? Optional.of(Identity.of(id.idType(), id.data().toArray())) : Optional.empty();
    }

    /** CERT payloads, and HASH or SIG behind them. */
    List<V1Payload> prove(AuthConfig.Local how, boolean initiator, IdPayload id) {
        return switch (authenticator.prove(how, initiator, body(id))) {
            case Proof.ByHash(Bytes hash) -> List.of(new HashPayload(hash));
            case Proof.BySignature(List<Bytes> certificates, Bytes signature) -> {
                List<V1Payload> payloads = new ArrayList<>();
                certificates.forEach(der -> payloads.add(CertPayload.ofX509(der)));
                payloads.add(new SigPayload(signature));
                yield payloads;
            }
        };
    }

    /** One CERTREQ for each authority whose certificates the peer may have. */
    static List<V1Payload> certificateRequests(Collection<AuthConfig> tunnels) {
        return PhaseOneAuthenticator.requestedAuthorities(tunnels).stream()
                .<V1Payload>map(name -> new CertReqPayload(CertPayload.X509_SIGNATURE, name))
                .toList();
    }

    /**
     * Checks the peer's proof.
     *
     * @param idBody the body of its ID payload as it came
     */
    Check check(AuthConfig.Remote how, boolean peerIsInitiator, Bytes idBody, Identity identity, V1Message message) {
        return switch (how) {
            case AuthConfig.Remote.PreSharedKey psk ->
                message.first(HashPayload.class)
                        .map(hash -> authenticator.checkHash(peerIsInitiator, idBody, identity, hash.data()))
                        .orElseGet(() -> new Check.Failed("there is no HASH payload"));
            case AuthConfig.Remote.Certificate(var verifier) ->
                message.first(SigPayload.class)
                        .map(signature -> authenticator.checkSignature(
                                verifier, peerIsInitiator, idBody, identity, certificates(message), signature.data()))
                        .orElseGet(() -> new Check.Failed("there is no SIG payload"));
        };
    }

    private static List<Bytes> certificates(V1Message message) {
        return message.all(CertPayload.class).stream()
                .filter(certificate -> certificate.encoding() == CertPayload.X509_SIGNATURE)
                .map(CertPayload::data)
                .toList();
    }

    /** The peer proved to be somebody else than the tunnel's peer. */
    static Failure wrongIdentity(String peer, Identity proved, TunnelConfig config) {
        return V1Failures.of(
                FailureKind.AUTHENTICATION_FAILED,
                peer + " is " + proved + ", but the tunnel's peer has to be " + config.remote());
    }

    static Failure badProof(String peer, Identity identity, String why) {
        return V1Failures.of(FailureKind.AUTHENTICATION_FAILED, peer + " did not prove to be " + identity + ": " + why);
    }
}

package dev.culvert.ike.v2.auth;

import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.CertificateIdentity;
import dev.culvert.ike.endpoint.CertificateVerifier;
import dev.culvert.ike.endpoint.CertificateVerifier.Judgement;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.message.AuthMethod;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.CertEncoding;
import dev.culvert.ike.message.CertPayload;
import dev.culvert.ike.message.CertReqPayload;
import dev.culvert.ike.message.IdPayload;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.SaKeys;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Makes our proof and checks the peer's, each by the method that the tunnel has for it. */
public final class Authenticator {
    /** Authorities that one CERTREQ names; a peer with one certificate sends it whatever it reads there. */
    private static final int MAX_AUTHORITIES = 32;

    private final Handshake handshake;
    private final SaKeys keys;

    public Authenticator(Handshake handshake, SaKeys keys) {
        this.handshake = handshake;
        this.keys = keys;
    }

    /** What is to be thought of the peer's proof. */
    public sealed interface Check {
        record Verified(VerifiedPeer peer) implements Check {}

        /**
         * It is none.
         *
         * @param why for people; what the peer hears is always the same
         */
        record Failed(String why) implements Check {}

        /** Later: the message counts as lost until then. */
        record Undecided() implements Check {}
    }

    /**
     * Our certificates and AUTH; empty if the peer takes no signature that our key can make.
     *
     * @param peer what it said so far
     */
    public Optional<List<Payload>> prove(AuthConfig.Local how, PeerAbilities peer, boolean initiator, IdPayload id) {
        return switch (how) {
            case AuthConfig.Local.PreSharedKey(var secret) ->
                Optional.of(List.of(new PskAuthentication(handshake, keys, secret).sign(initiator, id)));
            case AuthConfig.Local.Certificate own ->
                new SignatureAuthentication(handshake, keys)
                        .sign(own.key(), peer, initiator, id)
                        .map(auth -> {
                            List<Payload> payloads = new ArrayList<>();
                            own.chain()
                                    .forEach(der ->
                                            payloads.add(new CertPayload(CertEncoding.X509_SIGNATURE.id(), der)));
                            payloads.add(auth);
                            return payloads;
                        });
        };
    }

    /** Checks the peer's AUTH, and its certificates where there have to be some. */
    public Check check(AuthConfig.Remote how, boolean peerIsInitiator, IdPayload id, IkeMessage message) {
        AuthPayload auth = message.first(AuthPayload.class).orElseThrow();
        return switch (how) {
            case AuthConfig.Remote.PreSharedKey(var secret) ->
                new PskAuthentication(handshake, keys, secret)
                        .verify(peerIsInitiator, id, auth)
                        .<Check>map(Check.Verified::new)
                        .orElseGet(() -> new Check.Failed(
                                isBy(auth, AuthMethod.SHARED_KEY_MIC)
                                        ? "the pre-shared key is not the same on both sides"
                                        : "it authenticates by " + method(auth) + ", not by a pre-shared key"));
            case AuthConfig.Remote.Certificate(CertificateVerifier verifier) ->
                checkSignature(verifier, peerIsInitiator, id, auth, message);
        };
    }

    private Check checkSignature(
            CertificateVerifier verifier, boolean peerIsInitiator, IdPayload id, AuthPayload auth, IkeMessage message) {
        if (isBy(auth, AuthMethod.SHARED_KEY_MIC)) {
            return new Check.Failed("it authenticates by a pre-shared key, not by a certificate");
        }
        Identity identity = Identity.of(
                id.identification().typeId(), id.identification().data().toArray());
        return switch (verifier.judge(certificates(message))) {
            case Judgement.Undecided undecided -> new Check.Undecided();
            case Judgement.Refused(String why) -> new Check.Failed(why);
            case Judgement.Trusted(var certificate) -> {
                if (!CertificateIdentity.isIn(certificate, identity)) {
                    yield new Check.Failed("its certificate does not name " + identity + ", but "
                            + CertificateIdentity.describe(certificate));
                }
                yield new SignatureAuthentication(handshake, keys)
                        .verify(certificate, peerIsInitiator, id, auth)
                        .<Check>map(Check.Verified::new)
                        .orElseGet(() -> new Check.Failed(
                                "its signature by " + method(auth) + " is not of its certificate's key"));
            }
        };
    }

    /** Whether a message cannot be judged yet. */
    public static boolean isUndecided(AuthConfig.Remote how, IkeMessage message) {
        return how instanceof AuthConfig.Remote.Certificate(CertificateVerifier verifier)
                && message.first(AuthPayload.class).isPresent()
                && verifier.judge(certificates(message)) instanceof Judgement.Undecided;
    }

    /** CERTREQ for what the peers of these tunnels have to prove themselves with; empty if none needs a certificate. */
    public static Optional<CertReqPayload> certificateRequest(Collection<AuthConfig> tunnels) {
        List<Bytes> authorities = new ArrayList<>();
        boolean wanted = false;
        for (AuthConfig auth : tunnels) {
            if (auth.remote() instanceof AuthConfig.Remote.Certificate(CertificateVerifier verifier)) {
                wanted = true;
                verifier.authorities().stream()
                        .filter(hash -> !authorities.contains(hash))
                        .forEach(authorities::add);
            }
        }
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        authorities.stream().limit(MAX_AUTHORITIES).forEach(hash -> hashes.writeBytes(hash.toArray()));
        return wanted
                ? Optional.of(new CertReqPayload(CertEncoding.X509_SIGNATURE.id(), Bytes.of(hashes.toByteArray())))
                : Optional.empty();
    }

    /** Those in plain X.509. Nothing is fetched from where a peer points (hash and URL, RFC 7296 §3.6). */
    private static List<Bytes> certificates(IkeMessage message) {
        return message.all(CertPayload.class).stream()
                .filter(certificate -> certificate.encoding() == CertEncoding.X509_SIGNATURE.id())
                .map(CertPayload::data)
                .toList();
    }

    private static boolean isBy(AuthPayload auth, AuthMethod method) {
        return auth.methodId() == method.id();
    }

    private static String method(AuthPayload auth) {
        return auth.method().map(Enum::name).orElse("method " + auth.methodId());
    }
}

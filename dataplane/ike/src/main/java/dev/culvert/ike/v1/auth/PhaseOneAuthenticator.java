package dev.culvert.ike.v1.auth;

import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.signature.VerifyingKey;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.CertificateIdentity;
import dev.culvert.ike.endpoint.CertificateVerifier;
import dev.culvert.ike.endpoint.CertificateVerifier.Judgement;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.keymat.HashValue;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.keymat.PhaseOneValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Makes our proof and checks the peer's at the end of phase 1: HASH_I or HASH_R itself with a pre-shared key (RFC 2409
 * §5.4), a signature of it with RSA or ECDSA (§5.1, RFC 4754).
 */
public final class PhaseOneAuthenticator {
    /** Authorities that are named, one in each CERTREQ; a peer with one certificate sends it whatever it reads there. */
    private static final int MAX_AUTHORITIES = 16;

    private final AuthenticationMethod method;
    private final PhaseOneValues values;
    private final IsakmpKeys keys;

    /** @param method the negotiated one; one that {@link AuthenticationMethod#isImplemented} */
    public PhaseOneAuthenticator(AuthenticationMethod method, PhaseOneValues values, IsakmpKeys keys) {
        if (!method.isImplemented()) {
            throw new IllegalArgumentException(method + " is not implemented");
        }
        this.method = method;
        this.values = values;
        this.keys = keys;
    }

    /** Our proof. */
    public sealed interface Proof {
        /** The body of a HASH payload. */
        record ByHash(Bytes hash) implements Proof {}

        /**
         * The body of a SIG payload, and in front of it the certificates of CERT payloads (X.509, signature), one in each.
         */
        record BySignature(List<Bytes> certificates, Bytes signature) implements Proof {
            public BySignature {
                certificates = List.copyOf(certificates);
            }
        }
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
     * @param how of the tunnel whose method was negotiated
     * @param initiator whether we are phase 1's
     * @param identification the body of our ID payload, as sent
     */
    public Proof prove(AuthConfig.Local how, boolean initiator, Bytes identification) {
        return switch (how) {
            case AuthConfig.Local.PreSharedKey psk -> {
                require(!method.isSignature());
                yield new Proof.ByHash(hash(initiator, identification).body());
            }
            case AuthConfig.Local.Certificate(var key, var chain) -> {
                require(AuthenticationMethod.of(key.type()).equals(Optional.of(method)));
                byte[] hash = hash(initiator, identification).body().toArray();
                yield new Proof.BySignature(chain, Bytes.of(key.signHash(hash)));
            }
        };
    }

    /**
     * Checks the body of the peer's HASH payload.
     *
     * @param identification the body of its ID payload, as received
     * @param identity what stands in it
     */
    public Check checkHash(boolean peerIsInitiator, Bytes identification, Identity identity, Bytes received) {
        require(!method.isSignature());
        return hash(peerIsInitiator, identification).matches(received)
                ? new Check.Verified(new VerifiedPeer(identity))
                : new Check.Failed("the pre-shared key is not the same on both sides");
    }

    /**
     * Checks the body of the peer's SIG payload.
     *
     * @param verifier of the tunnel whose method was negotiated
     * @param identification the body of the peer's ID payload, as received
     * @param identity what stands in it
     * @param certificates what stands in the peer's CERT payloads of X.509 (encoding 4), its own first
     */
    public Check checkSignature(
            CertificateVerifier verifier,
            boolean peerIsInitiator,
            Bytes identification,
            Identity identity,
            List<Bytes> certificates,
            Bytes received) {
        require(method.isSignature());
        return switch (verifier.judge(certificates)) {
            case Judgement.Undecided undecided -> new Check.Undecided();
            case Judgement.Refused(String why) -> new Check.Failed(why);
            case Judgement.Trusted(var certificate) -> {
                if (!CertificateIdentity.isIn(certificate, identity)) {
                    yield new Check.Failed("its certificate does not name " + identity + ", but "
                            + CertificateIdentity.describe(certificate));
                }
                byte[] hash = hash(peerIsInitiator, identification).body().toArray();
                boolean valid = VerifyingKey.of(certificate.getPublicKey())
                        .filter(key -> AuthenticationMethod.of(key.type()).equals(Optional.of(method)))
                        .filter(key -> key.verifyHash(received.toArray(), hash))
                        .isPresent();
                yield valid
                        ? new Check.Verified(new VerifiedPeer(identity))
                        : new Check.Failed(
                                "its signature by " + method.describe() + " is not of its certificate's key");
            }
        };
    }

    /**
     * Names of authorities, one for each CERTREQ payload (X.509, signature), for what the peers of these tunnels have to
     * prove themselves with; an empty name asks for any certificate (RFC 2408 §3.10). No payload if none needs one.
     */
    public static List<Bytes> requestedAuthorities(Collection<AuthConfig> tunnels) {
        List<Bytes> names = new ArrayList<>();
        boolean wanted = false;
        for (AuthConfig auth : tunnels) {
            if (auth.remote() instanceof AuthConfig.Remote.Certificate(CertificateVerifier verifier)) {
                wanted = true;
                verifier.authorityNames().stream()
                        .filter(name -> !names.contains(name))
                        .forEach(names::add);
            }
        }
        if (wanted && (names.isEmpty() || names.size() > MAX_AUTHORITIES)) {
            return List.of(Bytes.EMPTY);
        }
        return names;
    }

    private HashValue hash(boolean ofInitiator, Bytes identification) {
        PrfAlgorithm prf = method.prf(keys.suite().prf());
        return ofInitiator ? keys.hashI(prf, values, identification) : keys.hashR(prf, values, identification);
    }

    private void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("authentication by " + method + " in a way that is not its own");
        }
    }
}

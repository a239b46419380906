package dev.culvert.ike.endpoint;

import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.signature.SigningKey;
import dev.culvert.ike.message.Bytes;
import java.util.List;

/**
 * How the two ends prove who they are, each in its own way (RFC 7296 §2.15).
 *
 * @param local how we do
 * @param remote how the peer has to
 */
public record AuthConfig(Local local, Remote remote) {
    /** A shared secret, the same on both sides. */
    public static AuthConfig psk(SecretBytes secret) {
        return new AuthConfig(new Local.PreSharedKey(secret), new Remote.PreSharedKey(secret));
    }

    /** Our proof. */
    public sealed interface Local {
        /** Equal when the secrets are. */
        record PreSharedKey(SecretBytes secret) implements Local {
            @Override
            public boolean equals(Object other) {
                return other instanceof PreSharedKey psk && secret.constantTimeEquals(psk.secret);
            }

            @Override
            public int hashCode() {
                return PreSharedKey.class.hashCode();
            }
        }

        /**
         * A signature.
         *
         * @param chain in DER: the certificate of the key, and behind it what leads towards an authority
         */
        record Certificate(SigningKey key, List<Bytes> chain) implements Local {
            public Certificate {
                chain = List.copyOf(chain);
            }
        }
    }

    /** What we accept as the peer's proof. */
    public sealed interface Remote {
        /** Equal when the secrets are. */
        record PreSharedKey(SecretBytes secret) implements Remote {
            @Override
            public boolean equals(Object other) {
                return other instanceof PreSharedKey psk && secret.constantTimeEquals(psk.secret);
            }

            @Override
            public int hashCode() {
                return PreSharedKey.class.hashCode();
            }
        }

        /** A signature with the key of a certificate that names the peer's identity. */
        record Certificate(CertificateVerifier verifier) implements Remote {}
    }

    /** Whether the peer has to know that we handle signatures and certificates. */
    public boolean hasCertificates() {
        return local instanceof Local.Certificate || remote instanceof Remote.Certificate;
    }

    /**
     * Whether an IKE SA that was authenticated by the other is as good under this one. A renewed certificate of ours
     * changes nothing in an SA that is up; another secret, another method or other anchors for the peer do.
     */
    boolean keepsIkeSaOf(AuthConfig other) {
        boolean bothCertificates = local instanceof Local.Certificate && other.local instanceof Local.Certificate;
        return (bothCertificates || local.equals(other.local)) && remote.equals(other.remote);
    }
}

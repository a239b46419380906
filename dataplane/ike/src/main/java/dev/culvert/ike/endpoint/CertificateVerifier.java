package dev.culvert.ike.endpoint;

import dev.culvert.ike.message.Bytes;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Decides whether a peer's certificates can be trusted. That takes a wall clock and, for revocation, the network, which
 * the negotiator has not; it is called on the negotiator's thread and must not wait. Two verifiers are equal when they
 * trust the same.
 */
public interface CertificateVerifier {
    /** SHA-1 hashes of the trusted authorities' SubjectPublicKeyInfo, for CERTREQ (RFC 7296 §3.7). */
    List<Bytes> authorities();

    /** Distinguished names of the trusted authorities in DER, for IKEv1's CERTREQ (RFC 2408 §3.10). */
    List<Bytes> authorityNames();

    /**
     * Judges a chain.
     *
     * @param certificates X.509 in DER as the peer sent them, its own first; any number, of any content
     */
    Judgement judge(List<Bytes> certificates);

    /** What is to be thought of a chain. */
    sealed interface Judgement {
        /** Its key may be used. Whom it names is for the caller to see. */
        record Trusted(X509Certificate endEntity) implements Judgement {}

        /**
         * It must not.
         *
         * @param why for people
         */
        record Refused(String why) implements Judgement {}

        /** It is being found out whether it was revoked: ask again, a second later. */
        record Undecided() implements Judgement {}
    }
}

package dev.culvert.ike.v2.auth;

import dev.culvert.crypto.signature.SignatureAlgorithm;
import dev.culvert.crypto.signature.SigningKey;
import dev.culvert.crypto.signature.VerifyingKey;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.message.AuthMethod;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IdPayload;
import dev.culvert.ike.sa.SaKeys;
import java.io.ByteArrayOutputStream;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Authentication by a signature of the octets that AUTH covers: with an AlgorithmIdentifier in front of it (RFC 7427 §3,
 * RFC 8420), or by one of the older methods, which say nothing of hash and padding (RFC 7296 §3.8, RFC 4754).
 */
final class SignatureAuthentication {
    private static final List<SignatureAlgorithm> PKCS1 = List.of(
            SignatureAlgorithm.RSA_PKCS1_SHA256,
            SignatureAlgorithm.RSA_PKCS1_SHA384,
            SignatureAlgorithm.RSA_PKCS1_SHA512);

    private final Handshake handshake;
    private final SaKeys keys;

    SignatureAuthentication(Handshake handshake, SaKeys keys) {
        this.handshake = handshake;
        this.keys = keys;
    }

    /** Our AUTH payload; empty if the peer takes no signature that the key can make. */
    Optional<AuthPayload> sign(SigningKey key, PeerAbilities peer, boolean initiator, IdPayload id) {
        byte[][] octets = SignedOctets.of(handshake, keys, initiator, id).parts();
        return peer.choose(key).map(choice -> {
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            choice.algorithm()
                    .identifier()
                    .filter(i -> choice.method() == AuthMethod.DIGITAL_SIGNATURE)
                    .ifPresent(i -> {
                        data.write(i.length);
                        data.writeBytes(i);
                    });
            data.writeBytes(key.sign(choice.algorithm(), octets));
            return new AuthPayload(choice.method(), Bytes.of(data.toByteArray()));
        });
    }

    /**
     * The proof, or nothing if the AUTH payload is not what only a holder of the certificate's key can make.
     *
     * @param certificate trusted, and naming the identity of {@code id}
     */
    Optional<VerifiedPeer> verify(
            X509Certificate certificate, boolean peerIsInitiator, IdPayload id, AuthPayload auth) {
        byte[][] octets = SignedOctets.of(handshake, keys, peerIsInitiator, id).parts();
        Optional<VerifyingKey> key = VerifyingKey.of(certificate.getPublicKey());
        boolean valid = key.isPresent() && auth.method().isPresent() && verify(key.get(), auth, octets);
        return valid
                ? Optional.of(new VerifiedPeer(Identity.of(
                        id.identification().typeId(), id.identification().data().toArray())))
                : Optional.empty();
    }

    private boolean verify(VerifyingKey key, AuthPayload auth, byte[][] octets) {
        byte[] data = auth.data().toArray();
        return switch (auth.method().orElseThrow()) {
            case DIGITAL_SIGNATURE -> verifyIdentified(key, auth.data(), octets);
            case RSA_DIGITAL_SIGNATURE ->
                PKCS1.stream().anyMatch(algorithm -> key.verify(algorithm, data, octets))
                        || (handshake.peer().hashes().isEmpty()
                                && key.verify(SignatureAlgorithm.RSA_PKCS1_SHA1, data, octets));
            case ECDSA_SHA256_P256 -> key.verify(SignatureAlgorithm.ECDSA_P256_SHA256_RAW, data, octets);
            case ECDSA_SHA384_P384 -> key.verify(SignatureAlgorithm.ECDSA_P384_SHA384_RAW, data, octets);
            case ECDSA_SHA512_P521 -> key.verify(SignatureAlgorithm.ECDSA_P521_SHA512_RAW, data, octets);
            case SHARED_KEY_MIC, DSS_DIGITAL_SIGNATURE, GENERIC_SECURE_PASSWORD, NULL -> false;
        };
    }

    /** ASN.1 length (one octet), AlgorithmIdentifier, signature (RFC 7427 §3). */
    private static boolean verifyIdentified(VerifyingKey key, Bytes data, byte[][] octets) {
        if (data.isEmpty() || data.at(0) > data.length() - 1) {
            return false;
        }
        int length = data.at(0);
        byte[] signature = data.slice(1 + length, data.length() - 1 - length).toArray();
        return SignatureAlgorithm.byIdentifier(data.slice(1, length).toArray())
                .filter(algorithm -> key.verify(algorithm, signature, octets))
                .isPresent();
    }
}

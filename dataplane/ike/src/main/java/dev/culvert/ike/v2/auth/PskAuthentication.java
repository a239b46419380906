package dev.culvert.ike.v2.auth;

import dev.culvert.crypto.Prf;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.message.AuthMethod;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IdPayload;
import dev.culvert.ike.sa.SaKeys;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Authentication by a shared secret (RFC 7296 §2.15): AUTH = prf(prf(Shared Secret, "Key Pad for IKEv2"),
 * SignedOctets), where SignedOctets = RealMessage | NonceOfTheOther | prf(SK_p, RestOfIDPayload).
 */
public final class PskAuthentication {
    private static final byte[] KEY_PAD = "Key Pad for IKEv2".getBytes(StandardCharsets.US_ASCII);

    private final Handshake handshake;
    private final SaKeys keys;
    private final SecretBytes secret;

    public PskAuthentication(Handshake handshake, SaKeys keys, SecretBytes secret) {
        this.handshake = handshake;
        this.keys = keys;
        this.secret = secret;
    }

    /** Our AUTH payload. */
    public AuthPayload sign(boolean initiator, IdPayload id) {
        try (SecretBytes mac = mac(initiator, id)) {
            return new AuthPayload(AuthMethod.SHARED_KEY_MIC, Bytes.of(mac.bytes()));
        }
    }

    /** The proof, or nothing if the peer's AUTH payload is not what only a holder of the secret can make. */
    public Optional<VerifiedPeer> verify(boolean peerIsInitiator, IdPayload id, AuthPayload auth) {
        try (SecretBytes expected = mac(peerIsInitiator, id)) {
            boolean valid = expected.constantTimeEquals(auth.data().toArray())
                    && auth.method().filter(AuthMethod.SHARED_KEY_MIC::equals).isPresent();
            return valid
                    ? Optional.of(new VerifiedPeer(Identity.of(
                            id.identification().typeId(),
                            id.identification().data().toArray())))
                    : Optional.empty();
        }
    }

    private SecretBytes mac(boolean byInitiator, IdPayload id) {
        Prf prf = keys.prf();
        try (SecretBytes key = prf.compute(secret, KEY_PAD)) {
            return prf.compute(
                    key, SignedOctets.of(handshake, keys, byInitiator, id).parts());
        }
    }
}

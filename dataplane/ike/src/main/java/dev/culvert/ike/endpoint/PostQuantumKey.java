package dev.culvert.ike.endpoint;

import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;

/**
 * A post-quantum pre-shared key, mixed into the keys so that somebody who breaks the key exchange one day cannot read
 * what was recorded (RFC 8784).
 *
 * @param id PPK_ID, by which both sides name it; not secret
 * @param secret at least 32 octets for 128 bits of security against quantum computers (RFC 8784 §6)
 * @param required whether the IKE SA must not come up without it
 */
public record PostQuantumKey(Bytes id, SecretBytes secret, boolean required) {
    @Override
    public boolean equals(Object other) {
        return other instanceof PostQuantumKey that
                && id.equals(that.id)
                && required == that.required
                && secret.constantTimeEquals(that.secret);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }
}

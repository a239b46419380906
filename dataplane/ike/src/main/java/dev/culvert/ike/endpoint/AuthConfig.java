package dev.culvert.ike.endpoint;

import dev.culvert.crypto.SecretBytes;

/** How the two ends prove who they are (RFC 7296 §2.15). Certificates find their room here. */
public sealed interface AuthConfig {
    /** A shared secret, the same on both sides. Equal when the secrets are. */
    record Psk(SecretBytes secret) implements AuthConfig {
        @Override
        public boolean equals(Object other) {
            return other instanceof Psk psk && secret.constantTimeEquals(psk.secret);
        }

        @Override
        public int hashCode() {
            return Psk.class.hashCode();
        }
    }
}

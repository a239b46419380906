package dev.culvert.ike.v2.auth;

import dev.culvert.ike.endpoint.Identity;

/**
 * Proof that the peer's AUTH payload was verified for an identity: only {@link PskAuthentication} and
 * {@link SignatureAuthentication} make one, and an IKE SA
 * cannot be established without.
 */
public final class VerifiedPeer {
    private final Identity identity;

    VerifiedPeer(Identity identity) {
        this.identity = identity;
    }

    public Identity identity() {
        return identity;
    }
}

package dev.culvert.ike.v1.auth;

import dev.culvert.ike.endpoint.Identity;

/**
 * Proof that the peer's HASH or SIG payload was verified for an identity: only {@link PhaseOneAuthenticator} makes one, and
 * an ISAKMP SA cannot be established without.
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

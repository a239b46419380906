package dev.culvert.ike.v1.proposal;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.ike.v1.auth.AuthenticationMethod;

/**
 * What phase 1 agreed on.
 *
 * @param suite the PRF is HMAC with the negotiated hash function, and the integrity algorithm names that function, too
 * @param lifetime as the initiator said it, {@link Lifetime#UNSAID} if it did not
 */
public record Phase1Terms(IkeSuite suite, AuthenticationMethod method, Lifetime lifetime) {}

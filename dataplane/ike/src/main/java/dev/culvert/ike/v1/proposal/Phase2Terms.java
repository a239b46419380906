package dev.culvert.ike.v1.proposal;

import dev.culvert.crypto.ChildSuite;

/**
 * What phase 2 agreed on.
 *
 * @param suite with a key exchange if there is PFS
 * @param lifetime as the initiator said it, {@link Lifetime#UNSAID} if it did not
 * @param peerSpi the peer's, for what we send to it
 */
public record Phase2Terms(ChildSuite suite, EncapsulationMode mode, Lifetime lifetime, int peerSpi) {}

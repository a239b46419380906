package dev.culvert.ike.endpoint;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.v2.keymat.IkeKeys;

/**
 * Takes the keys of IKE SAs for a person who looks into captured messages. Whoever has them can read and forge everything
 * of that SA, so nobody is given them unless it was asked for.
 */
public interface KeyLog {
    /** Off. */
    KeyLog NONE = (spiInitiator, spiResponder, suite, keys) -> {};

    /**
     * Both sides have the keys now.
     *
     * @param keys not to be closed here, nor kept
     */
    void ikeSa(long spiInitiator, long spiResponder, IkeSuite suite, IkeKeys keys);

    /**
     * Both sides of an ISAKMP SA of IKEv1 have the key of its cipher now.
     *
     * @param key not to be closed here, nor kept
     */
    default void isakmpSa(long initiatorCookie, SecretBytes key) {}
}

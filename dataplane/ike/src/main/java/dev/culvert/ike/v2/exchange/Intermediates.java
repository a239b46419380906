package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.auth.Handshake;

/** What both sides of IKE_INTERMEDIATE do alike. */
final class Intermediates {
    private Intermediates() {}

    /** The keys that follow from an additional key exchange (RFC 9370 §2.2.2). */
    static SaKeys furtherKeys(IkeSa sa, Handshake handshake, SecretBytes secret, boolean initiator) {
        SaKeys present = sa.keys();
        return new SaKeys(
                present.suite(),
                present.keys()
                        .further(
                                present.suite(),
                                secret,
                                handshake.ni().toArray(),
                                handshake.nr().toArray(),
                                sa.initiatorSpi(),
                                sa.responderSpi()),
                initiator,
                sa.context().random());
    }
}

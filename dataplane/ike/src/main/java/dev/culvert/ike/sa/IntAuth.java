package dev.culvert.ike.sa;

import dev.culvert.crypto.Prf;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.Decrypted;

/**
 * What the messages of IKE_INTERMEDIATE leave for AUTH to cover (RFC 9242 §3.3.2):
 *
 * <pre>
 * IntAuth = IntAuth_iN | IntAuth_rN | IKE_AUTH_MID
 * IntAuth_i1 = prf(SK_pi1,              IntAuth_i1A | IntAuth_i1P)
 * IntAuth_i2 = prf(SK_pi2, IntAuth_i1 | IntAuth_i2A | IntAuth_i2P) …
 * </pre>
 */
final class IntAuth {
    private byte[] byInitiator = new byte[0];
    private byte[] byResponder = new byte[0];

    /** Takes in a message, sent or received, with the keys that protect it. */
    void add(boolean fromInitiator, SaKeys keys, Decrypted message) {
        Prf prf = keys.prf();
        byte[] octets = message.intermediateOctets().toArray();
        if (fromInitiator) {
            byInitiator = next(prf, keys.keys().skPi(), byInitiator, octets);
        } else {
            byResponder = next(prf, keys.keys().skPr(), byResponder, octets);
        }
    }

    /** For an IKE_AUTH exchange with that message ID; nothing if there was no IKE_INTERMEDIATE. */
    Bytes value(int authMessageId) {
        if (byInitiator.length == 0) {
            return Bytes.EMPTY;
        }
        byte[] all = new byte[byInitiator.length + byResponder.length + Integer.BYTES];
        System.arraycopy(byInitiator, 0, all, 0, byInitiator.length);
        System.arraycopy(byResponder, 0, all, byInitiator.length, byResponder.length);
        Bytes.ofInt(authMessageId).copyTo(all, byInitiator.length + byResponder.length);
        return Bytes.of(all);
    }

    private static byte[] next(Prf prf, SecretBytes skP, byte[] before, byte[] octets) {
        try (SecretBytes mac = prf.compute(skP, before, octets)) {
            return mac.bytes().clone();
        }
    }
}

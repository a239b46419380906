package dev.culvert.ike.v2.auth;

import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IdPayload;
import dev.culvert.ike.sa.SaKeys;

/** What an AUTH payload covers: RealMessage | NonceOfTheOther | prf(SK_p, RestOfIDPayload) [| IntAuth] (RFC 7296 §2.15, 9242). */
final class SignedOctets {
    private final byte[][] parts;

    private SignedOctets(byte[][] parts) {
        this.parts = parts;
    }

    static SignedOctets of(Handshake handshake, SaKeys keys, boolean byInitiator, IdPayload id) {
        Bytes message = byInitiator ? handshake.initRequest() : handshake.initResponse();
        Bytes nonce = byInitiator ? handshake.nr() : handshake.ni();
        SecretBytes skP = byInitiator ? keys.keys().skPi() : keys.keys().skPr();
        try (SecretBytes maced = keys.prf().compute(skP, id.restOfPayload().toArray())) {
            return new SignedOctets(new byte[][] {
                message.toArray(),
                nonce.toArray(),
                maced.bytes().clone(),
                handshake.intAuth().toArray()
            });
        }
    }

    /** To be covered one after the other. */
    byte[][] parts() {
        return parts;
    }
}

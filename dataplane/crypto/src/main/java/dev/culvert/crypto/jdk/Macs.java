package dev.culvert.crypto.jdk;

import dev.culvert.crypto.MacFunction;
import dev.culvert.crypto.bc.BouncyCastle;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import javax.crypto.spec.SecretKeySpec;

/** Keyed functions as the JCA has them, whichever provider they come from. */
public final class Macs {
    private Macs() {}

    /**
     * @param key copied; not empty
     * @return a function of its own, not thread-safe
     */
    public static Mac keyed(MacFunction function, byte[] key) {
        try {
            Mac mac =
                    switch (function) {
                        case HMAC_MD5 -> Mac.getInstance("HmacMD5");
                        case HMAC_SHA1 -> Mac.getInstance("HmacSHA1");
                        case HMAC_SHA2_256 -> Mac.getInstance("HmacSHA256");
                        case HMAC_SHA2_384 -> Mac.getInstance("HmacSHA384");
                        case HMAC_SHA2_512 -> Mac.getInstance("HmacSHA512");
                        case AES_CMAC -> Mac.getInstance("AESCMAC", BouncyCastle.provider());
                        case AES_XCBC -> new Bridge(new XcbcMac());
                    };
            mac.init(new SecretKeySpec(key, function.name()));
            return mac;
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    private static final class Bridge extends Mac {
        Bridge(MacSpi spi) {
            super(spi, null, "AES-XCBC");
        }
    }
}

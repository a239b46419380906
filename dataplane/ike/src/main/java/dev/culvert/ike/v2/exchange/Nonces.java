package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.Bytes;
import java.util.Arrays;

/** The order of nonces that decides which of two SAs made at once goes: octet by octet (RFC 7296 §2.8.1). */
final class Nonces {
    private Nonces() {}

    static boolean isLower(Bytes one, Bytes other) {
        return Arrays.compareUnsigned(one.toArray(), other.toArray()) < 0;
    }

    static Bytes lower(Bytes one, Bytes other) {
        return isLower(one, other) ? one : other;
    }
}

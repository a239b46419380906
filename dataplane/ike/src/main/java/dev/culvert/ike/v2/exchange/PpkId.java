package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.Bytes;
import java.util.Optional;

/** PPK_ID: a type in one octet, and what names the key (RFC 8784 §5.1). */
final class PpkId {
    /** PPK_ID_FIXED. PPK_ID_OPAQUE, type 1, means something to proprietary key stores only. */
    private static final int FIXED = 2;

    private PpkId() {}

    static Bytes fixed(Bytes id) {
        byte[] octets = new byte[1 + id.length()];
        octets[0] = FIXED;
        id.copyTo(octets, 1);
        return Bytes.of(octets);
    }

    /** The name within a PPK_ID_FIXED. */
    static Optional<Bytes> read(Bytes data) {
        return data.length() > 1 && data.at(0) == FIXED
                ? Optional.of(data.slice(1, data.length() - 1))
                : Optional.empty();
    }
}

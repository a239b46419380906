package dev.culvert.ike.v1.keymat;

import dev.culvert.ike.message.Bytes;
import java.security.MessageDigest;

/** The body of a HASH payload as it has to be. To be compared by {@link #matches} alone. */
public final class HashValue {
    private final byte[] octets;

    HashValue(byte[] octets) {
        this.octets = octets;
    }

    /** To be sent, or signed. */
    public Bytes body() {
        return Bytes.of(octets);
    }

    /** Whether the body of a received HASH payload is this one; takes the same time wherever they differ. */
    public boolean matches(Bytes received) {
        return MessageDigest.isEqual(octets, received.toArray());
    }

    @Override
    public String toString() {
        return "HashValue[" + octets.length + " octets]";
    }
}

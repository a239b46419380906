package dev.culvert.ipsec.mtu;

/** What becomes of the maximum segment size that TCP's ends tell each other through a tunnel (RFC 9293 §3.7.1). */
public sealed interface MssClamp {
    /** TCP and IP header, both without options (RFC 6691 §2). */
    int HEADERS_V4 = 40;

    int HEADERS_V6 = 60;

    /** Of a path on which nothing is to be changed. */
    int UNLIMITED = 0xffff;

    /** The smallest that is of any use, and that Linux takes. */
    int LEAST = 88;

    /** Down to what fits the SA. */
    record Auto() implements MssClamp {}

    /**
     * Down to a value.
     *
     * @param value bytes of TCP payload, {@link #LEAST} to 65535
     */
    record Fixed(int value) implements MssClamp {
        public Fixed {
            if (value < LEAST || value > UNLIMITED) {
                throw new IllegalArgumentException("a maximum segment size of " + value + " is out of range");
            }
        }
    }

    /** Not at all. */
    record Off() implements MssClamp {}

    /**
     * The longest segment that may be asked for, in bytes; {@link #UNLIMITED} if any may.
     *
     * @param innerVersion IP version of the inner packet, 4 or 6
     * @param innerMtu the longest inner packet that fits the SA
     */
    default int limit(int innerVersion, int innerMtu) {
        return switch (this) {
            case Auto() -> Math.max(LEAST, innerMtu - (innerVersion == 4 ? HEADERS_V4 : HEADERS_V6));
            case Fixed(int value) -> value;
            case Off() -> UNLIMITED;
        };
    }
}

package dev.culvert.ike.v1.proposal;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.Attribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * How long an SA may be used, as one side says it (RFC 2407 §4.5, RFC 2409 appendix A). What is not said is 0.
 *
 * @param seconds at most 2³²−1
 * @param kilobytes of 1024 octets; at most 2³²−1
 */
public record Lifetime(long seconds, long kilobytes) {
    public static final Lifetime UNSAID = new Lifetime(0, 0);

    /** What phase 2 has when nothing is said (RFC 2407 §4.5). */
    public static final Duration PHASE_2_DEFAULT = Duration.ofHours(8);

    private static final long MAX = 0xffffffffL;
    private static final int LIFE_TYPE_SECONDS = 1;
    private static final int LIFE_TYPE_KILOBYTES = 2;
    private static final int OCTETS_PER_KILOBYTE = 1024;

    /** The attributes' numbers, which are not the same in both phases. */
    public enum Numbering {
        /** RFC 2409 appendix A. */
        PHASE_1(11, 12),
        /** RFC 2407 §4.5; also in a RESPONDER-LIFETIME about AH or ESP. */
        PHASE_2(1, 2);

        private final int type;
        private final int duration;

        Numbering(int type, int duration) {
            this.type = type;
            this.duration = duration;
        }

        /** Whether an attribute of this type speaks of the lifetime. */
        boolean has(int attributeType) {
            return attributeType == type || attributeType == duration;
        }
    }

    public Lifetime {
        if (seconds < 0 || seconds > MAX || kilobytes < 0 || kilobytes > MAX) {
            throw new IllegalArgumentException("lifetime of " + seconds + " s, " + kilobytes + " KB");
        }
    }

    /** Longer ones than can be said become the longest; a part of a second or a kilobyte becomes a whole one. */
    public static Lifetime of(Duration time, long octets) {
        long seconds = time.getSeconds() + (time.getNano() == 0 ? 0 : 1);
        return new Lifetime(Math.min(MAX, seconds), Math.min(MAX, Math.ceilDiv(octets, OCTETS_PER_KILOBYTE)));
    }

    public static Lifetime ofSeconds(long seconds) {
        return new Lifetime(seconds, 0);
    }

    /** Zero if it is not said. */
    public Duration time() {
        return Duration.ofSeconds(seconds);
    }

    /** Zero if it is not said. */
    public long octets() {
        return kilobytes * OCTETS_PER_KILOBYTE;
    }

    public boolean isUnsaid() {
        return equals(UNSAID);
    }

    /** What lasts no longer than either. */
    public Lifetime min(Lifetime other) {
        return new Lifetime(shorter(seconds, other.seconds), shorter(kilobytes, other.kilobytes));
    }

    private static long shorter(long a, long b) {
        return a == 0 || b == 0 ? Math.max(a, b) : Math.min(a, b);
    }

    /** As they stand in a transform. */
    public List<Attribute> attributes(Numbering numbering) {
        List<Attribute> attributes = new ArrayList<>();
        add(attributes, numbering, LIFE_TYPE_SECONDS, seconds);
        add(attributes, numbering, LIFE_TYPE_KILOBYTES, kilobytes);
        return List.copyOf(attributes);
    }

    private static void add(List<Attribute> attributes, Numbering numbering, int type, long value) {
        if (value != 0) {
            attributes.add(Attribute.of(numbering.type, type));
            attributes.add(Attribute.of(numbering.duration, value));
        }
    }

    /** The data of a RESPONDER-LIFETIME (RFC 2407 §4.6.3.1). */
    public Bytes toNotifyData(Numbering numbering) {
        return Attribute.encode(attributes(numbering));
    }

    /** What the data of a RESPONDER-LIFETIME says; {@link #UNSAID} if it cannot be read. */
    public static Lifetime ofNotifyData(Bytes data, Numbering numbering) {
        return of(Attribute.read(data), numbering);
    }

    /** Each duration belongs to the type before it. One without a type, or without a value that is a number, is left out. */
    static Lifetime of(List<Attribute> attributes, Numbering numbering) {
        long seconds = 0;
        long kilobytes = 0;
        long type = 0;
        for (Attribute attribute : attributes) {
            OptionalLong value = attribute.number();
            if (attribute.type() == numbering.type) {
                type = value.orElse(0);
            } else if (attribute.type() == numbering.duration && value.isPresent()) {
                long duration = Math.min(MAX, value.getAsLong());
                if (type == LIFE_TYPE_SECONDS) {
                    seconds = shorter(seconds, duration);
                } else if (type == LIFE_TYPE_KILOBYTES) {
                    kilobytes = shorter(kilobytes, duration);
                }
            }
        }
        return new Lifetime(seconds, kilobytes);
    }

    /** For people: {@code 3600 s}, {@code 3600 s, 4608000 KB}, {@code no lifetime}. */
    @Override
    public String toString() {
        if (isUnsaid()) {
            return "no lifetime";
        }
        String time = seconds == 0 ? "" : seconds + " s";
        String volume = kilobytes == 0 ? "" : kilobytes + " KB";
        return time + (time.isEmpty() || volume.isEmpty() ? "" : ", ") + volume;
    }
}

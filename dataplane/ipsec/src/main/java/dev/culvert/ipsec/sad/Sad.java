package dev.culvert.ipsec.sad;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The inbound SAs by SPI (RFC 4301 §4.4.2: the SPI alone names a unicast SA). Immutable; looked up without boxing. */
public final class Sad {
    public static final Sad EMPTY = of(List.of());

    private final @Nullable InboundSa[] table;
    private final int size;
    private final boolean transportMode;

    private Sad(@Nullable InboundSa[] table, int size, boolean transportMode) {
        this.table = table;
        this.size = size;
        this.transportMode = transportMode;
    }

    /** The SPIs are all different. */
    public static Sad of(Collection<ChildSa> pairs) {
        // At most half full, so that probing ends soon; room to grow without laying the table out anew each time.
        @Nullable InboundSa[] table = new @Nullable InboundSa[Math.max(8, Integer.highestOneBit(pairs.size() * 4 + 1))];
        for (ChildSa pair : pairs) {
            insert(table, pair.in());
        }
        return new Sad(table, pairs.size(), pairs.stream().anyMatch(Sad::isTransport));
    }

    /** These SAs and one more. {@code all} are those of the result. */
    public Sad with(ChildSa added, Collection<ChildSa> all) {
        if ((size + 1) * 2 > table.length) {
            return of(all);
        }
        @Nullable InboundSa[] changed = table.clone();
        insert(changed, added.in());
        return new Sad(changed, size + 1, transportMode || isTransport(added));
    }

    /** Whether one of them is in transport mode. */
    public boolean hasTransportMode() {
        return transportMode;
    }

    public @Nullable InboundSa find(int spi) {
        int mask = table.length - 1;
        int at = slot(spi, mask);
        while (true) {
            InboundSa sa = table[at];
            if (sa == null || sa.spi() == spi) {
                return sa;
            }
            at = at + 1 & mask;
        }
    }

    private static boolean isTransport(ChildSa pair) {
        return pair.parameters().mode() == SaMode.TRANSPORT;
    }

    private static void insert(@Nullable InboundSa[] table, InboundSa sa) {
        int mask = table.length - 1;
        int at = slot(sa.spi(), mask);
        while (table[at] != null) {
            at = at + 1 & mask;
        }
        table[at] = sa;
    }

    /** SPIs are chosen at random, but also by tests and with worker numbers in them: spread all their bits. */
    private static int slot(int spi, int mask) {
        int mixed = spi * 0x9e3779b9;
        return (mixed ^ mixed >>> 15) & mask;
    }
}

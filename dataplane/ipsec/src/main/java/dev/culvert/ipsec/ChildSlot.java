package dev.culvert.ipsec;

import dev.culvert.ipsec.sad.ChildSa;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The SA pairs of one child, for its policies to choose from. Changed by the control thread, read by workers. */
final class ChildSlot {
    private static final ChildSa[] NOTHING = {};

    /** What a policy has that protects nothing. */
    static final ChildSlot NONE = new ChildSlot();

    private volatile ChildSa[] newestFirst = NOTHING;

    /** Newest first; not to be changed. */
    ChildSa[] newestFirst() {
        return newestFirst;
    }

    boolean isEmpty() {
        return newestFirst.length == 0;
    }

    void add(ChildSa pair) {
        List<ChildSa> changed = new ArrayList<>(Arrays.asList(newestFirst));
        changed.addFirst(pair);
        newestFirst = changed.toArray(NOTHING);
    }

    /** Takes a pair out if another one stays; whether it did. */
    boolean removeUnlessLast(ChildSa pair) {
        if (Arrays.stream(newestFirst).allMatch(p -> p == pair)) {
            return false;
        }
        remove(pair);
        return true;
    }

    /** Takes a pair out. If no other one sends, the newest one does from now on. */
    void remove(ChildSa pair) {
        ChildSa[] left = Arrays.stream(newestFirst).filter(p -> p != pair).toArray(ChildSa[]::new);
        if (left.length > 0 && Arrays.stream(left).allMatch(ChildSa::outboundDeferred)) {
            left[0].activateOutbound();
        }
        newestFirst = left;
    }
}

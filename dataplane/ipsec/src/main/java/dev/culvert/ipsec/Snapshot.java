package dev.culvert.ipsec;

import dev.culvert.ipsec.sad.Sad;
import dev.culvert.ipsec.spd.Spd;

/** Policies and SAs as one batch sees them. Immutable; the SAs that it leads to are not. */
final class Snapshot {
    static final Snapshot EMPTY = new Snapshot(Spd.EMPTY, new ChildSlot[0], Sad.EMPTY);

    private final Spd spd;
    private final ChildSlot[] outbound;
    private final Sad sad;

    /** @param outbound for each policy its child's SAs */
    Snapshot(Spd spd, ChildSlot[] outbound, Sad sad) {
        this.spd = spd;
        this.outbound = outbound;
        this.sad = sad;
    }

    Snapshot with(Sad changed) {
        return new Snapshot(spd, outbound, changed);
    }

    Spd spd() {
        return spd;
    }

    Sad sad() {
        return sad;
    }

    /** Whether fragments are to be put together before a policy is looked for. */
    boolean wantsWholePackets() {
        return spd.looksAtPorts() || sad.hasTransportMode();
    }

    ChildSlot outbound(int policy) {
        return outbound[policy];
    }
}

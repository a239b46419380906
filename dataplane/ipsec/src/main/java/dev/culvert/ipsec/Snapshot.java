package dev.culvert.ipsec;

import dev.culvert.ipsec.sad.Sad;
import dev.culvert.ipsec.spd.Spd;
import dev.culvert.ipsec.translate.Translator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Policies and SAs as one batch sees them. Immutable; the SAs that it leads to are not. */
final class Snapshot {
    static final Snapshot EMPTY = new Snapshot(Spd.EMPTY, new ChildSlot[0], new Translator[0], Sad.EMPTY);

    private final Spd spd;
    private final ChildSlot[] outbound;
    private final @Nullable Translator[] translators;
    private final Sad sad;
    private final boolean masquerades;

    /**
     * @param outbound for each policy its child's SAs
     * @param translators for each policy what translates its packets, or null
     */
    Snapshot(Spd spd, ChildSlot[] outbound, @Nullable Translator[] translators, Sad sad) {
        this.spd = spd;
        this.outbound = outbound;
        this.translators = translators;
        this.sad = sad;
        masquerades = Arrays.stream(translators).anyMatch(t -> t != null && t.masquerades());
    }

    Snapshot with(Sad changed) {
        return new Snapshot(spd, outbound, translators, changed);
    }

    Spd spd() {
        return spd;
    }

    Sad sad() {
        return sad;
    }

    /** Whether fragments are to be put together before a policy is looked for. */
    boolean wantsWholePackets() {
        return spd.looksAtPorts() || sad.hasTransportMode() || masquerades;
    }

    /** What translates a policy's packets, or null. */
    @Nullable
    Translator translator(int policy) {
        return translators[policy];
    }

    ChildSlot outbound(int policy) {
        return outbound[policy];
    }
}

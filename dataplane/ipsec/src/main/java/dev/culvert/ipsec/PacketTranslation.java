package dev.culvert.ipsec;

import dev.culvert.ipsec.fragment.Reassembler;
import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.ipsec.translate.Outcome;
import dev.culvert.ipsec.translate.Translator;
import dev.culvert.wire.PacketBuffer;

/**
 * What a worker does with the packets of a child whose addresses are translated. Policies name the addresses that our
 * hosts know, SAs those in the tunnel: the one way it is done between the policy and the SA, the other way after the SA's
 * selectors were looked at. What cannot be translated is dropped and counted.
 */
final class PacketTranslation {
    private final WorkerState state;
    private final Translator.Scratch scratch = new Translator.Scratch();

    PacketTranslation(WorkerState state) {
        this.state = state;
    }

    /** To the addresses in the tunnel; the flow is then theirs. */
    boolean outbound(Translator translator, PacketBuffer packet, PacketFlow flow, long nowNanos) {
        int length = flow.totalLength();
        switch (translator.outbound(packet.array, packet.offset, length, scratch, nowNanos)) {
            case DONE -> {
                return flow.read(packet.array, packet.offset, length);
            }
            case REFUSED -> state.drop(DropReason.OUT_UNTRANSLATABLE);
            case FULL -> state.drop(DropReason.OUT_TRANSLATIONS_FULL);
        }
        return false;
    }

    /** To the addresses that our hosts know; the flow is then theirs. False also for a fragment that others are missing to. */
    boolean inbound(Translator translator, PacketBuffer packet, PacketFlow flow, long nowNanos) {
        if (flow.isFragment()
                && translator.masquerades()
                && translator.isForMasqueraded(packet.array, packet.offset, packet.length, scratch)
                && !reassemble(translator, packet, flow, nowNanos)) {
            return false;
        }
        if (!toHosts(translator, packet, nowNanos)) {
            state.drop(DropReason.IN_NO_TRANSLATION);
            return false;
        }
        return flow.read(packet.array, packet.offset, packet.length);
    }

    /** The same for an answer of ours to a packet of ours, as if the peer had sent it. */
    boolean toHosts(Translator translator, PacketBuffer packet, long nowNanos) {
        return translator.inbound(packet.array, packet.offset, packet.length, scratch, nowNanos) == Outcome.DONE;
    }

    /** A whole IPv6 packet could not be sent on as long as it is, nor be cut by anyone but its sender (RFC 8200 §5). */
    private boolean reassemble(Translator translator, PacketBuffer packet, PacketFlow flow, long nowNanos) {
        if (flow.version() == 6) {
            state.drop(DropReason.IN_NO_TRANSLATION);
            return false;
        }
        Reassembler.Verdict verdict = translator
                .fragments(packet.maximumLength(), () -> state.drop(DropReason.IN_INCOMPLETE))
                .add(packet, nowNanos);
        if (verdict == Reassembler.Verdict.REFUSED) {
            state.drop(DropReason.IN_BAD_FRAGMENT);
        }
        return verdict == Reassembler.Verdict.WHOLE;
    }
}

package dev.culvert.ike.endpoint;

import dev.culvert.ike.endpoint.TunnelStatus.ChildState;
import dev.culvert.ike.endpoint.TunnelStatus.ChildStatus;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.endpoint.TunnelStatus.IkeSaStatus;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Writes down how a tunnel stands. */
public final class Statuses {
    private Statuses() {}

    static IkeSaStatus ikeSa(IkeSa sa) {
        return new IkeSaStatus(
                sa.initiatorSpi(),
                sa.responderSpi(),
                sa.initiator(),
                sa.hasKeys() ? sa.keys().suite().keywords() : "",
                sa.path().carrier(),
                sa.path().local(),
                sa.path().remote(),
                sa.path().localBehindNat(),
                sa.path().remoteBehindNat());
    }

    /** @param live the pair that carries the child, if there is one */
    static ChildStatus child(ChildSlot slot, Optional<ChildSa> live, boolean connecting) {
        return live.map(child -> new ChildStatus(
                        slot.name(),
                        child.state() == ChildSa.State.REKEYING ? ChildState.REKEYING : ChildState.INSTALLED,
                        child.spiIn(),
                        child.spiOut(),
                        child.suite().keywords(),
                        child.local(),
                        child.remote(),
                        slot.failure()))
                .orElseGet(() -> new ChildStatus(
                        slot.name(),
                        connecting ? ChildState.CONNECTING : ChildState.DOWN,
                        0,
                        0,
                        "",
                        List.of(),
                        List.of(),
                        slot.failure()));
    }

    /**
     * One configured child of the children that it is negotiated as: there when all of them are, with the SPIs of the
     * first and the selectors of all.
     */
    public static ChildStatus together(String name, List<ChildStatus> parts) {
        if (parts.size() == 1) {
            ChildStatus only = parts.getFirst();
            return new ChildStatus(
                    name,
                    only.state(),
                    only.spiIn(),
                    only.spiOut(),
                    only.proposal(),
                    only.local(),
                    only.remote(),
                    only.failure());
        }
        ChildStatus shown = parts.stream()
                .filter(part -> part.spiIn() == 0)
                .findFirst()
                .orElseGet(() -> parts.stream()
                        .filter(part -> part.state() == ChildState.REKEYING)
                        .findFirst()
                        .orElseGet(parts::getFirst));
        return new ChildStatus(
                name,
                shown.state(),
                shown.spiIn(),
                shown.spiOut(),
                shown.proposal(),
                shown.spiIn() == 0 ? List.of() : distinct(parts, ChildStatus::local),
                shown.spiIn() == 0 ? List.of() : distinct(parts, ChildStatus::remote),
                parts.stream().flatMap(part -> part.failure().stream()).findFirst());
    }

    private static List<TrafficSelector> distinct(
            List<ChildStatus> parts, Function<ChildStatus, List<TrafficSelector>> side) {
        return parts.stream().map(side).flatMap(List::stream).distinct().toList();
    }

    /** What is to be shown for the whole tunnel: its own failure, or else the first of a child. */
    static Optional<Failure> failure(Optional<Failure> own, List<ChildStatus> children) {
        return own.or(() -> children.stream().flatMap(c -> c.failure().stream()).findFirst());
    }
}

package dev.culvert.ike.endpoint;

import dev.culvert.ike.endpoint.TunnelStatus.ChildState;
import dev.culvert.ike.endpoint.TunnelStatus.ChildStatus;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.endpoint.TunnelStatus.IkeSaStatus;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.IkeSa;
import java.util.List;
import java.util.Optional;

/** Writes down how a tunnel stands. */
final class Statuses {
    private Statuses() {}

    static IkeSaStatus ikeSa(IkeSa sa) {
        return new IkeSaStatus(
                sa.initiatorSpi(),
                sa.responderSpi(),
                sa.initiator(),
                sa.hasKeys() ? sa.keys().suite().keywords() : "",
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

    /** What is to be shown for the whole tunnel: its own failure, or else the first of a child. */
    static Optional<Failure> failure(Optional<Failure> own, List<ChildStatus> children) {
        return own.or(() -> children.stream().flatMap(c -> c.failure().stream()).findFirst());
    }
}

package dev.culvert.ike.v1.quick;

import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.PhaseTwo;
import dev.culvert.ike.v1.PhaseTwoChildren;
import dev.culvert.ike.v1.PhaseTwoExchange;
import dev.culvert.ike.v1.V1Tunnel;
import dev.culvert.ike.v1.message.V1Message;

/** Phase 2 as phase 1 sees it. */
public final class PhaseTwoExchanges implements PhaseTwo {
    @Override
    public PhaseTwoChildren children(V1Tunnel tunnel) {
        return new QuickChildren(tunnel);
    }

    @Override
    public PhaseTwoExchange quickMode(IsakmpSa sa, int messageId) {
        return new QuickModeResponder(childrenOf(sa), sa, messageId);
    }

    @Override
    public void informational(IsakmpSa sa, V1Message message, long nowNanos) {
        Informational.received(sa, childrenOf(sa), message, nowNanos);
    }

    private static QuickChildren childrenOf(IsakmpSa sa) {
        return (QuickChildren) sa.tunnel().children();
    }
}

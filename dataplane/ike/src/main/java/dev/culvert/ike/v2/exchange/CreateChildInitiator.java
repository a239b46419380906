package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.IkeSa;
import java.util.List;
import java.util.Optional;

/** A further child SA (RFC 7296 §1.3.1). */
final class CreateChildInitiator extends ChildExchange {
    private final ChildRequest request;

    CreateChildInitiator(ChildRequest request) {
        this.request = request;
    }

    String child() {
        return request.name();
    }

    @Override
    Optional<ChildOffer> offer(IkeSa sa) {
        return sa.owner()
                .config()
                .child(request.name())
                .filter(config -> sa.owner().isMissing(request.name()))
                .map(config ->
                        ChildOffer.inCreateChild(config, request, sa.context().newChildSpi()));
    }

    @Override
    List<Payload> introduction() {
        return List.of();
    }

    @Override
    void agreed(IkeSa sa, ChildTerms terms, ChildTerms.KeyInputs inputs, long nowNanos) {
        // What the peer made too is not missing, and was if it is the one that goes.
        if (isRivalled() || sa.owner().isMissing(request.name())) {
            terms.install(sa, inputs, Optional.empty(), true, nowNanos);
        } else {
            discard(sa, terms);
            sa.owner().childAbandoned(request.name());
        }
    }

    @Override
    void lost(IkeSa sa, ChildTerms terms, ChildTerms.KeyInputs inputs, ChildSa winner, long nowNanos) {
        ChildSa loser = terms.install(sa, inputs, Optional.empty(), false, nowNanos);
        sa.deleteChild(loser);
    }

    @Override
    void yieldedTo(IkeSa sa, ChildSa winner, long nowNanos) {
        sa.owner().childAbandoned(request.name());
    }

    @Override
    void yielded(IkeSa sa, long nowNanos) {
        sa.owner().childPostponed(request.name(), nowNanos);
    }

    @Override
    void lostToNothing(IkeSa sa, long nowNanos) {
        sa.owner().childAbandoned(request.name());
    }

    @Override
    void refused(IkeSa sa, NotifyPayload error, Failure failure, long nowNanos) {
        if (sa.children().live(request.name()).isPresent()) {
            sa.owner().childAbandoned(request.name());
        } else if (error.is(NotifyType.TEMPORARY_FAILURE)) {
            sa.owner().childPostponed(request.name(), nowNanos);
        } else {
            sa.owner().childFailed(sa, request.name(), failure, nowNanos);
        }
    }

    @Override
    void deletedAtOnce(IkeSa sa, long nowNanos) {
        sa.owner().childAbandoned(request.name());
    }

    @Override
    void failed(IkeSa sa, Failure failure, long nowNanos) {
        sa.owner().childFailed(sa, request.name(), failure, nowNanos);
    }

    @Override
    public void aborted(IkeSa sa, long nowNanos) {
        super.aborted(sa, nowNanos);
        sa.owner().childAbandoned(request.name());
    }
}

package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.SaProtocol;
import dev.culvert.wire.IpAddress;
import java.util.List;

/** IKEv2's exchanges for an established IKE SA (RFC 7296 §1.3, §1.4). */
public final class V2Protocol implements SaProtocol {
    @Override
    public List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        boolean deletesIkeSa = request.all(DeletePayload.class).stream().anyMatch(DeletePayload::isIkeSa);
        if (!deletesIkeSa) {
            IkeSuccession.decideFor(sa, nowNanos);
        }
        if (request.header().is(ExchangeType.INFORMATIONAL)) {
            return InformationalResponder.answer(sa, request, nowNanos);
        }
        if (request.header().is(ExchangeType.CREATE_CHILD_SA)) {
            return CreateChildResponder.answer(sa, request, nowNanos);
        }
        if (request.header().is(ExchangeType.IKE_FOLLOWUP_KE)) {
            return FollowupResponder.answerAny(sa, request, nowNanos);
        }
        return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
    }

    @Override
    public Exchange livenessCheck() {
        return new LivenessCheck();
    }

    @Override
    public void movedTo(IkeSa sa, IpAddress local, long nowNanos) {
        Mobike.movedTo(sa, local, nowNanos);
    }

    @Override
    public Exchange updateAddresses() {
        return new UpdateAddresses();
    }

    @Override
    public Exchange deleteIkeSa() {
        return DeleteIkeSa.withDelete();
    }

    @Override
    public Exchange deleteChild(ChildSa child) {
        return DeleteChild.of(child);
    }

    @Override
    public Exchange createChild(ChildRequest request) {
        return new CreateChildInitiator(request);
    }

    @Override
    public Exchange rekeyIkeSa() {
        return new RekeyIkeInitiator();
    }

    @Override
    public Exchange rekeyChild(ChildSa child) {
        return new RekeyChildInitiator(child);
    }
}

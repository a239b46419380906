package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.ProtocolId;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers INFORMATIONAL requests (RFC 7296 §1.4): Delete payloads and notifies, or nothing at all as a sign of life.
 * What is not understood does no harm.
 */
final class InformationalResponder {
    private InformationalResponder() {}

    static List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        CrashToken.remember(sa, request);
        List<DeletePayload> deletes = request.all(DeletePayload.class);
        if (deletes.stream().anyMatch(DeletePayload::isIkeSa)) {
            sa.active().flatMap(Exchange::heirIfDeleted).ifPresent(heir -> IkeSuccession.byPeer(sa, heir, nowNanos));
            sa.close(
                    new CloseCause(
                            CloseCause.Kind.DELETED_BY_PEER,
                            Optional.of(new Failure(
                                    FailureKind.CLOSED_BY_PEER, Optional.empty(), "the peer deleted the IKE SA"))),
                    nowNanos);
            return List.of();
        }
        Optional<NotifyPayload> rejected = request.notify(NotifyType.AUTHENTICATION_FAILED);
        if (rejected.isPresent()) {
            sa.close(
                    CloseCause.failed(Failures.notified(
                            rejected.get(),
                            "the peer sent AUTHENTICATION_FAILED: it does not accept us as "
                                    + sa.owner().config().local())),
                    nowNanos);
            return List.of();
        }
        List<Integer> ours = new ArrayList<>();
        for (DeletePayload delete : deletes) {
            if (delete.protocolId() == ProtocolId.ESP) {
                delete.childSpis().forEach(spi -> deleteChild(sa, spi, nowNanos).ifPresent(ours::add));
            }
        }
        List<Payload> payloads = new ArrayList<>(Mobike.answer(sa, request, nowNanos));
        if (!ours.isEmpty()) {
            payloads.add(DeletePayload.ofEsp(ours));
        }
        return payloads;
    }

    /**
     * Removes the pair that the peer receives on with that SPI. The answer names our inbound SPI, unless our own Delete
     * for the pair is out already (RFC 7296 §1.4.1).
     */
    private static Optional<Integer> deleteChild(IkeSa sa, int spi, long nowNanos) {
        Optional<ChildSa> found = sa.children().bySpiOut(spi);
        if (found.isEmpty()) {
            if (sa.active().orElse(null) instanceof ChildExchange exchange) {
                exchange.deletedByPeer(spi);
            }
            return Optional.empty();
        }
        ChildSa child = found.get();
        boolean deletingToo = child.state() == ChildSa.State.DELETING;
        sa.children().remove(child, RemovalReason.DELETED_BY_PEER, nowNanos);
        return deletingToo ? Optional.empty() : Optional.of(child.spiIn());
    }
}

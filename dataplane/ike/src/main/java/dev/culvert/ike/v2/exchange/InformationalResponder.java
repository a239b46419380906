package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
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
        List<Payload> answer = new ArrayList<>(Mobike.answer(sa, request, nowNanos));
        for (SecurityProtocol protocol : List.of(SecurityProtocol.ESP, SecurityProtocol.AH)) {
            List<Integer> ours = new ArrayList<>();
            for (DeletePayload delete : deletes) {
                if (delete.protocolId() == protocol.id()) {
                    delete.childSpis()
                            .forEach(spi ->
                                    deleteChild(sa, protocol, spi, nowNanos).ifPresent(ours::add));
                }
            }
            if (!ours.isEmpty()) {
                answer.add(DeletePayload.ofChildren(protocol, ours));
            }
        }
        return answer;
    }

    /**
     * Removes the pair that the peer receives on with that SPI. The answer names our inbound SPI, unless our own Delete
     * for the pair is out already (RFC 7296 §1.4.1).
     */
    private static Optional<Integer> deleteChild(IkeSa sa, SecurityProtocol protocol, int spi, long nowNanos) {
        Optional<ChildSa> found =
                sa.children().bySpiOut(spi).filter(c -> c.suite().protocol() == protocol);
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

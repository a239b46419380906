package dev.culvert.ike.v1.quick;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.message.DeletePayload;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An informational exchange that the peer vouches for with its HASH (RFC 2409 §5.7): Deletes and notifies. There is no
 * answer. What refers to nothing that is here, because it is late or wrong, changes nothing.
 */
final class Informational {
    private final IsakmpSa sa;
    private final QuickChildren children;
    private final long nowNanos;

    private Informational(IsakmpSa sa, QuickChildren children, long nowNanos) {
        this.sa = sa;
        this.children = children;
        this.nowNanos = nowNanos;
    }

    static void received(IsakmpSa sa, QuickChildren children, V1Message message, long nowNanos) {
        Informational exchange = new Informational(sa, children, nowNanos);
        boolean deletesSa = false;
        for (V1Payload payload : message.payloads()) {
            switch (payload) {
                case NotifyPayload notify -> exchange.notified(notify);
                case DeletePayload delete -> {
                    exchange.deleted(delete);
                    deletesSa |= delete.deletes(sa.cookies());
                }
                default -> {}
            }
        }
        if (deletesSa) {
            sa.deletedByPeer(nowNanos);
        }
    }

    private void deleted(DeletePayload delete) {
        for (int spi : delete.childSpis()) {
            children.pairs()
                    .bySpiOut(delete.protocolId(), spi)
                    .ifPresent(pair -> children.pairs().remove(pair, RemovalReason.DELETED_BY_PEER));
        }
    }

    private void notified(NotifyPayload notify) {
        Optional<NotifyType> type = notify.type();
        if (notify.isError()) {
            failed(notify);
        } else if (type.isPresent()) {
            switch (type.get()) {
                case INITIAL_CONTACT -> sa.initialContact(nowNanos);
                case R_U_THERE, R_U_THERE_ACK -> sa.liveness().received(notify, nowNanos);
                case CONNECTED -> pair(notify).ifPresent(children.pairs()::activate);
                default -> {}
            }
        }
    }

    /** The SPI that the notify names as the peer names it: the one on packets to it. */
    private Optional<Pair> pair(NotifyPayload notify) {
        return spi(notify).flatMap(spi -> children.pairs().bySpiOut(notify.protocolId(), spi));
    }

    private static Optional<Integer> spi(NotifyPayload notify) {
        boolean ofChild = notify.protocolId() == ProtocolId.ESP || notify.protocolId() == ProtocolId.AH;
        return ofChild && notify.spi().length() == Integer.BYTES
                ? Optional.of(notify.spi().u32(0))
                : Optional.empty();
    }

    private void failed(NotifyPayload notify) {
        sa.host()
                .audit(
                        AuditEvent.REQUEST_REJECTED,
                        Optional.of(sa.tunnel().config().name()),
                        Map.of(
                                "peer",
                                sa.path().remote().toString(),
                                "notify",
                                NotifyType.nameOf(notify.notifyTypeId())),
                        "the peer told of " + NotifyType.nameOf(notify.notifyTypeId())
                                + notify.type()
                                        .map(type -> ": " + type.meaning())
                                        .orElse(""));
        if (notify.is(NotifyType.AUTHENTICATION_FAILED)) {
            sa.refusedByPeer(notify, nowNanos);
            return;
        }
        if (notify.is(NotifyType.INVALID_SPI)) {
            pair(notify).ifPresent(this::unknownToPeer);
            return;
        }
        Optional<QuickModeInitiator> ours = offered(notify);
        if (ours.isPresent()) {
            ours.get().refused(notify, nowNanos);
        } else {
            // The initiator of a quick mode does not take our answer.
            pair(notify)
                    .filter(pair -> !pair.isUp())
                    .ifPresent(pair -> children.pairs().remove(pair, RemovalReason.DELETED_BY_PEER));
        }
    }

    /** The peer has lost the pair: another one is made. */
    private void unknownToPeer(Pair pair) {
        children.pairs().remove(pair, RemovalReason.IKE_SA_CLOSED);
        children.wantAgain(pair.child());
    }

    /**
     * The quick mode of ours that is refused. Some name our SPI, some another one or none: then it is the oldest one, as the
     * peer answers them in their order.
     */
    private Optional<QuickModeInitiator> offered(NotifyPayload notify) {
        List<QuickModeInitiator> offered = children.offered(sa);
        Optional<Integer> spi = spi(notify);
        Optional<QuickModeInitiator> named =
                offered.stream().filter(o -> spi.filter(o::has).isPresent()).findFirst();
        boolean aboutAnother = pair(notify).isPresent();
        return named.or(() -> aboutAnother ? Optional.empty() : offered.stream().findFirst());
    }
}

package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.DpdConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether the peer is there (RFC 3706): when nothing authentic came from it for a while it is asked, R-U-THERE with a
 * number, and asked again until an answer or anything else authentic comes.
 */
public final class Liveness {
    /** At most one check in this time because of what an unauthenticated message says. */
    private static final Duration SUSPICION_INTERVAL = Duration.ofSeconds(10);

    private final IsakmpSa sa;
    private final Timers<SaTimer> timers;
    private int sequence;
    /** How often the peer was asked without an answer; 0 if it is not being asked. */
    private int asked;

    private long askedFirstAt;
    private long suspicionsFrom = Long.MIN_VALUE;
    private Optional<Integer> peersLast = Optional.empty();

    Liveness(IsakmpSa sa, Timers<SaTimer> timers) {
        this.sa = sa;
        this.timers = timers;
        // RFC 3706 §6.2: random, with the high bit zero.
        this.sequence = sa.host().random().nextInt() >>> 1;
    }

    /** Something authentic came from the peer, or what it is held to changed. */
    void heard(long nowNanos) {
        asked = 0;
        Duration delay = sa.tunnel().config().dpd().delay();
        boolean checked = !delay.isZero() && sa.features().dpd() && sa.isUsable();
        timers.set(SaTimer.LIVENESS, checked ? nowNanos + delay.toNanos() : Timers.NEVER);
    }

    /** Somebody without our keys says that the peer does not know this SA: checked now and then. */
    void suspect(long nowNanos) {
        if (sa.isUsable() && sa.features().dpd() && asked == 0 && suspicionsFrom <= nowNanos) {
            suspicionsFrom = nowNanos + SUSPICION_INTERVAL.toNanos();
            timers.set(SaTimer.LIVENESS, nowNanos);
        }
    }

    /** Asks, for the first time or again, or gives the peer up. */
    void timeout(long nowNanos) {
        if (!sa.isUsable()) {
            return;
        }
        var schedule = sa.host().config().established();
        DpdConfig dpd = sa.tunnel().config().dpd();
        long patience =
                dpd.timeout().isZero() ? schedule.totalNanos() : dpd.timeout().toNanos();
        if (asked == 0) {
            askedFirstAt = nowNanos;
        } else if (nowNanos - askedFirstAt >= patience) {
            sa.close(CloseCause.peerDead(dead(nowNanos)), nowNanos);
            return;
        }
        asked++;
        sequence++;
        sa.inform(List.of(notify(NotifyType.R_U_THERE, sequence)), nowNanos);
        long giveUpAt = askedFirstAt + patience;
        long next = nowNanos + schedule.waitNanos(Math.min(asked, schedule.tries() + 1));
        timers.set(SaTimer.LIVENESS, Math.min(next, giveUpAt));
    }

    private Failure dead(long nowNanos) {
        return new Failure(
                FailureKind.PEER_UNREACHABLE,
                Optional.empty(),
                sa.path().remote() + " did not answer R-U-THERE, sent " + asked + " times in "
                        + (nowNanos - askedFirstAt) / 1_000_000_000 + " s");
    }

    /**
     * R-U-THERE or R-U-THERE-ACK in an authentic message, which has made the peer count as alive already. An old R-U-THERE
     * is not answered (RFC 3706 §6.2).
     */
    public void received(NotifyPayload notify, long nowNanos) {
        if (!notify.is(NotifyType.R_U_THERE) || notify.data().length() != Integer.BYTES) {
            return;
        }
        int number = notify.data().u32(0);
        if (peersLast.isEmpty() || number - peersLast.get() > 0) {
            peersLast = Optional.of(number);
            sa.inform(List.of(notify(NotifyType.R_U_THERE_ACK, number)), nowNanos);
        }
    }

    /** The SPI is that of the ISAKMP SA, both cookies (RFC 3706 §5.3). */
    private NotifyPayload notify(NotifyType type, int number) {
        return NotifyPayload.ofIsakmp(type, sa.cookies(), Bytes.ofInt(number));
    }
}

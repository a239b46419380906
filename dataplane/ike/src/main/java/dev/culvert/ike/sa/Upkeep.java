package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.TunnelConfig;
import java.time.Duration;

/** What one IKE SA does by itself in time: liveness checks, NAT keepalives, its rekeying. */
final class Upkeep {
    /** At most one liveness check in this time because of what an unauthenticated message says. */
    private static final Duration SUSPICION_INTERVAL = Duration.ofSeconds(10);

    private final IkeSa sa;
    private final SaContext context;
    private final Requests requests;
    private final Timers<SaTimer> timers;
    private long suspicionsFrom = Long.MIN_VALUE;

    Upkeep(IkeSa sa, SaContext context, Requests requests, Timers<SaTimer> timers) {
        this.sa = sa;
        this.context = context;
        this.requests = requests;
        this.timers = timers;
    }

    /** Sets lifetimes and liveness checks as the configuration has them now. */
    void schedule(long nowNanos) {
        TunnelConfig config = sa.owner().config();
        if (sa.state() == IkeSaState.ESTABLISHED) {
            timers.set(SaTimer.REKEY, Jitter.soft(sa.establishedAt(), config.rekeyTime(), context.random()));
            awaitLife(nowNanos);
        }
        context.touched(sa);
    }

    /** Another SA took this one's place. */
    void end() {
        timers.cancel(SaTimer.REKEY);
        timers.cancel(SaTimer.LIVENESS);
        timers.cancel(SaTimer.KEEPALIVE);
    }

    // ---- rekeying ----

    /** Tries again to rekey this SA. */
    void rekeyLater(Duration delay, long nowNanos) {
        timers.set(SaTimer.REKEY, nowNanos + Jitter.around(delay.toNanos(), 0.3, context.random()));
        context.touched(sa);
    }

    /**
     * The peer, who made our heir, is to delete this SA; we do if it does not. Not while it may still be repeating the
     * request that made the heir: without our response it has no other SA than this.
     */
    void awaitDelete(long nowNanos) {
        long repeating = context.config().established().totalNanos();
        timers.set(SaTimer.ABANDONED, nowNanos + repeating + IkeSa.ABANDONED.toNanos());
        context.touched(sa);
    }

    /** The peer is to delete this SA and needs it no more. */
    void expectDelete(long nowNanos) {
        timers.set(SaTimer.ABANDONED, nowNanos + IkeSa.ABANDONED.toNanos());
        context.touched(sa);
    }

    // ---- liveness (RFC 7296 §2.4) ----

    /** The peer has just been heard, or what it is held to changed. */
    void awaitLife(long nowNanos) {
        timers.set(SaTimer.LIVENESS, after(sa.owner().config().dpd().delay(), nowNanos));
    }

    void checkLiveness(long nowNanos) {
        if (sa.state() != IkeSaState.ESTABLISHED) {
            return;
        }
        awaitLife(nowNanos);
        if (requests.isIdle()) {
            requests.add(context.protocol().livenessCheck());
        }
    }

    /**
     * Somebody without our keys says that the peer does not know this SA: checked now and then. A request that is out
     * already is as good a check.
     */
    void suspect(long nowNanos) {
        if (sa.state() == IkeSaState.ESTABLISHED && suspicionsFrom <= nowNanos) {
            suspicionsFrom = nowNanos + SUSPICION_INTERVAL.toNanos();
            if (!requests.repeat(nowNanos)) {
                timers.set(SaTimer.LIVENESS, nowNanos);
            }
            context.touched(sa);
        }
    }

    // ---- keepalives (RFC 3948 §4) ----

    void keepAlive(long nowNanos) {
        if (sa.path().isStream()) {
            return;
        }
        context.emit(new Output.KeepAlive(sa.path().local(), sa.path().remote()));
        sent(nowNanos);
    }

    /** Something was sent: the next keepalive is not due before its interval has passed. */
    void sent(long nowNanos) {
        // RFC 9329 §6.6: TCP needs none.
        boolean needed = sa.path().localBehindNat() && !sa.path().isStream();
        if (sa.state() == IkeSaState.ESTABLISHED && needed) {
            timers.set(SaTimer.KEEPALIVE, after(context.config().keepAlive(), nowNanos));
        }
    }

    private static long after(Duration delay, long nowNanos) {
        return delay.isZero() ? Timers.NEVER : nowNanos + delay.toNanos();
    }
}

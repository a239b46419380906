package dev.culvert.ipsec;

import dev.culvert.ipsec.sad.ChildSa;
import dev.culvert.ipsec.sad.Lifetime;
import dev.culvert.ipsec.sad.Limit;
import java.util.HashMap;
import java.util.Map;

/** The lifetimes in seconds of all pairs. Control thread. */
final class LifetimeTimers {
    /** When the listener had no room for the event. */
    private static final long RETRY_NANOS = 100_000_000L;

    private final DataPathListener listener;
    private final Map<ChildSa, Timer> timers = new HashMap<>();
    private long deadline = Lifetime.NEVER;

    LifetimeTimers(DataPathListener listener) {
        this.listener = listener;
    }

    void add(ChildSa pair) {
        Lifetime lifetime = pair.lifetime();
        if (lifetime.softDeadlineNanos() == Lifetime.NEVER && lifetime.hardDeadlineNanos() == Lifetime.NEVER) {
            return;
        }
        Timer timer = new Timer(lifetime);
        timers.put(pair, timer);
        deadline = sooner(deadline, timer.next());
    }

    void remove(ChildSa pair) {
        timers.remove(pair);
        if (timers.isEmpty()) {
            deadline = Lifetime.NEVER;
        }
    }

    /** Never later than the next event, but it may be early after a removal. */
    long deadline() {
        return deadline;
    }

    void run(long nowNanos) {
        if (!isDue(deadline, nowNanos)) {
            return;
        }
        deadline = Lifetime.NEVER;
        timers.forEach((pair, timer) -> {
            timer.run(pair, nowNanos);
            deadline = sooner(deadline, timer.next());
        });
    }

    private static boolean isDue(long deadlineNanos, long nowNanos) {
        return deadlineNanos != Lifetime.NEVER && nowNanos - deadlineNanos >= 0;
    }

    private static long sooner(long a, long b) {
        if (a == Lifetime.NEVER || b == Lifetime.NEVER) {
            return a == Lifetime.NEVER ? b : a;
        }
        return a - b < 0 ? a : b;
    }

    /** What of one pair is still to come. */
    private final class Timer {
        private long soft;
        private long hard;

        Timer(Lifetime lifetime) {
            soft = lifetime.softDeadlineNanos();
            hard = lifetime.hardDeadlineNanos();
        }

        long next() {
            return sooner(soft, hard);
        }

        void run(ChildSa pair, long nowNanos) {
            if (isDue(hard, nowNanos)) {
                pair.expireBySeconds();
                soft = Lifetime.NEVER;
                hard = tell(pair, true) ? Lifetime.NEVER : nowNanos + RETRY_NANOS;
            } else if (isDue(soft, nowNanos)) {
                soft = tell(pair, false) ? Lifetime.NEVER : nowNanos + RETRY_NANOS;
            }
        }

        private boolean tell(ChildSa pair, boolean isHard) {
            return listener.offer(WorkerState.expireEvent(pair, Limit.SECONDS, isHard));
        }
    }
}

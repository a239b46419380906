package dev.culvert.ike.endpoint;

import dev.culvert.ike.sa.Jitter;
import dev.culvert.ike.sa.SaHost;
import dev.culvert.wire.Carrier;
import java.time.Duration;
import java.util.List;

/** When, and by which of the routes to the peer, a tunnel's next IKE_SA_INIT goes. */
public final class Attempts {
    /** Between the end of one initiation that was not answered and the next. */
    private static final Duration UNANSWERED = Duration.ofMillis(500);

    private final SaHost context;
    private int failures;
    private int nextRoute;
    private long retryAt = Long.MIN_VALUE;
    private long lastInitiation = Long.MIN_VALUE;

    public Attempts(SaHost context) {
        this.context = context;
    }

    /** Nothing stands in the way of trying at once. */
    public void forget() {
        failures = 0;
        retryAt = Long.MIN_VALUE;
        lastInitiation = Long.MIN_VALUE;
    }

    /** The next attempt need not wait for earlier ones. */
    public void hurry() {
        retryAt = Long.MIN_VALUE;
        lastInitiation = Long.MIN_VALUE;
    }

    /** It is another IKE SA that is to be made now: the last initiation was not for it, and UDP may do by now. */
    public void another(List<Route> routes) {
        lastInitiation = Long.MIN_VALUE;
        if (nextRoute > 0
                && !routes.isEmpty()
                && routes.get(nextRoute % routes.size()).carrier() == Carrier.TCP
                && routes.getFirst().carrier() == Carrier.UDP) {
            nextRoute--;
        }
    }

    /** One succeeded. */
    public void succeeded() {
        failures = 0;
        retryAt = Long.MIN_VALUE;
    }

    /**
     * One failed: the next goes by the next route.
     *
     * @param routes how many there are
     * @param unanswered whether nobody answered: that has taken its time already, and the peer may be back any moment
     * @return whether it was the last of them
     */
    public boolean failed(int routes, boolean unanswered, long nowNanos) {
        long wait = unanswered ? Jitter.around(UNANSWERED.toNanos(), 0.2, context.random()) : backoff(failures++);
        retryAt = nowNanos + wait;
        nextRoute++;
        return nextRoute % Math.max(1, routes) == 0;
    }

    /** When the next one is due. A peer that takes us up and throws us out at once must not keep us busy. */
    public long due() {
        long notTooSoon = lastInitiation == Long.MIN_VALUE
                ? Long.MIN_VALUE
                : lastInitiation + context.config().retry().first().toNanos();
        return Math.max(retryAt, notTooSoon);
    }

    /** By which route the next one goes. */
    public Route route(List<Route> routes) {
        return routes.get(nextRoute % routes.size());
    }

    /** It begins. */
    public void begin(long nowNanos) {
        lastInitiation = nowNanos;
    }

    /** How long to wait after so many failures (RFC 7296 leaves it to us). */
    public long backoff(int earlierFailures) {
        EndpointConfig.Retry retry = context.config().retry();
        double nanos = retry.first().toNanos() * Math.pow(2, Math.min(earlierFailures, 30));
        long limited = (long) Math.min(nanos, (double) retry.maximum().toNanos());
        return Jitter.around(limited, retry.jitter(), context.random());
    }
}

package dev.culvert.ike.v1.quick;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.Jitter;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.wire.Carrier;
import java.time.Duration;
import java.util.Optional;

/** A pair of SAs of phase 2, one for each direction, made by one quick mode. The data path alone has its keys. */
final class Pair {
    private final IsakmpSa madeUnder;
    private final String child;
    private final int spiIn;
    private final int spiOut;
    private final ChildSuite suite;
    private final IpsecMode mode;
    private final Ends ends;
    private final Carrier carrier;
    private final boolean initiator;
    private final Bytes lowestNonce;
    private final Lifetime lifetime;
    private final long createdAt;
    private final Timers<PairTimer> timers = new Timers<>(PairTimer.class);
    private boolean up;
    private boolean sending;
    private boolean rekeyDue;
    private Optional<Pair> replacement = Optional.empty();

    Pair(Agreement agreement, long createdAt) {
        this.madeUnder = agreement.sa();
        this.child = agreement.child().name();
        this.spiIn = agreement.spiIn();
        this.spiOut = agreement.spiOut();
        this.suite = agreement.suite();
        this.mode = agreement.mode();
        this.ends = agreement.ends();
        this.carrier = agreement.carrier();
        this.initiator = agreement.initiator();
        this.lowestNonce = agreement.lowestNonce();
        this.lifetime = agreement.lifetime();
        this.createdAt = createdAt;
    }

    /** The ISAKMP SA that it was made under, and may outlive. */
    IsakmpSa madeUnder() {
        return madeUnder;
    }

    /** Name of the child's configuration. */
    String child() {
        return child;
    }

    int spiIn() {
        return spiIn;
    }

    int spiOut() {
        return spiOut;
    }

    ChildSuite suite() {
        return suite;
    }

    IpsecMode mode() {
        return mode;
    }

    Ends ends() {
        return ends;
    }

    Carrier carrier() {
        return carrier;
    }

    /** Whether we began the quick mode that made it. */
    boolean initiator() {
        return initiator;
    }

    long createdAt() {
        return createdAt;
    }

    Timers<PairTimer> timers() {
        return timers;
    }

    /** Number of the protocol in Deletes and notifies. */
    int protocolId() {
        return suite.protocol().id();
    }

    /** Whether both sides are through with the quick mode. Until then the responder's pair only receives. */
    boolean isUp() {
        return up;
    }

    void up() {
        up = true;
    }

    /** Whether it carries its child: up, and no other one took its place. */
    boolean isLive() {
        return up && replacement.isEmpty();
    }

    /** Whether outbound traffic uses it, as far as no newer pair does. */
    boolean sending() {
        return sending;
    }

    void startSending() {
        sending = true;
    }

    /** Whether another one is to be made in its place as soon as that can be. */
    boolean rekeyDue() {
        return rekeyDue;
    }

    void rekeyDue(boolean due) {
        rekeyDue = due;
    }

    /** The pair that took its place. */
    Optional<Pair> replacement() {
        return replacement;
    }

    void replacedBy(Pair newer) {
        replacement = Optional.of(newer);
        timers.cancel(PairTimer.ACTIVATE);
    }

    /** What had taken its place is gone before it was deleted itself. */
    void revive() {
        replacement = Optional.empty();
        timers.cancel(PairTimer.DELETE);
    }

    /**
     * Which of two pairs stays that both sides made for the same child at once: as with IKEv2, the one that was made with
     * the lowest of the four nonces goes (RFC 7296 §2.8.1). IKEv1 has no rule.
     */
    boolean losesTo(Pair other) {
        int length = Math.min(lowestNonce.length(), other.lowestNonce.length());
        for (int i = 0; i < length; i++) {
            if (lowestNonce.at(i) != other.lowestNonce.at(i)) {
                return lowestNonce.at(i) < other.lowestNonce.at(i);
            }
        }
        return lowestNonce.length() < other.lowestNonce.length();
    }

    /** Sets its lifetimes as the configuration and the peer have them, counted from its making. */
    void schedule(ChildConfig config, RandomSource random) {
        Duration life = lifetime.min(Lifetime.of(config.lifeTime(), 0)).time();
        timers.set(PairTimer.REKEY, Jitter.soft(createdAt, rekeyTime(config, life), random));
        timers.set(PairTimer.EXPIRE, life.isZero() ? Timers.NEVER : createdAt + life.toNanos());
    }

    /** As configured, and before the end of a lifetime that the peer has shorter; zero for never. */
    private static Duration rekeyTime(ChildConfig config, Duration life) {
        Duration inTime = life.multipliedBy(9).dividedBy(10);
        Duration configured = config.rekeyTime();
        boolean earlier = !inTime.isZero() && inTime.compareTo(configured) < 0;
        return configured.isZero() || earlier ? inTime : configured;
    }

    /** For logs: {@code net{c0ffee01_i beefbeef_o}}. */
    @Override
    public String toString() {
        return child + "{" + Integer.toHexString(spiIn) + "_i " + Integer.toHexString(spiOut) + "_o}";
    }
}

package dev.culvert.ike.sa;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Optional;

/** A pair of ESP SAs below an IKE SA. Its keys live in the ESP engine alone. */
public final class ChildSa {
    /** What is being done with the pair. */
    public enum State {
        INSTALLED,
        /** Our request to rekey it is out. */
        REKEYING,
        /** A newer pair took its place; it receives until it is deleted. */
        REKEYED,
        /** The loser of two pairs that were made at once; its creator deletes it. */
        REDUNDANT,
        /** Our Delete is queued or out. */
        DELETING
    }

    private String name;
    private final int spiIn;
    private final int spiOut;
    private final ChildSuite suite;
    private final IpsecMode mode;
    private final List<TrafficSelector> local;
    private final List<TrafficSelector> remote;
    private final Timers<ChildTimer> timers = new Timers<>(ChildTimer.class);
    private State state = State.INSTALLED;
    private final boolean initiator;
    private final long createdAt;
    private boolean sending;
    private int refusals;
    private boolean expired;
    private Optional<ChildSa> replacement = Optional.empty();

    public ChildSa(
            String name,
            int spiIn,
            int spiOut,
            ChildSuite suite,
            IpsecMode mode,
            List<TrafficSelector> local,
            List<TrafficSelector> remote,
            boolean sending,
            boolean initiator,
            long createdAt) {
        this.name = name;
        this.spiIn = spiIn;
        this.spiOut = spiOut;
        this.suite = suite;
        this.mode = mode;
        this.local = List.copyOf(local);
        this.remote = List.copyOf(remote);
        this.sending = sending;
        this.initiator = initiator;
        this.createdAt = createdAt;
    }

    /** Name of the child's configuration. */
    public String name() {
        return name;
    }

    /** It turned out to be one of several pairs that its configuration is made of. */
    public void name(String newName) {
        name = newName;
    }

    public int spiIn() {
        return spiIn;
    }

    public int spiOut() {
        return spiOut;
    }

    public ChildSuite suite() {
        return suite;
    }

    public IpsecMode mode() {
        return mode;
    }

    public List<TrafficSelector> local() {
        return local;
    }

    public List<TrafficSelector> remote() {
        return remote;
    }

    public Timers<ChildTimer> timers() {
        return timers;
    }

    public State state() {
        return state;
    }

    public void state(State newState) {
        state = newState;
    }

    /** Whether outbound traffic uses it, as far as no newer pair does. */
    public boolean sending() {
        return sending;
    }

    void startSending() {
        sending = true;
    }

    /** Whether this pair carries the child: not replaced and not being deleted. */
    public boolean isLive() {
        return state == State.INSTALLED || state == State.REKEYING;
    }

    /** Whether we initiated the exchange that made it. */
    public boolean initiator() {
        return initiator;
    }

    public long createdAt() {
        return createdAt;
    }

    /** The peer refused to rekey it, once more. Returns how often so far. */
    public int refused() {
        return ++refusals;
    }

    /** Its lifetime is over: it carries nothing any more, or is not to. */
    void expire() {
        expired = true;
    }

    public boolean expired() {
        return expired;
    }

    boolean isRekeyRefused() {
        return refusals > 0;
    }

    /** Sets its lifetimes as the configuration has them, counted from its installation. */
    public void schedule(ChildConfig config, RandomSource random) {
        timers.set(ChildTimer.REKEY, Jitter.soft(createdAt, config.rekeyTime(), random));
        timers.set(
                ChildTimer.EXPIRE,
                config.lifeTime().isZero()
                        ? Timers.NEVER
                        : createdAt + config.lifeTime().toNanos());
    }

    /** The pair that took its place. */
    public Optional<ChildSa> replacement() {
        return replacement;
    }

    /** Marks it as replaced: it only receives until its Delete. */
    public void replacedBy(ChildSa newer) {
        state = State.REKEYED;
        replacement = Optional.of(newer);
        timers.cancel(ChildTimer.REKEY);
        timers.cancel(ChildTimer.ACTIVATE);
    }

    /** A pair that the peer made while our request to rekey is out: if this one is deleted now, that is its heir. */
    public void mayBeReplacedBy(ChildSa newer) {
        replacement = Optional.of(newer);
    }

    /** Marks it as the loser of two pairs made at once: it carries nothing. */
    public void redundant() {
        state = State.REDUNDANT;
        replacement = Optional.empty();
        timers.cancel(ChildTimer.REKEY);
    }

    /** For logs: {@code net{c0ffee01_i beefbeef_o}}. */
    @Override
    public String toString() {
        return name + "{" + Integer.toHexString(spiIn) + "_i " + Integer.toHexString(spiOut) + "_o}";
    }
}

package dev.culvert.ike.endpoint;

import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.ChildSa;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a tunnel wants of one of its configured children, and how it stands. */
final class ChildSlot {
    /** How much it is wanted. */
    enum Want {
        /** The peer may bring it up. */
        NO,
        /** It is brought up once; if that fails, so be it. */
        ONCE,
        /** It is brought up again and again. */
        ALWAYS
    }

    private final String name;
    private Want want;
    private ChildRequest request;
    private boolean pending;
    private boolean cleared;
    private boolean givenUp;
    private int failures;
    private long retryAt = Long.MIN_VALUE;
    private Optional<Failure> failure = Optional.empty();
    /** Pairs made under an older configuration, to be deleted once there is a new one. */
    private final List<ChildSa> outdated = new ArrayList<>();

    ChildSlot(String name, Want want) {
        this.name = name;
        this.want = want;
        this.request = ChildRequest.of(name);
    }

    String name() {
        return name;
    }

    Want want() {
        return want;
    }

    void want(Want newWant) {
        want = newWant;
    }

    /** Asks for it at least once, for a packet maybe. */
    void request(ChildRequest newRequest) {
        request = newRequest;
        if (want == Want.NO) {
            want = Want.ONCE;
        }
    }

    ChildRequest request() {
        return request;
    }

    /** Whether it was left down for good: packets that need it do not bring it up again. */
    boolean cleared() {
        return cleared;
    }

    void clear() {
        cleared = true;
        want = Want.NO;
    }

    /** Whether an exchange for it is queued or out. */
    boolean pending() {
        return pending;
    }

    void pending(boolean newPending) {
        pending = newPending;
    }

    long retryAt() {
        return retryAt;
    }

    Optional<Failure> failure() {
        return failure;
    }

    void failure(Failure newFailure) {
        failure = Optional.of(newFailure);
    }

    List<ChildSa> outdated() {
        return outdated;
    }

    /** It came up. */
    void up() {
        pending = false;
        forgetFailures();
        request = ChildRequest.of(name);
        if (want == Want.ONCE) {
            want = Want.NO;
        }
    }

    /** An attempt failed; the next one is not before {@code newRetryAt}. */
    void failed(Failure newFailure, long newRetryAt) {
        pending = false;
        failures++;
        failure = Optional.of(newFailure);
        retryAt = newRetryAt;
        if (want == Want.ONCE) {
            want = Want.NO;
        }
    }

    /** An attempt came at a bad time; the next one is not before {@code newRetryAt}. */
    void postponed(long newRetryAt) {
        pending = false;
        retryAt = newRetryAt;
    }

    /** The peer has no room for it in its policy: it is not asked for again before something changes. */
    void giveUp(Failure newFailure) {
        pending = false;
        givenUp = true;
        failure = Optional.of(newFailure);
        want = Want.NO;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    int failures() {
        return failures;
    }

    /** The next attempt may be made at once. */
    void forgetFailures() {
        cleared = false;
        failures = 0;
        givenUp = false;
        failure = Optional.empty();
        retryAt = Long.MIN_VALUE;
    }
}

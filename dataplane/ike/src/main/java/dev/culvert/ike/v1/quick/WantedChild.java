package dev.culvert.ike.v1.quick;

import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.CloseAction;
import dev.culvert.ike.endpoint.DpdConfig;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.StartAction;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.Jitter;
import dev.culvert.ike.sa.SaHost;
import java.util.Optional;

/** What is wanted of one configured child, which has one selector on each side, and what went wrong with it. */
final class WantedChild {
    /** How much it is wanted. */
    enum Want {
        /** The peer may bring it up. */
        NO,
        /** It is brought up once; if that fails, so be it. */
        ONCE,
        /** It is brought up again and again. */
        ALWAYS
    }

    private ChildConfig config;
    private Want want;
    private boolean cleared;
    /** Up, but made under another configuration. */
    private boolean outdated;

    private int failures;
    private long retryAt = Long.MIN_VALUE;
    private Optional<Failure> failure = Optional.empty();

    WantedChild(ChildConfig config) {
        this.config = config;
        this.want = isStart() ? Want.ALWAYS : Want.NO;
    }

    String name() {
        return config.name();
    }

    ChildConfig config() {
        return config;
    }

    boolean isWanted() {
        return want != Want.NO;
    }

    boolean isStart() {
        return config.startAction() == StartAction.START;
    }

    /** Brings it up at least once. */
    void request() {
        if (want == Want.NO) {
            want = isStart() && !cleared ? Want.ALWAYS : Want.ONCE;
        }
    }

    /** A person asks for it. */
    void initiate() {
        forgetFailures();
        request();
    }

    /** A packet asks for it; with startAction None only the peer or a person begins. */
    void acquire() {
        if (config.startAction() == StartAction.TRAP || (isStart() && !cleared)) {
            request();
        }
    }

    /** A person does not want it any more. */
    void terminate() {
        want = Want.NO;
        outdated = false;
        forgetFailures();
    }

    /** Takes over a changed configuration. */
    void update(ChildConfig newConfig) {
        boolean startsNow = newConfig.startAction() == StartAction.START && !isStart();
        config = newConfig;
        forgetFailures();
        if (startsNow) {
            want = Want.ALWAYS;
        }
    }

    boolean isOutdated() {
        return outdated;
    }

    void outdated() {
        outdated = true;
    }

    /** It came up. */
    void up() {
        forgetFailures();
        outdated = false;
        if (want == Want.ONCE) {
            want = Want.NO;
        }
    }

    /** What was asked for once is not asked for again. */
    void giveUp() {
        if (want == Want.ONCE) {
            want = Want.NO;
        }
    }

    /** What is wanted after the last pair went. */
    void lost(RemovalReason reason, DpdConfig.Action whenDead) {
        switch (reason) {
            case PEER_DEAD -> {
                switch (whenDead) {
                    case RESTART -> want = Want.ALWAYS;
                    case TRAP -> want = Want.NO;
                    case CLEAR -> {
                        cleared = true;
                        want = Want.NO;
                    }
                }
            }
            case DELETED_BY_PEER -> want = config.closeAction() == CloseAction.START ? Want.ALWAYS : Want.NO;
            case REKEYED, DELETED_BY_US, EXPIRED, IKE_SA_CLOSED, CONFIGURATION_CHANGED -> {}
        }
    }

    Optional<Failure> failure() {
        return failure;
    }

    /** The peer asked for it and was refused; shown while it is down. */
    void rejected(Failure newFailure) {
        failure = Optional.of(newFailure);
    }

    /** An attempt failed. The next one has to wait. */
    void failed(Failure newFailure, SaHost host, long nowNanos) {
        failure = Optional.of(newFailure);
        retryAt = nowNanos + backoff(host);
        giveUp();
    }

    private long backoff(SaHost host) {
        EndpointConfig.Retry retry = host.config().retry();
        double nanos = retry.first().toNanos() * Math.pow(2, Math.min(failures++, 30));
        return Jitter.around((long) Math.min(nanos, (double) retry.maximum().toNanos()), retry.jitter(), host.random());
    }

    /** When the next attempt may be made. */
    long retryAt() {
        return retryAt;
    }

    /** The waiting time is over, if it is. */
    void waited(long nowNanos) {
        if (retryAt <= nowNanos) {
            retryAt = Long.MIN_VALUE;
        }
    }

    /** The next attempt is not made before that time. */
    void holdUntil(long at) {
        retryAt = Math.max(retryAt, at);
    }

    void forgetFailures() {
        cleared = false;
        failures = 0;
        failure = Optional.empty();
        retryAt = Long.MIN_VALUE;
    }
}

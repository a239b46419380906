package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.ChildTimer;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.Jitter;
import dev.culvert.ike.sa.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Rekeying of a child SA (RFC 7296 §1.3.3, §2.8): a new pair with the selectors of the old one, which is deleted then. */
final class RekeyChildInitiator extends ChildExchange {
    /** After TEMPORARY_FAILURE (RFC 7296 §2.25). */
    private static final Duration SOON = Duration.ofSeconds(5);
    /** After a refusal that trying again at once would not change. */
    private static final Duration LATER = Duration.ofSeconds(60);

    private static final double JITTER = 0.3;
    /** A peer that refuses so often will refuse for good: a pair that would expire is replaced by re-authentication. */
    private static final int REFUSALS = 2;

    private final ChildSa old;

    RekeyChildInitiator(ChildSa old) {
        this.old = old;
    }

    ChildSa old() {
        return old;
    }

    @Override
    Optional<ChildOffer> offer(IkeSa sa) {
        // What the peer began and did not finish yet goes first.
        boolean wanted =
                sa.children().contains(old) && old.isLive() && !sa.followups().rekey(old);
        Optional<ChildOffer> offer = wanted
                ? sa.owner()
                        .config()
                        .child(old.name())
                        .map(config -> ChildOffer.rekeying(
                                config, old.local(), old.remote(), sa.context().newChildSpi()))
                : Optional.empty();
        if (offer.isPresent()) {
            old.state(ChildSa.State.REKEYING);
            sa.owner().changed();
        }
        return offer;
    }

    /** N(REKEY_SA) names the SPI that we, its sender, receive on. */
    @Override
    List<Payload> introduction() {
        return List.of(NotifyPayload.aboutChild(NotifyType.REKEY_SA, old.suite().protocol(), old.spiIn()));
    }

    @Override
    void agreed(IkeSa sa, ChildTerms terms, ChildTerms.KeyInputs inputs, long nowNanos) {
        if (old.state() == ChildSa.State.DELETING) {
            discard(sa, terms);
            return;
        }
        ChildSa heir = terms.install(sa, inputs, Optional.of(old), true, nowNanos);
        if (sa.children().contains(old)) {
            Succession.byUs(sa, old, heir);
        }
    }

    @Override
    void lost(IkeSa sa, ChildTerms terms, ChildTerms.KeyInputs inputs, ChildSa winner, long nowNanos) {
        ChildSa loser = terms.install(sa, inputs, Optional.of(old), false, nowNanos);
        loser.redundant();
        sa.deleteChild(loser);
        yieldedTo(sa, winner, nowNanos);
    }

    @Override
    void lostToNothing(IkeSa sa, long nowNanos) {
        again(sa, SOON, nowNanos);
    }

    @Override
    void refused(IkeSa sa, NotifyPayload error, Failure failure, long nowNanos) {
        if (error.is(NotifyType.CHILD_SA_NOT_FOUND)) {
            // The peer has lost it: no Delete, and another one (RFC 7296 §2.25). If it has deleted it since, so be it.
            if (sa.children().contains(old)) {
                sa.children().remove(old, RemovalReason.EXPIRED, nowNanos);
                sa.owner().childLost(old.name());
            }
        } else if (error.is(NotifyType.NO_ADDITIONAL_SAS)) {
            old.state(ChildSa.State.INSTALLED);
            sa.owner().reauthenticate(sa, nowNanos);
        } else if (error.is(NotifyType.TEMPORARY_FAILURE) || error.is(NotifyType.STATE_NOT_FOUND)) {
            again(sa, SOON, nowNanos);
        } else {
            Failure told = sa.owner()
                    .config()
                    .child(old.name())
                    .map(config -> Failures.atFirstRekey(failure, old, config.proposals()))
                    .orElse(failure);
            failed(sa, told, nowNanos);
        }
    }

    @Override
    void deletedAtOnce(IkeSa sa, long nowNanos) {
        again(sa, SOON, nowNanos);
    }

    @Override
    void failed(IkeSa sa, Failure failure, long nowNanos) {
        again(sa, LATER, nowNanos);
        sa.owner().childFailed(sa, old.name(), failure, nowNanos);
        long expires = old.timers().deadline(ChildTimer.EXPIRE);
        boolean soon = expires - 2 * LATER.toNanos() <= nowNanos;
        if ((old.refused() >= REFUSALS && expires != Timers.NEVER) || soon) {
            sa.owner().reauthenticate(sa, nowNanos);
        }
    }

    @Override
    public void aborted(IkeSa sa, long nowNanos) {
        super.aborted(sa, nowNanos);
        if (sa.followups().rekey(old)) {
            old.timers().set(ChildTimer.REKEY, nowNanos + LATER.toNanos());
            sa.context().touched(sa);
        }
        if (old.state() == ChildSa.State.REKEYING) {
            old.state(ChildSa.State.INSTALLED);
        }
    }

    @Override
    void yieldedTo(IkeSa sa, ChildSa winner, long nowNanos) {
        if (sa.children().contains(old)) {
            Succession.byPeer(sa, old, winner, nowNanos);
        } else {
            Succession.activateLater(sa, winner, nowNanos);
        }
    }

    @Override
    void yielded(IkeSa sa, long nowNanos) {
        again(sa, LATER, nowNanos);
    }

    private void again(IkeSa sa, Duration after, long nowNanos) {
        if (old.state() == ChildSa.State.REKEYING && old.expired()) {
            sa.deleteChild(old);
        } else if (old.state() == ChildSa.State.REKEYING) {
            old.state(ChildSa.State.INSTALLED);
            old.timers()
                    .set(
                            ChildTimer.REKEY,
                            nowNanos
                                    + Jitter.around(
                                            after.toNanos(),
                                            JITTER,
                                            sa.context().random()));
            sa.context().touched(sa);
            sa.owner().changed();
        }
    }
}

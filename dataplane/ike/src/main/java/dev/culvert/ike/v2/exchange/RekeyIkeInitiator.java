package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.Followup;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.keymat.IkeKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rekeying of the IKE SA (RFC 7296 §1.3.2, §2.18):
 *
 * <pre>
 * HDR, SK {SA, Ni, KEi}  --&gt;
 *                   &lt;--  HDR, SK {SA, Nr, KEr}
 * </pre>
 *
 * The heir takes over the children, and the old IKE SA is deleted. When both sides do it at once, the heir made with the
 * lowest of the four nonces is closed by the side that created it (§2.8.2), or not made at all where additional key
 * exchanges are still to come (RFC 9370 §2.2.4).
 */
final class RekeyIkeInitiator implements Exchange {
    private static final int MAX_GROUP_CHANGES = 3;
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LATER = Duration.ofSeconds(60);

    /** The heir that the peer makes while our request is out. */
    private sealed interface Rival {
        /** The lower one of its exchange's two nonces. */
        Bytes lowestNonce();
    }

    private record Made(IkeSa heir, Bytes lowestNonce) implements Rival {}

    /** The peer's additional key exchanges are still to come. */
    private record InTheMaking(Followup followup, Bytes lowestNonce) implements Rival {}

    /** Both sides agree on an heir, but for additional key exchanges that may be still to come. */
    private record Agreement(
            Sent sent,
            IkeSuite suite,
            long remoteSpi,
            SecretBytes secret,
            Bytes nr,
            Optional<FollowupInitiator> keyExchanges) {
        void close() {
            secret.close();
            keyExchanges.ifPresent(FollowupInitiator::close);
        }
    }

    private record Sent(long spi, List<Proposal> proposals, Bytes ni, KeyExchange keyExchange) {}

    private Optional<KeyExchangeMethod> wantedMethod = Optional.empty();
    private int groupChanges;
    private @Nullable Sent sent;
    private @Nullable Agreement agreement;
    private @Nullable Rival rival;

    void rival(IkeSa heir, Bytes lowestNonce) {
        rival = new Made(heir, lowestNonce);
    }

    void rival(Followup followup, Bytes lowestNonce) {
        rival = new InTheMaking(followup, lowestNonce);
    }

    /** Whether both sides agree already but for additional key exchanges: too late for a request of the peer's. */
    boolean isFollowedUp() {
        return agreement != null;
    }

    @Override
    public ExchangeType type() {
        return agreement == null ? ExchangeType.CREATE_CHILD_SA : ExchangeType.IKE_FOLLOWUP_KE;
    }

    @Override
    public boolean concernsChildren() {
        return false;
    }

    @Override
    public Optional<List<Payload>> request(IkeSa sa, long nowNanos) {
        if (!sa.state().isUsable()) {
            aborted(sa, nowNanos);
            return Optional.empty();
        }
        Agreement made = agreement;
        if (made != null) {
            return made.keyExchanges().map(keyExchanges -> keyExchanges.request(sa));
        }
        if (!sa.followups().isEmpty()) {
            // What the peer began and did not finish yet goes first.
            sa.rekeyLater(SOON, nowNanos);
            return Optional.empty();
        }
        List<Proposal> proposals = sa.owner().config().ikeProposals();
        KeyExchangeMethod method = wantedMethod.orElseGet(
                () -> methods(proposals).contains(sa.keys().suite().keyExchange())
                        ? sa.keys().suite().keyExchange()
                        : methods(proposals).getFirst());
        Sent request = new Sent(
                sa.context().newIkeSpi(),
                proposals,
                Bytes.of(sa.context().random().bytes(SaInitInitiator.NONCE_LENGTH)),
                KeyExchange.generate(method, sa.context().random()));
        sent = request;
        return Optional.of(List.of(
                Proposals.offer(proposals, Bytes.ofLong(request.spi())),
                new NoncePayload(request.ni()),
                new KePayload(method.id(), Bytes.of(request.keyExchange().publicValue()))));
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {
        Agreement made = agreement;
        if (made != null) {
            followedUp(sa, response, made, nowNanos);
            return;
        }
        Sent request = sent;
        if (request == null) {
            return;
        }
        sent = null;
        try {
            Optional<SaPayload> answer = response.first(SaPayload.class);
            if (answer.isEmpty()) {
                refused(sa, response, request, nowNanos);
                return;
            }
            Optional<Agreement> agreed = agree(response, answer.get(), request);
            if (agreed.isEmpty()) {
                senseless(sa, nowNanos);
            } else if (agreed.get().keyExchanges().isPresent()) {
                followUp(sa, agreed.get(), nowNanos);
            } else {
                conclude(sa, response, agreed.get(), nowNanos);
            }
        } finally {
            request.keyExchange().close();
        }
    }

    private static void senseless(IkeSa sa, long nowNanos) {
        sa.delete(
                CloseCause.failed(Failures.protocol("the peer's answer to rekeying the IKE SA makes no sense")),
                nowNanos);
    }

    /** The peer waits for the additional key exchanges before it makes the heir. */
    private void followUp(IkeSa sa, Agreement made, long nowNanos) {
        if (isLoser(sa, made)) {
            made.close();
            giveWay(sa, nowNanos);
            return;
        }
        dropUnfinished(sa);
        agreement = made;
        sa.enqueueFirst(this);
    }

    /** Whether the peer's heir stays, and not the one that was made, or would be, with these nonces. */
    private boolean isLoser(IkeSa sa, Agreement made) {
        Bytes lowest = Nonces.lower(made.sent().ni(), made.nr());
        Rival theirs = rival;
        return theirs != null && isPresent(sa, theirs) && Nonces.isLower(lowest, theirs.lowestNonce());
    }

    private static boolean isPresent(IkeSa sa, Rival theirs) {
        return switch (theirs) {
            case Made made -> made.heir().state().isUsable();
            case InTheMaking making -> sa.followups().contains(making.followup());
        };
    }

    /** There is no heir of ours, or none any more; the peer's is there, or about to be. */
    private void giveWay(IkeSa sa, long nowNanos) {
        if (rival instanceof Made made) {
            IkeSuccession.byPeer(sa, made.heir(), nowNanos);
        } else {
            sa.rekeyLater(LATER, nowNanos);
        }
    }

    /** Ours stays: what the peer has not finished, it will not finish (RFC 9370 §2.2.4). */
    private void dropUnfinished(IkeSa sa) {
        if (rival instanceof InTheMaking making) {
            sa.followups().drop(making.followup());
        }
    }

    private void followedUp(IkeSa sa, IkeMessage response, Agreement made, long nowNanos) {
        FollowupInitiator.Outcome outcome = response.errorNotify().isPresent()
                ? FollowupInitiator.Outcome.BROKEN
                : made.keyExchanges().orElseThrow().response(response);
        switch (outcome) {
            case MORE -> sa.enqueueFirst(this);
            case DONE -> {
                agreement = null;
                conclude(sa, response, made, nowNanos);
            }
            case BROKEN -> {
                agreement = null;
                made.close();
                if (response.errorNotify().isPresent()) {
                    refused(sa, response, made.sent(), nowNanos);
                } else {
                    senseless(sa, nowNanos);
                }
            }
        }
    }

    @Override
    public void aborted(IkeSa sa, long nowNanos) {
        release();
    }

    private void release() {
        if (agreement != null) {
            agreement.close();
            agreement = null;
        }
        if (sent != null) {
            sent.keyExchange().close();
            sent = null;
        }
    }

    @Override
    public void beginAnew(IkeSa sa) {
        release();
    }

    /** The peer deleted the old SA before its response came: what it made itself is the heir. */
    @Override
    public Optional<IkeSa> heirIfDeleted() {
        return rival instanceof Made made
                ? Optional.of(made.heir()).filter(heir -> heir.state().isUsable())
                : Optional.empty();
    }

    private void settle(IkeSa sa, IkeSa ours, boolean loser, long nowNanos) {
        if (!sa.state().isUsable()) {
            ours.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
        } else if (loser) {
            giveWay(sa, nowNanos);
            ours.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
        } else {
            IkeSuccession.byUs(sa, ours, nowNanos);
            if (rival instanceof Made made && made.heir().state().isUsable()) {
                made.heir().decided();
                made.heir().awaitRedundantDelete(nowNanos);
            }
        }
    }

    private void conclude(IkeSa sa, IkeMessage response, Agreement made, long nowNanos) {
        Sent request = made.sent();
        IkeKeys keys = IkeKeys.rekeyed(
                made.suite(),
                sa.keys().prf(),
                sa.keys().keys().skD(),
                made.secret(),
                request.ni().toArray(),
                made.nr().toArray(),
                made.keyExchanges().map(FollowupInitiator::secrets).orElseGet(List::of),
                request.spi(),
                made.remoteSpi());
        boolean loser = isLoser(sa, made);
        made.close();
        IkeSa heir = IkeSa.heirOf(
                sa,
                true,
                request.spi(),
                made.remoteSpi(),
                new SaKeys(made.suite(), keys, true, sa.context().random()),
                nowNanos);
        CrashToken.remember(heir, response);
        settle(sa, heir, loser, nowNanos);
    }

    private static Optional<Agreement> agree(IkeMessage response, SaPayload answer, Sent request) {
        Optional<Proposals.Agreed> agreed = Proposals.accept(answer, request.proposals())
                .filter(a -> a.spi().length() == Long.BYTES && a.spi().u64(0) != 0);
        Optional<KePayload> ke = response.first(KePayload.class);
        Optional<Bytes> nr = response.first(NoncePayload.class).map(NoncePayload::data);
        if (agreed.isEmpty() || ke.isEmpty() || nr.isEmpty()) {
            return Optional.empty();
        }
        IkeSuite suite = IkeSuite.of(agreed.get().chosen());
        if (suite.keyExchange() != request.keyExchange().method()
                || ke.get().method() != suite.keyExchange().id()) {
            return Optional.empty();
        }
        Optional<FollowupInitiator> followups = suite.additionalKeyExchanges().isEmpty()
                ? Optional.empty()
                : FollowupInitiator.after(response, suite.additionalKeyExchanges());
        if (followups.isPresent() == suite.additionalKeyExchanges().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Agreement(
                    request,
                    suite,
                    agreed.get().spi().u64(0),
                    request.keyExchange().agree(ke.get().data().toArray()),
                    nr.get(),
                    followups));
        } catch (InvalidPublicValueException e) {
            return Optional.empty();
        }
    }

    private void refused(IkeSa sa, IkeMessage response, Sent request, long nowNanos) {
        if (!sa.state().isUsable()) {
            return;
        }
        Rival theirs = rival;
        Optional<NotifyPayload> error = response.errorNotify();
        Optional<KeyExchangeMethod> wanted = response.notify(NotifyType.INVALID_KE_PAYLOAD)
                .filter(n -> n.data().length() == 2)
                .flatMap(n -> KeyExchangeMethod.byId(n.data().u16(0)))
                .filter(methods(request.proposals())::contains);
        if (theirs != null && isPresent(sa, theirs)) {
            giveWay(sa, nowNanos);
        } else if (wanted.isPresent() && groupChanges++ < MAX_GROUP_CHANGES) {
            wantedMethod = wanted;
            sa.enqueueFirst(this);
        } else if (error.filter(e -> e.is(NotifyType.NO_ADDITIONAL_SAS)).isPresent()) {
            sa.owner().reauthenticate(sa, nowNanos);
        } else {
            boolean temporary = error.filter(
                            e -> e.is(NotifyType.TEMPORARY_FAILURE) || e.is(NotifyType.STATE_NOT_FOUND))
                    .isPresent();
            sa.rekeyLater(temporary ? SOON : LATER, nowNanos);
            error.ifPresent(e -> sa.audit(
                    AuditEvent.PROPOSALS_REJECTED,
                    Map.of("notify", Failures.name(e)),
                    "rekeying the IKE SA: "
                            + Failures.ike(e, sa.path().remote().toString(), request.proposals())
                                    .message()));
        }
    }

    private static List<KeyExchangeMethod> methods(List<Proposal> proposals) {
        return proposals.stream()
                .map(Proposal::keyExchangeMethods)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }
}

package dev.culvert.ike.v1.quick;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.KePayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.ProposalPayload;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.proposal.EncapsulationMode;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.ike.v1.proposal.Phase2Proposals;
import dev.culvert.ike.v1.proposal.Phase2Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A quick mode that the peer begins; see {@link QuickMode}. */
final class QuickModeResponder extends QuickMode {
    /** How long a peer that set the commit bit is given to say CONNECTED. */
    private static final Duration COMMIT = Duration.ofSeconds(15);

    private enum State {
        NEW,
        ANSWERED,
        /** All messages are here, and the peer is to say CONNECTED. */
        COMMITTING,
        OVER
    }

    /** What the first message asks for, as far as it is acceptable. */
    private record Request(WantedChild child, Phase2Proposals.Agreed agreed, int spiIn, Bytes ni) {
        Phase2Terms terms() {
            return agreed.terms();
        }
    }

    private State state = State.NEW;
    private @Nullable Agreement agreement;
    private @Nullable WantedChild child;
    private @Nullable Pair pair;
    private boolean peerCommits;
    private boolean weCommit;
    private long commitUntil = Timers.NEVER;

    QuickModeResponder(QuickChildren children, IsakmpSa sa, int messageId) {
        super(children, sa, messageId);
    }

    @Override
    public void start(long nowNanos) {
        throw new IllegalStateException("the peer begins");
    }

    @Override
    public boolean receive(V1Message message, long nowNanos) {
        boolean quick = message.header().is(ExchangeType.QUICK);
        return switch (state) {
            case NEW -> {
                boolean authentic = quick && begins(message, sa.keys().hash1(messageId, message.octetsBehindFirst()));
                if (authentic) {
                    asked(message, nowNanos);
                }
                yield authentic;
            }
            case ANSWERED -> {
                Agreement made = Objects.requireNonNull(agreement);
                boolean authentic = quick && begins(message, sa.keys().hash3(messageId, made.ni(), made.nr()));
                if (authentic) {
                    peerCommits |= message.header().commit() && !weCommit;
                    completed(made, nowNanos);
                }
                yield authentic;
            }
            case COMMITTING -> {
                boolean authentic = isConnected(message);
                if (authentic) {
                    committed(nowNanos);
                }
                yield authentic;
            }
            case OVER -> false;
        };
    }

    private void asked(V1Message message, long nowNanos) {
        Optional<SaPayload> offer = message.first(SaPayload.class);
        Optional<Bytes> ni = message.first(NoncePayload.class).map(NoncePayload::data);
        if (offer.isEmpty() || message.all(SaPayload.class).size() > 1 || ni.isEmpty()) {
            refuse(message, NotifyType.PAYLOAD_MALFORMED, nowNanos);
            return;
        }
        Optional<Ends> ends = Ends.read(message, false, sa.path());
        Optional<WantedChild> match = ends.flatMap(asked -> children.match(asked, sa.path()));
        if (match.isEmpty()) {
            Failure failure = QuickFailures.noSuchChild(ends, message, children.all());
            reject(message, NotifyType.INVALID_ID_INFORMATION, AuditEvent.SELECTORS_REJECTED, failure, nowNanos);
            children.all().forEach(wanted -> children.rejected(wanted, failure));
            return;
        }
        choose(message, offer.get(), match.get(), ni.get(), nowNanos);
    }

    private void choose(V1Message message, SaPayload offer, WantedChild wanted, Bytes ni, long nowNanos) {
        ChildConfig config = wanted.config();
        int spiIn = sa.host().newChildSpi();
        boolean keyExchanged = message.first(KePayload.class).isPresent();
        Optional<Failure> ruledOut = NatLimits.of(sa, config);
        Optional<Phase2Proposals.Agreed> agreed = Phase2Proposals.select(
                        offer, config.proposals(), modes(config.mode()), keyExchanged, spiIn)
                .filter(a -> ruledOut.isEmpty() && isSuitable(a.terms()));
        if (agreed.isEmpty()) {
            sa.host().releaseChildSpi(spiIn);
            Failure failure = ruledOut.orElseGet(
                    () -> QuickFailures.noProposal(offer, config, encapsulation(config.mode()), keyExchanged));
            reject(message, NotifyType.NO_PROPOSAL_CHOSEN, AuditEvent.PROPOSALS_REJECTED, failure, nowNanos);
            children.rejected(wanted, failure);
            return;
        }
        exchangeKeys(message, new Request(wanted, agreed.get(), spiIn, ni), nowNanos);
    }

    /** In either numbering of ESP in UDP. */
    private Set<EncapsulationMode> modes(IpsecMode mode) {
        return Set.copyOf(
                List.of(EncapsulationMode.of(mode, inUdp(), false), EncapsulationMode.of(mode, inUdp(), true)));
    }

    /** An SPI below 256 is reserved (RFC 4303 §2.1); one that is in use could not be deleted apart. */
    private boolean isSuitable(Phase2Terms terms) {
        return Integer.compareUnsigned(terms.peerSpi(), 256) >= 0
                && children.pairs()
                        .bySpiOut(terms.suite().protocol().id(), terms.peerSpi())
                        .isEmpty();
    }

    private void exchangeKeys(V1Message message, Request request, long nowNanos) {
        Optional<KeyExchangeMethod> group = request.terms().suite().keyExchange();
        if (group.isEmpty()) {
            answer(message, request, Optional.empty(), nowNanos);
            return;
        }
        try {
            Bytes theirs = message.first(KePayload.class).orElseThrow().data();
            KeyExchange.Answer ours =
                    KeyExchange.answer(group.get(), theirs.toArray(), sa.host().random());
            answer(message, request, Optional.of(ours), nowNanos);
            ours.secret().close();
        } catch (InvalidPublicValueException e) {
            sa.host().releaseChildSpi(request.spiIn());
            refuse(message, NotifyType.INVALID_KEY_INFORMATION, nowNanos);
        }
    }

    private void answer(V1Message message, Request request, Optional<KeyExchange.Answer> keyExchange, long nowNanos) {
        ChildConfig config = request.child().config();
        Phase2Terms terms = request.terms();
        Lifetime theirs = terms.lifetime().isUnsaid() ? Lifetime.of(Lifetime.PHASE_2_DEFAULT, 0) : terms.lifetime();
        Lifetime shorter = theirs.min(lifetime(config));
        Agreement made = new Agreement(
                sa,
                config,
                false,
                request.spiIn(),
                terms.peerSpi(),
                terms.suite(),
                config.mode(),
                Ends.of(config),
                shorter,
                keyExchange.map(KeyExchange.Answer::secret),
                request.ni(),
                newNonce());
        agreement = made;
        child = request.child();
        peerCommits = message.header().commit();
        weCommit = config.commitBit() && !peerCommits;
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(request.agreed().answer());
        payloads.add(new NoncePayload(made.nr()));
        keyExchange.ifPresent(ke -> payloads.add(new KePayload(Bytes.of(ke.value()))));
        payloads.addAll(message.all(IdPayload.class));
        payloads.addAll(originalAddresses(config.mode() == IpsecMode.TRANSPORT, false));
        if (!shorter.equals(theirs)) {
            // The transform has to come back as it was, so it is told beside it (RFC 2407 §4.6.3.1).
            payloads.add(NotifyPayload.aboutChild(
                    NotifyType.RESPONDER_LIFETIME,
                    config.protocol().id(),
                    made.spiIn(),
                    shorter.toNotifyData(Lifetime.Numbering.PHASE_2)));
        }
        pair = children.pairs().prepare(made, nowNanos);
        children.peersTurn(request.child(), nowNanos);
        state = State.ANSWERED;
        send(sa.keys().hash2(messageId, made.ni(), V1Message.encode(payloads)), payloads, weCommit, true, nowNanos);
    }

    private void completed(Agreement made, long nowNanos) {
        if (weCommit) {
            List<NotifyPayload> connected = List.of(NotifyPayload.aboutChild(
                    NotifyType.CONNECTED, made.child().protocol().id(), made.spiIn(), Bytes.EMPTY));
            send(sa.keys().hash1(messageId, V1Message.encode(connected)), connected, true, false, nowNanos);
        }
        if (pair != null && child != null) {
            children.pairs().completed(pair, made, peerCommits, nowNanos);
            children.up(child);
        }
        if (peerCommits) {
            state = State.COMMITTING;
            commitUntil = nowNanos + COMMIT.toNanos();
        } else {
            over(nowNanos);
        }
    }

    private void committed(long nowNanos) {
        if (pair != null) {
            children.pairs().activate(pair);
        }
        over(nowNanos);
    }

    private void over(long nowNanos) {
        state = State.OVER;
        commitUntil = Timers.NEVER;
        sa.finish(messageId, nowNanos);
    }

    private void reject(V1Message message, NotifyType type, AuditEvent event, Failure failure, long nowNanos) {
        sa.host()
                .audit(
                        event,
                        Optional.of(sa.tunnel().config().name()),
                        Map.of("peer", sa.path().remote().toString(), "notify", type.notation()),
                        failure.message());
        refuse(message, type, nowNanos);
    }

    private void refuse(V1Message message, NotifyType type, long nowNanos) {
        Optional<ProposalPayload> offered =
                message.first(SaPayload.class).map(offer -> offer.proposals().getFirst());
        refuse(
                type,
                offered.map(ProposalPayload::protocolId).orElse(ProtocolId.ESP),
                offered.map(ProposalPayload::spi)
                        .filter(spi -> spi.length() == Integer.BYTES)
                        .map(spi -> spi.u32(0))
                        .orElse(0),
                nowNanos);
        over(nowNanos);
    }

    /** The initiator does not go on. */
    @Override
    public void unanswered(long nowNanos) {
        if (pair != null && !pair.isUp()) {
            // The initiator may believe in it.
            children.pairs().delete(pair, RemovalReason.IKE_SA_CLOSED, Optional.of(sa), nowNanos);
        }
    }

    @Override
    public void aborted(long nowNanos) {
        if (pair != null && pair.isUp()) {
            children.pairs().activate(pair);
        } else if (pair != null) {
            // The initiator may believe in it, and hear of this under another SA.
            children.pairs()
                    .delete(pair, RemovalReason.IKE_SA_CLOSED, sa.tunnel().usable(), nowNanos);
        }
        state = State.OVER;
    }

    @Override
    public long deadline() {
        return commitUntil;
    }

    /** The peer does not say CONNECTED: so be it. */
    @Override
    public void timeout(long nowNanos) {
        if (commitUntil <= nowNanos) {
            committed(nowNanos);
        }
    }
}

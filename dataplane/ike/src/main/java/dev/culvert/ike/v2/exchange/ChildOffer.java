package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.TsPayload;
import dev.culvert.ike.message.TsiPayload;
import dev.culvert.ike.message.TsrPayload;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The initiator's side of a child SA's terms, the same in IKE_AUTH and CREATE_CHILD_SA (RFC 7296 §1.2, §1.3.1). */
final class ChildOffer {
    /** What became of the offer. */
    sealed interface Outcome {
        /** Both sides agree. */
        record Agreed(ChildTerms terms) implements Outcome {}

        /** The peer made no child SA. */
        record Refused(NotifyPayload error, Failure failure) implements Outcome {}

        /** The peer made a child SA that we did not offer; it has to be deleted there. */
        record Unacceptable(int spiOut, Failure failure) implements Outcome {}

        /** The answer makes no sense. */
        record Broken(Failure failure) implements Outcome {}
    }

    private final ChildConfig config;
    private final List<Proposal> proposals;
    private final List<TrafficSelector> local;
    private final List<TrafficSelector> remote;
    private final int spiIn;

    private ChildOffer(
            ChildConfig config,
            List<Proposal> proposals,
            List<TrafficSelector> local,
            List<TrafficSelector> remote,
            int spiIn) {
        this.config = config;
        this.proposals = proposals;
        this.local = local;
        this.remote = remote;
        this.spiIn = spiIn;
    }

    /** For IKE_AUTH, where there is no key exchange for the child (RFC 7296 §1.2). */
    static ChildOffer inAuth(ChildConfig config, ChildRequest request, int spiIn) {
        List<Proposal> proposals = config.proposals().stream()
                .map(Proposal::withoutKeyExchanges)
                .distinct()
                .toList();
        return of(config, proposals, request, spiIn);
    }

    static ChildOffer inCreateChild(ChildConfig config, ChildRequest request, int spiIn) {
        return of(config, config.proposals(), request, spiIn);
    }

    /** For rekeying: what was narrowed then is proposed now (RFC 7296 §2.9.2). */
    static ChildOffer rekeying(
            ChildConfig config, List<TrafficSelector> local, List<TrafficSelector> remote, int spiIn) {
        return new ChildOffer(config, config.proposals(), local, remote, spiIn);
    }

    private static ChildOffer of(ChildConfig config, List<Proposal> proposals, ChildRequest request, int spiIn) {
        // Where the peer takes one pair of selectors, the packet's own would be a second one.
        return new ChildOffer(
                config,
                proposals,
                config.isPart() ? config.localSelectors() : packetFirst(request.local(), config.localSelectors()),
                config.isPart() ? config.remoteSelectors() : packetFirst(request.remote(), config.remoteSelectors()),
                spiIn);
    }

    ChildConfig config() {
        return config;
    }

    List<Proposal> proposals() {
        return proposals;
    }

    int spiIn() {
        return spiIn;
    }

    /** [N(USE_TRANSPORT_MODE)], SA. */
    List<Payload> terms() {
        List<Payload> payloads = new ArrayList<>();
        if (config.mode() == IpsecMode.TRANSPORT) {
            payloads.add(NotifyPayload.of(NotifyType.USE_TRANSPORT_MODE));
        }
        payloads.add(Proposals.offer(proposals, Bytes.ofInt(spiIn)));
        return payloads;
    }

    /** TSi, TSr. */
    List<Payload> selectors() {
        return List.of(TsPayload.initiator(local), TsPayload.responder(remote));
    }

    /** What the response makes of the offer; releases the SPI unless both agree. */
    Outcome answered(IkeSa sa, IkeMessage response) {
        Outcome outcome = judge(sa, response);
        if (!(outcome instanceof Outcome.Agreed)) {
            sa.context().releaseChildSpi(spiIn);
        }
        return outcome;
    }

    private Outcome judge(IkeSa sa, IkeMessage response) {
        Optional<SaPayload> answer = response.first(SaPayload.class);
        Optional<TsiPayload> tsi = response.first(TsiPayload.class);
        Optional<TsrPayload> tsr = response.first(TsrPayload.class);
        if (answer.isEmpty()) {
            return response.errorNotify()
                    .<Outcome>map(n -> new Outcome.Refused(
                            n,
                            NatRefusal.of(sa, config)
                                    .or(() -> NatRefusal.suspected(sa, config)
                                            .filter(why -> n.is(NotifyType.NO_PROPOSAL_CHOSEN)
                                                    || n.is(NotifyType.TS_UNACCEPTABLE)))
                                    .orElseGet(() -> Failures.child(n, config, proposals))))
                    .orElseGet(() -> new Outcome.Broken(Failures.protocol(
                            "the peer's answer for child '" + config.name() + "' has neither an SA nor an error")));
        }
        if (tsi.isEmpty() || tsr.isEmpty()) {
            return new Outcome.Broken(
                    Failures.protocol("the peer's answer for child '" + config.name() + "' lacks traffic selectors"));
        }
        Bytes spi = answer.get().proposals().getFirst().spi();
        if (spi.length() != Integer.BYTES) {
            return new Outcome.Broken(
                    Failures.protocol("the peer's answer has no SPI for child '" + config.name() + "'"));
        }
        Optional<Proposals.Agreed> agreed = Proposals.accept(answer.get(), proposals);
        if (agreed.isEmpty()) {
            return new Outcome.Unacceptable(
                    spi.u32(0),
                    new Failure(
                            FailureKind.NO_PROPOSAL_CHOSEN,
                            Optional.empty(),
                            "the peer answered with an " + config.protocol()
                                    + " proposal that we did not make for child '" + config.name()
                                    + "': " + Proposals.print(answer.get()) + " to our "
                                    + ProposalKeywords.print(proposals)));
        }
        Optional<Failure> nat = NatRefusal.of(sa, config);
        if (nat.isPresent()) {
            return new Outcome.Unacceptable(spi.u32(0), nat.get());
        }
        boolean transport = response.has(NotifyType.USE_TRANSPORT_MODE);
        if (transport != (config.mode() == IpsecMode.TRANSPORT)) {
            return new Outcome.Unacceptable(
                    spi.u32(0),
                    Failures.protocol(
                            transport
                                    ? "the peer answered for child '" + config.name()
                                            + "' with transport mode, which we did not ask for"
                                    : "the peer declined transport mode for child '" + config.name()
                                            + "': it answered without USE_TRANSPORT_MODE, and would use tunnel mode"));
        }
        TransportNat translation = TransportNat.of(sa, transport);
        List<TrafficSelector> narrowedLocal = translation.local(tsi.get().selectors());
        List<TrafficSelector> narrowedRemote = translation.remote(tsr.get().selectors());
        if (!Selectors.within(narrowedLocal, local) || !Selectors.within(narrowedRemote, remote)) {
            return new Outcome.Unacceptable(
                    spi.u32(0),
                    new Failure(
                            FailureKind.TS_UNACCEPTABLE,
                            Optional.empty(),
                            "the peer answered with traffic selectors beyond ours for child '" + config.name()
                                    + "': local " + Selectors.print(narrowedLocal) + ", remote "
                                    + Selectors.print(narrowedRemote) + " to our " + Failures.selectors(config)));
        }
        return new Outcome.Agreed(new ChildTerms(
                config,
                spiIn,
                spi.u32(0),
                ChildSuite.of(agreed.get().chosen()),
                config.mode(),
                Selectors.narrow(narrowedLocal, local),
                Selectors.narrow(narrowedRemote, remote)));
    }

    private static List<TrafficSelector> packetFirst(Optional<TrafficSelector> packet, List<TrafficSelector> all) {
        List<TrafficSelector> result = new ArrayList<>();
        packet.filter(p -> all.stream().anyMatch(a -> a.contains(p))).ifPresent(result::add);
        result.addAll(all);
        return result;
    }
}

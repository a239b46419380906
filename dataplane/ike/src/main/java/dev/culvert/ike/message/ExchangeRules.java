package dev.culvert.ike.message;

import static dev.culvert.ike.message.ExchangeType.CREATE_CHILD_SA;
import static dev.culvert.ike.message.ExchangeType.IKE_AUTH;
import static dev.culvert.ike.message.ExchangeType.IKE_FOLLOWUP_KE;
import static dev.culvert.ike.message.ExchangeType.IKE_INTERMEDIATE;
import static dev.culvert.ike.message.ExchangeType.IKE_SA_INIT;
import static dev.culvert.ike.message.ExchangeType.IKE_SESSION_RESUME;
import static dev.culvert.ike.message.ExchangeType.INFORMATIONAL;
import static dev.culvert.ike.message.PayloadType.AUTH;
import static dev.culvert.ike.message.PayloadType.CERT;
import static dev.culvert.ike.message.PayloadType.CERTREQ;
import static dev.culvert.ike.message.PayloadType.CP;
import static dev.culvert.ike.message.PayloadType.DELETE;
import static dev.culvert.ike.message.PayloadType.EAP;
import static dev.culvert.ike.message.PayloadType.IDI;
import static dev.culvert.ike.message.PayloadType.IDR;
import static dev.culvert.ike.message.PayloadType.KE;
import static dev.culvert.ike.message.PayloadType.NONCE;
import static dev.culvert.ike.message.PayloadType.NOTIFY;
import static dev.culvert.ike.message.PayloadType.SA;
import static dev.culvert.ike.message.PayloadType.TSI;
import static dev.culvert.ike.message.PayloadType.TSR;
import static dev.culvert.ike.message.PayloadType.VENDOR_ID;

import dev.culvert.ike.message.UnprotectedError.Reason;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which payloads each exchange has in each direction (RFC 7296 appendix C). A message has to match one of its exchange's
 * forms; a response that says no may leave out what it likes. Notify, Vendor ID and unknown payloads may stand anywhere,
 * and the order does not matter (RFC 7296 §2.5).
 *
 * <p>Left to the exchanges: what depends on earlier messages, such as EAP before AUTH.
 */
final class ExchangeRules {
    private static final Set<PayloadType> REPEATABLE = EnumSet.of(CERT, CERTREQ, NOTIFY, DELETE, VENDOR_ID);
    private static final Set<PayloadType> EVERYWHERE = EnumSet.of(NOTIFY, VENDOR_ID);

    /** Notifies that say "not like this" though they are no errors; the responder keeps no state and sends little else. */
    private static final Set<NotifyType> REFUSALS =
            EnumSet.of(NotifyType.COOKIE, NotifyType.REDIRECT, NotifyType.PUZZLE, NotifyType.TICKET_NACK);

    /** What the proposals of an SA payload are for, and how long their SPIs are then. */
    private enum Negotiates {
        NOTHING,
        /** RFC 7296 §3.3.1: the SPIs are those in the header. */
        FIRST_IKE_SA,
        REKEYED_IKE_SA,
        CHILD_SA
    }

    /** One shape of a message. */
    private record Form(Set<PayloadType> required, Set<PayloadType> optional, Negotiates negotiates) {
        static Form of(Negotiates negotiates, PayloadType... required) {
            return new Form(Set.of(required), Set.of(), negotiates);
        }

        Form with(PayloadType... more) {
            return new Form(required, Set.of(more), negotiates);
        }

        boolean has(PayloadType type) {
            return required.contains(type) || optional.contains(type) || EVERYWHERE.contains(type);
        }

        Set<PayloadType> missingFrom(Set<PayloadType> present) {
            return required.stream()
                    .filter(type -> !present.contains(type))
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(PayloadType.class)));
        }

        Set<PayloadType> unexpectedIn(Set<PayloadType> present) {
            return present.stream()
                    .filter(type -> !has(type))
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(PayloadType.class)));
        }

        int distance(Set<PayloadType> present) {
            return missingFrom(present).size() + unexpectedIn(present).size();
        }
    }

    private record Exchange(boolean inTheClear, List<Form> request, List<Form> response) {
        List<Form> forms(boolean isResponse) {
            return isResponse ? response : request;
        }
    }

    private static final Map<ExchangeType, Exchange> EXCHANGES = Map.of(
            // SAi1, KEi, Ni  -->   <-- SAr1, KEr, Nr, [CERTREQ]
            IKE_SA_INIT,
            new Exchange(
                    true,
                    List.of(Form.of(Negotiates.FIRST_IKE_SA, SA, KE, NONCE)),
                    List.of(Form.of(Negotiates.FIRST_IKE_SA, SA, KE, NONCE).with(CERTREQ))),
            // Ni, N(TICKET_OPAQUE)  -->   <-- Nr
            IKE_SESSION_RESUME,
            new Exchange(
                    true, List.of(Form.of(Negotiates.NOTHING, NONCE)), List.of(Form.of(Negotiates.NOTHING, NONCE))),
            IKE_AUTH,
            new Exchange(
                    false,
                    List.of(
                            // IDi, [CERT+,] [CERTREQ+,] [IDr,] [AUTH,] [CP,] SAi2, TSi, TSr; without AUTH for EAP
                            Form.of(Negotiates.CHILD_SA, IDI, SA, TSI, TSR).with(CERT, CERTREQ, IDR, AUTH, CP),
                            // the same without child SA (RFC 6023)
                            Form.of(Negotiates.NOTHING, IDI).with(CERT, CERTREQ, IDR, AUTH, CP),
                            Form.of(Negotiates.NOTHING, EAP),
                            Form.of(Negotiates.NOTHING, AUTH)),
                    List.of(
                            // IDr, [CERT+,] AUTH, [CP,] SAr2, TSi, TSr
                            Form.of(Negotiates.CHILD_SA, IDR, AUTH, SA, TSI, TSR)
                                    .with(CERT, CP),
                            // the same without child SA (RFC 6023)
                            Form.of(Negotiates.NOTHING, IDR, AUTH).with(CERT, CP),
                            // IDr, [CERT+,] [AUTH,] EAP; without AUTH by RFC 5998
                            Form.of(Negotiates.NOTHING, IDR, EAP).with(CERT, AUTH),
                            Form.of(Negotiates.NOTHING, EAP),
                            // AUTH, [CP,] SAr2, TSi, TSr behind EAP
                            Form.of(Negotiates.CHILD_SA, AUTH, SA, TSI, TSR).with(CP),
                            Form.of(Negotiates.NOTHING, AUTH).with(CP))),
            CREATE_CHILD_SA,
            new Exchange(
                    false,
                    List.of(
                            // SA, Ni, [KEi,] TSi, TSr
                            Form.of(Negotiates.CHILD_SA, SA, NONCE, TSI, TSR).with(KE, CP),
                            // SA, Ni, KEi
                            Form.of(Negotiates.REKEYED_IKE_SA, SA, NONCE, KE)),
                    List.of(
                            Form.of(Negotiates.CHILD_SA, SA, NONCE, TSI, TSR).with(KE, CP),
                            Form.of(Negotiates.REKEYED_IKE_SA, SA, NONCE, KE))),
            // [N+,] [D+,] [CP]
            INFORMATIONAL,
            new Exchange(
                    false,
                    List.of(Form.of(Negotiates.NOTHING).with(DELETE, CP)),
                    List.of(Form.of(Negotiates.NOTHING).with(DELETE, CP))),
            // [KE], RFC 9242 and 9370
            IKE_INTERMEDIATE,
            new Exchange(
                    false,
                    List.of(Form.of(Negotiates.NOTHING).with(KE)),
                    List.of(Form.of(Negotiates.NOTHING).with(KE))),
            // KE, N(ADDITIONAL_KEY_EXCHANGE)
            IKE_FOLLOWUP_KE,
            new Exchange(false, List.of(Form.of(Negotiates.NOTHING, KE)), List.of(Form.of(Negotiates.NOTHING, KE))));

    private ExchangeRules() {}

    /** The inner payloads of a message that was protected. */
    static Optional<Problem> checkProtected(IkeHeader header, List<Payload> payloads) {
        Optional<ExchangeType> type = header.exchangeType();
        if (type.isEmpty()) {
            return unknownExchange(header);
        }
        if (payloads.stream().anyMatch(payload -> payload instanceof SkPayload || payload instanceof SkfPayload)) {
            return problem(Reason.WRONG_PAYLOADS, "encryption within encryption");
        }
        return check(type.get(), header.response(), payloads);
    }

    /** A message without SK or SKF. */
    static Optional<Problem> checkUnprotected(IkeHeader header, List<Payload> payloads) {
        Optional<ExchangeType> type = header.exchangeType();
        if (type.isEmpty()) {
            return unknownExchange(header);
        }
        if (exchange(type.get()).inTheClear()) {
            return check(type.get(), header.response(), payloads);
        }
        // RFC 7296 §1.5, §2.21.4: messages outside of any SA, which are hints at best
        boolean hint = (header.response() || header.is(INFORMATIONAL))
                && payloads.stream().anyMatch(payload -> payload instanceof NotifyPayload n && n.isError())
                && EVERYWHERE.containsAll(types(payloads));
        return hint ? Optional.empty() : problem(Reason.NOT_PROTECTED, header + " in the clear");
    }

    /** What stands beside SK or SKF: nothing that has a meaning, for nothing there is encrypted. */
    static Optional<Problem> checkOuter(IkeHeader header, List<Payload> payloads) {
        Optional<ExchangeType> type = header.exchangeType();
        if (type.isPresent() && exchange(type.get()).inTheClear()) {
            return problem(Reason.WRONG_PAYLOADS, type.get() + " with an encrypted payload");
        }
        return payloads.subList(0, payloads.size() - 1).stream()
                .filter(payload -> !(payload instanceof UnknownPayload || payload instanceof VendorIdPayload))
                .findFirst()
                .flatMap(payload -> problem(
                        Reason.NOT_PROTECTED, PayloadType.nameOf(payload.typeId()) + " outside of the encryption"));
    }

    private static Optional<Problem> check(ExchangeType type, boolean isResponse, List<Payload> payloads) {
        Set<PayloadType> present = types(payloads);
        List<Form> forms = exchange(type).forms(isResponse);
        String name = type + (isResponse ? " response" : " request");
        for (PayloadType once : present) {
            if (!REPEATABLE.contains(once)
                    && payloads.stream().filter(p -> p.typeId() == once.id()).count() > 1) {
                return problem(Reason.WRONG_PAYLOADS, name + " with more than one " + once.notation());
            }
        }
        if (isResponse && refuses(payloads)) {
            return present.stream()
                    .filter(unexpected -> forms.stream().noneMatch(form -> form.has(unexpected)))
                    .findFirst()
                    .flatMap(unexpected -> problem(Reason.WRONG_PAYLOADS, name + " with " + unexpected.notation()));
        }
        Form closest = forms.getFirst();
        for (Form form : forms) {
            if (form.distance(present) < closest.distance(present)) {
                closest = form;
            }
        }
        if (closest.distance(present) > 0) {
            return problem(Reason.WRONG_PAYLOADS, name + describe(closest, present));
        }
        return checkProposals(name, closest.negotiates(), payloads);
    }

    private static String describe(Form closest, Set<PayloadType> present) {
        Set<PayloadType> missing = closest.missingFrom(present);
        Set<PayloadType> unexpected = closest.unexpectedIn(present);
        return (missing.isEmpty() ? "" : " without " + notation(missing))
                + (missing.isEmpty() || unexpected.isEmpty() ? "" : " and")
                + (unexpected.isEmpty() ? "" : " with " + notation(unexpected));
    }

    private static Optional<Problem> checkProposals(String name, Negotiates negotiates, List<Payload> payloads) {
        return payloads.stream()
                .<SaProposal>mapMulti((payload, out) -> {
                    if (payload instanceof SaPayload(List<SaProposal> proposals)) {
                        proposals.forEach(out);
                    }
                })
                .filter(proposal -> !fits(proposal, negotiates))
                .findFirst()
                .flatMap(proposal -> problem(
                        Reason.WRONG_PAYLOADS,
                        name + " with a proposal for protocol " + proposal.protocolId() + " and an SPI of "
                                + proposal.spi().length() + " octets"));
    }

    /** Proposals for unknown protocols fit everywhere: nobody will choose them. */
    private static boolean fits(SaProposal proposal, Negotiates negotiates) {
        boolean ike = proposal.protocolId() == ProtocolId.IKE;
        boolean child = proposal.protocolId() == ProtocolId.AH || proposal.protocolId() == ProtocolId.ESP;
        return switch (negotiates) {
            case NOTHING -> true;
            case FIRST_IKE_SA -> !child && (!ike || proposal.spi().isEmpty());
            case REKEYED_IKE_SA -> !child && (!ike || !proposal.spi().isEmpty());
            case CHILD_SA -> !ike;
        };
    }

    private static boolean refuses(List<Payload> payloads) {
        return payloads.stream()
                .anyMatch(payload -> payload instanceof NotifyPayload n
                        && (n.isError() || n.type().filter(REFUSALS::contains).isPresent()));
    }

    private static Set<PayloadType> types(List<Payload> payloads) {
        return payloads.stream()
                .flatMap(payload -> PayloadType.byId(payload.typeId()).stream())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(PayloadType.class)));
    }

    private static Exchange exchange(ExchangeType type) {
        Exchange exchange = EXCHANGES.get(type);
        if (exchange == null) {
            throw new AssertionError(type + " has no rules");
        }
        return exchange;
    }

    private static String notation(Collection<PayloadType> types) {
        return types.stream().map(PayloadType::notation).collect(Collectors.joining(", "));
    }

    private static Optional<Problem> unknownExchange(IkeHeader header) {
        return problem(Reason.UNKNOWN_EXCHANGE, "exchange type " + header.exchangeTypeId() + " is unknown");
    }

    private static Optional<Problem> problem(Reason reason, String detail) {
        return Optional.of(Problem.invalidSyntax(reason, detail));
    }
}

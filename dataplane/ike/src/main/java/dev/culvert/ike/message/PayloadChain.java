package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** Payloads one after the other, each naming the type of the next (RFC 7296 §3.2). */
final class PayloadChain {
    private static final int CRITICAL = 0x80;

    private PayloadChain() {}

    /**
     * Reads a chain that fills {@code in}. Bounded work: every payload has at least four octets, and there are at most
     * {@link Limits#MAX_PAYLOADS} of them. An SK or SKF payload ends the chain.
     */
    static Parsed<List<Payload>> parse(int firstType, WireReader in) {
        List<Payload> payloads = new ArrayList<>();
        int type = firstType;
        while (type != PayloadType.NO_NEXT_PAYLOAD) {
            if (payloads.size() == Limits.MAX_PAYLOADS) {
                return Parsed.failed(Problem.tooMuch("more than " + Limits.MAX_PAYLOADS + " payloads"));
            }
            int nextType = in.u8();
            boolean critical = (in.u8() & CRITICAL) != 0;
            int length = in.u16();
            WireReader body = in.slice(length - Payload.HEADER_LENGTH);
            if (in.overran()) {
                return Parsed.malformed(PayloadType.nameOf(type) + " runs over the end of the message");
            }
            switch (parseOne(type, critical, nextType, body)) {
                case Parsed.Failed<Payload> failed -> {
                    return failed.as();
                }
                case Parsed.Ok<Payload>(Payload payload) -> payloads.add(payload);
            }
            type = isEncrypted(type) ? PayloadType.NO_NEXT_PAYLOAD : nextType;
        }
        return in.hasRemaining()
                ? Parsed.malformed(in.remaining() + " octets behind the last payload")
                : Parsed.ok(payloads);
    }

    private static Parsed<Payload> parseOne(int type, boolean critical, int nextType, WireReader body) {
        return PayloadType.byId(type)
                .map(known -> parseKnown(known, nextType, body))
                .orElseGet(() -> parseUnknown(type, critical, body));
    }

    /** The C flag of a known payload is ignored, as RFC 7296 §2.5 wants it. */
    private static Parsed<Payload> parseKnown(PayloadType type, int nextType, WireReader body) {
        return switch (type) {
            case SA -> SaSubstructures.parse(body);
            case KE -> KePayload.parse(body);
            case IDI -> Identification.parse(body, IdiPayload::new);
            case IDR -> Identification.parse(body, IdrPayload::new);
            case CERT -> CertPayload.parse(body);
            case CERTREQ -> CertReqPayload.parse(body);
            case AUTH -> AuthPayload.parse(body);
            case NONCE -> NoncePayload.parse(body);
            case NOTIFY -> NotifyPayload.parse(body);
            case DELETE -> DeletePayload.parse(body);
            case VENDOR_ID -> Parsed.ok(new VendorIdPayload(Bytes.of(body.rest())));
            case TSI -> TsSubstructures.parse(body, TsiPayload::new);
            case TSR -> TsSubstructures.parse(body, TsrPayload::new);
            case SK -> Parsed.ok(new SkPayload(nextType, Bytes.of(body.rest())));
            case CP -> CpPayload.parse(body);
            case EAP -> EapPayload.parse(body);
            case SKF -> SkfPayload.parse(nextType, body);
        };
    }

    private static Parsed<Payload> parseUnknown(int type, boolean critical, WireReader body) {
        if (critical) {
            return Parsed.failed(Problem.unsupportedCritical(type));
        }
        return PayloadType.isIkeV1(type)
                ? Parsed.failed(Problem.invalidSyntax(
                        UnprotectedError.Reason.WRONG_PAYLOADS, "payload " + type + " belongs to IKEv1"))
                : Parsed.ok(new UnknownPayload(type, false, Bytes.of(body.rest())));
    }

    static int encodedLength(List<Payload> payloads) {
        return payloads.stream().mapToInt(Payload::encodedLength).sum();
    }

    /** The type of the first payload, 0 if there is none: it stands in the header before the chain. */
    static int firstType(List<Payload> payloads) {
        return payloads.isEmpty()
                ? PayloadType.NO_NEXT_PAYLOAD
                : payloads.getFirst().typeId();
    }

    /**
     * Writes the chain.
     *
     * @throws IllegalArgumentException if a payload is longer than its length field can say, or the caller put SK or SKF
     *     in
     */
    static void write(List<Payload> payloads, WireWriter out) {
        for (int i = 0; i < payloads.size(); i++) {
            Payload payload = payloads.get(i);
            Limits.require(!isEncrypted(payload.typeId()), "SK and SKF come from a cipher, not from the caller");
            int nextType = i + 1 < payloads.size() ? payloads.get(i + 1).typeId() : PayloadType.NO_NEXT_PAYLOAD;
            int start = out.size();
            writeHeader(
                    out,
                    nextType,
                    payload instanceof UnknownPayload unknown && unknown.critical(),
                    payload.encodedLength());
            payload.writeBodyTo(out);
            assert out.size() - start == payload.encodedLength() : payload;
        }
    }

    static void writeHeader(WireWriter out, int nextType, boolean critical, int length) {
        Limits.requireUnsigned("payload length", length, 0xffff);
        out.u8(nextType).u8(critical ? CRITICAL : 0).u16(length);
    }

    private static boolean isEncrypted(int type) {
        return type == PayloadType.SK.id() || type == PayloadType.SKF.id();
    }
}

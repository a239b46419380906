package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.V1Problem.Reason;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** Payloads one after the other, each naming the type of the next (RFC 2408 §3.2). */
final class PayloadChain {
    private PayloadChain() {}

    /**
     * Reads a chain; what is behind it is left in {@code in}. Bounded work: every payload has at least four octets, and
     * there are at most {@link Limits#MAX_PAYLOADS} of them.
     */
    static Parsed<List<V1Payload>> parse(int firstType, WireReader in) {
        List<V1Payload> payloads = new ArrayList<>();
        int type = firstType;
        while (type != PayloadType.NO_NEXT_PAYLOAD) {
            if (payloads.size() == Limits.MAX_PAYLOADS) {
                return Parsed.failed(V1Problem.tooMuch("more than " + Limits.MAX_PAYLOADS + " payloads"));
            }
            if (!PayloadType.isPayload(type)) {
                return Parsed.failed(V1Problem.of(
                        Reason.INVALID_PAYLOAD_TYPE,
                        "payload type " + type + " has no place in an IKEv1 message",
                        NotifyType.INVALID_PAYLOAD_TYPE));
            }
            int nextType = in.u8();
            int reserved = in.u8();
            int length = in.u16();
            WireReader body = in.slice(length - V1Payload.HEADER_LENGTH);
            if (in.overran()) {
                return Parsed.malformed(PayloadType.nameOf(type) + " runs over the end of the message");
            }
            if (reserved != 0) {
                return Parsed.malformed(PayloadType.nameOf(type) + " has " + reserved + " where RFC 2408 has 0");
            }
            switch (parseOne(type, body)) {
                case Parsed.Failed<V1Payload> failed -> {
                    return failed.as();
                }
                case Parsed.Ok<V1Payload>(V1Payload payload) -> payloads.add(payload);
            }
            type = nextType;
        }
        return Parsed.ok(payloads);
    }

    private static Parsed<V1Payload> parseOne(int typeId, WireReader body) {
        return PayloadType.byId(typeId)
                .map(type -> switch (type) {
                    case SA -> SaSubstructures.parse(body);
                    case KE -> Parsed.<V1Payload>ok(new KePayload(Bytes.of(body.rest())));
                    case ID -> IdPayload.parse(body);
                    case CERT -> CertPayload.parse(body);
                    case CERTREQ -> CertReqPayload.parse(body);
                    case HASH -> Parsed.<V1Payload>ok(new HashPayload(Bytes.of(body.rest())));
                    case SIG -> Parsed.<V1Payload>ok(new SigPayload(Bytes.of(body.rest())));
                    case NONCE -> NoncePayload.parse(body);
                    case NOTIFY -> NotifyPayload.parse(body);
                    case DELETE -> DeletePayload.parse(body);
                    case VENDOR_ID -> Parsed.<V1Payload>ok(new VendorIdPayload(Bytes.of(body.rest())));
                    case NAT_D, NAT_D_DRAFT ->
                        Parsed.<V1Payload>ok(new NatDPayload(type == PayloadType.NAT_D_DRAFT, Bytes.of(body.rest())));
                    case NAT_OA, NAT_OA_DRAFT -> NatOaPayload.parse(type == PayloadType.NAT_OA_DRAFT, body);
                    case FRAGMENT -> FragmentPayload.parse(body);
                })
                .orElseGet(() -> Parsed.ok(new UnknownPayload(typeId, Bytes.of(body.rest()))));
    }

    /** The type of the first payload, 0 if there is none: it stands in the header before the chain. */
    static int firstType(List<? extends V1Payload> payloads) {
        return payloads.isEmpty()
                ? PayloadType.NO_NEXT_PAYLOAD
                : payloads.getFirst().typeId();
    }

    /**
     * Writes the chain.
     *
     * @throws IllegalArgumentException if a payload is longer than its length field can say
     */
    static void write(List<? extends V1Payload> payloads, WireWriter out) {
        for (int i = 0; i < payloads.size(); i++) {
            V1Payload payload = payloads.get(i);
            int nextType = i + 1 < payloads.size() ? payloads.get(i + 1).typeId() : PayloadType.NO_NEXT_PAYLOAD;
            int start = out.size();
            writeHeader(out, nextType, payload.encodedLength());
            payload.writeBodyTo(out);
            assert out.size() - start == payload.encodedLength() : payload;
        }
    }

    static void writeHeader(WireWriter out, int nextType, int length) {
        Limits.requireUnsigned("payload length", length, 0xffff);
        out.u8(nextType).u8(0).u16(length);
    }
}

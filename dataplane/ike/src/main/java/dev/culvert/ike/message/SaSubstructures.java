package dev.culvert.ike.message;

import dev.culvert.crypto.Transform;
import dev.culvert.crypto.TransformAttribute;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes the body of an SA payload: proposals, transforms and attributes (RFC 7296 §3.3). Every length and count
 * has to agree with the others, and every list is bounded.
 */
final class SaSubstructures {
    private static final int LAST = 0;
    private static final int MORE_PROPOSALS = 2;
    private static final int MORE_TRANSFORMS = 3;
    private static final int PROPOSAL_HEADER_LENGTH = 8;
    private static final int TRANSFORM_HEADER_LENGTH = 8;
    /** Key Length is attribute 14 in type/value format. */
    private static final int KEY_LENGTH = TransformAttribute.FORMAT_TV | 14;

    private SaSubstructures() {}

    static Parsed<Payload> parse(WireReader in) {
        List<SaProposal> proposals = new ArrayList<>();
        int transforms = 0;
        boolean last = false;
        while (!last) {
            if (proposals.size() == Limits.MAX_PROPOSALS || transforms > Limits.MAX_TRANSFORMS) {
                return Parsed.failed(Problem.tooMuch("too many proposals or transforms"));
            }
            last = in.peekU8() == LAST;
            switch (parseProposal(in)) {
                case Parsed.Failed<SaProposal> failed -> {
                    return failed.as();
                }
                case Parsed.Ok<SaProposal>(SaProposal proposal) -> {
                    if (!proposals.isEmpty()
                            && proposal.number() != proposals.getLast().number() + 1) {
                        return Parsed.malformed("proposal " + proposal.number() + " behind proposal "
                                + proposals.getLast().number());
                    }
                    proposals.add(proposal);
                    transforms += proposal.transforms().size();
                }
            }
        }
        return in.hasRemaining()
                ? Parsed.malformed(in.remaining() + " octets behind the last proposal")
                : Parsed.ok(new SaPayload(proposals));
    }

    private static Parsed<SaProposal> parseProposal(WireReader in) {
        int more = in.u8();
        in.skip(1);
        int length = in.u16();
        WireReader body = in.slice(length - 4);
        int number = body.u8();
        int protocol = body.u8();
        int spiSize = body.u8();
        int count = body.u8();
        Bytes spi = Bytes.of(body.bytes(spiSize));
        if (body.overran()) {
            return Parsed.malformed("a proposal is cut short");
        }
        if (more != LAST && more != MORE_PROPOSALS) {
            return Parsed.malformed("proposal " + number + " begins with " + more + ", not with 0 or 2");
        }
        if (number == 0) {
            return Parsed.malformed("a proposal has the number 0");
        }
        if (!SaProposal.isSpiSize(protocol, spiSize)) {
            return Parsed.malformed("proposal for protocol " + protocol + " with an SPI of " + spiSize + " octets");
        }
        List<Transform> transforms = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int expected = i == count - 1 ? LAST : MORE_TRANSFORMS;
            if (body.peekU8() != expected) {
                return Parsed.malformed("proposal " + number + " has not the " + count + " transforms it announces");
            }
            switch (parseTransform(body)) {
                case Parsed.Failed<Transform> failed -> {
                    return failed.as();
                }
                case Parsed.Ok<Transform>(Transform transform) -> transforms.add(transform);
            }
        }
        return body.hasRemaining()
                ? Parsed.malformed(body.remaining() + " octets behind the transforms of proposal " + number)
                : Parsed.ok(new SaProposal(number, protocol, spi, transforms));
    }

    private static Parsed<Transform> parseTransform(WireReader in) {
        in.skip(2);
        int length = in.u16();
        WireReader body = in.slice(length - 4);
        int type = body.u8();
        body.skip(1);
        int id = body.u16();
        int keyLength = 0;
        List<TransformAttribute> others = new ArrayList<>();
        while (body.hasRemaining()) {
            if (others.size() == Limits.MAX_TRANSFORM_ATTRIBUTES) {
                return Parsed.failed(Problem.tooMuch("a transform has more than " + others.size() + " attributes"));
            }
            int attributeType = body.u16();
            boolean typeValue = (attributeType & TransformAttribute.FORMAT_TV) != 0;
            byte[] value = body.bytes(typeValue ? 2 : body.u16());
            if (body.overran()) {
                break;
            }
            int number = value.length == 2 ? (value[0] & 0xff) << 8 | (value[1] & 0xff) : 0;
            if (attributeType == KEY_LENGTH && keyLength == 0 && number != 0 && others.isEmpty()) {
                keyLength = number;
            } else {
                others.add(new TransformAttribute(attributeType, value));
            }
        }
        return body.overran()
                ? Parsed.malformed("a transform is cut short")
                : Parsed.ok(new Transform(type, id, keyLength, others));
    }

    static int length(List<SaProposal> proposals) {
        return proposals.stream().mapToInt(SaSubstructures::length).sum();
    }

    private static int length(SaProposal proposal) {
        return PROPOSAL_HEADER_LENGTH
                + proposal.spi().length()
                + proposal.transforms().stream()
                        .mapToInt(SaSubstructures::length)
                        .sum();
    }

    private static int length(Transform transform) {
        return TRANSFORM_HEADER_LENGTH
                + (transform.keyLengthBits() == 0 ? 0 : 4)
                + transform.otherAttributes().stream()
                        .mapToInt(attribute -> isTypeValue(attribute) ? 4 : 4 + attribute.value().length)
                        .sum();
    }

    static void write(List<SaProposal> proposals, WireWriter out) {
        for (int i = 0; i < proposals.size(); i++) {
            SaProposal proposal = proposals.get(i);
            List<Transform> transforms = proposal.transforms();
            out.u8(i == proposals.size() - 1 ? LAST : MORE_PROPOSALS)
                    .u8(0)
                    .u16(length(proposal))
                    .u8(proposal.number())
                    .u8(proposal.protocolId())
                    .u8(proposal.spi().length())
                    .u8(transforms.size());
            proposal.spi().writeTo(out);
            for (int j = 0; j < transforms.size(); j++) {
                write(transforms.get(j), j == transforms.size() - 1 ? LAST : MORE_TRANSFORMS, out);
            }
        }
    }

    private static void write(Transform transform, int more, WireWriter out) {
        out.u8(more).u8(0).u16(length(transform)).u8(transform.type()).u8(0).u16(transform.id());
        if (transform.keyLengthBits() != 0) {
            out.u16(KEY_LENGTH).u16(transform.keyLengthBits());
        }
        for (TransformAttribute attribute : transform.otherAttributes()) {
            byte[] value = attribute.value();
            out.u16(attribute.type());
            if (!isTypeValue(attribute)) {
                out.u16(value.length);
            }
            out.bytes(value);
        }
    }

    private static boolean isTypeValue(TransformAttribute attribute) {
        return (attribute.type() & TransformAttribute.FORMAT_TV) != 0;
    }
}

package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.V1Problem.Reason;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes the body of an SA payload: DOI, situation, proposals, transforms and attributes (RFC 2408 §3.3 to §3.6,
 * RFC 2407 §4.6.1). Every length and count has to agree with the others, and every list is bounded.
 */
final class SaSubstructures {
    private static final int LAST = 0;
    private static final int HEADER_LENGTH = 8;

    private SaSubstructures() {}

    static Parsed<V1Payload> parse(WireReader in) {
        int doi = in.int32();
        int situation = in.int32();
        if (in.overran()) {
            return malformed("SA is cut short");
        }
        if (doi != Doi.IPSEC) {
            return Parsed.failed(V1Problem.of(
                    Reason.UNSUPPORTED_DOI,
                    "SA of DOI " + Integer.toUnsignedString(doi),
                    NotifyType.DOI_NOT_SUPPORTED));
        }
        if (situation != Doi.SITUATION_IDENTITY_ONLY) {
            return Parsed.failed(V1Problem.of(
                    Reason.UNSUPPORTED_DOI,
                    "SA with situation 0x" + Integer.toHexString(situation),
                    NotifyType.SITUATION_NOT_SUPPORTED));
        }
        List<ProposalPayload> proposals = new ArrayList<>();
        int transforms = 0;
        boolean last = false;
        while (!last) {
            if (proposals.size() == Limits.MAX_PROPOSALS || transforms > Limits.MAX_TRANSFORMS) {
                return Parsed.failed(V1Problem.tooMuch("too many proposals or transforms"));
            }
            last = in.peekU8() == LAST;
            switch (parseProposal(in)) {
                case Parsed.Failed<ProposalPayload> failed -> {
                    return failed.as();
                }
                case Parsed.Ok<ProposalPayload>(ProposalPayload proposal) -> {
                    proposals.add(proposal);
                    transforms += proposal.transforms().size();
                }
            }
        }
        return in.hasRemaining()
                ? malformed(in.remaining() + " octets behind the last proposal")
                : Parsed.ok(new SaPayload(proposals));
    }

    private static Parsed<ProposalPayload> parseProposal(WireReader in) {
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
            return malformed("a proposal is cut short");
        }
        if (more != LAST && more != PayloadType.PROPOSAL) {
            return malformed("proposal " + number + " begins with " + more + ", not with 0 or 2");
        }
        if (!ProposalPayload.isSpiSize(protocol, spiSize)) {
            return malformed("proposal for protocol " + protocol + " with an SPI of " + spiSize + " octets");
        }
        List<TransformPayload> transforms = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int expected = i == count - 1 ? LAST : PayloadType.TRANSFORM;
            if (body.peekU8() != expected) {
                return malformed("proposal " + number + " has not the " + count + " transforms it announces");
            }
            switch (parseTransform(body)) {
                case Parsed.Failed<TransformPayload> failed -> {
                    return failed.as();
                }
                case Parsed.Ok<TransformPayload>(TransformPayload transform) -> transforms.add(transform);
            }
        }
        return body.hasRemaining()
                ? malformed(body.remaining() + " octets behind the transforms of proposal " + number)
                : Parsed.ok(new ProposalPayload(number, protocol, spi, transforms));
    }

    private static Parsed<TransformPayload> parseTransform(WireReader in) {
        in.skip(2);
        int length = in.u16();
        WireReader body = in.slice(length - 4);
        int number = body.u8();
        int id = body.u8();
        body.skip(2);
        if (body.overran()) {
            return malformed("a transform is cut short");
        }
        return switch (Attribute.parseAll(body)) {
            case Parsed.Failed<List<Attribute>> failed -> failed.as();
            case Parsed.Ok<List<Attribute>>(List<Attribute> attributes) ->
                Parsed.ok(new TransformPayload(number, id, attributes));
        };
    }

    private static <T> Parsed<T> malformed(String detail) {
        return Parsed.failed(V1Problem.malformed(detail, NotifyType.BAD_PROPOSAL_SYNTAX));
    }

    static int bodyLength(List<ProposalPayload> proposals) {
        return 8 + proposals.stream().mapToInt(SaSubstructures::length).sum();
    }

    private static int length(ProposalPayload proposal) {
        return HEADER_LENGTH
                + proposal.spi().length()
                + proposal.transforms().stream()
                        .mapToInt(SaSubstructures::length)
                        .sum();
    }

    private static int length(TransformPayload transform) {
        return HEADER_LENGTH
                + transform.attributes().stream()
                        .mapToInt(Attribute::encodedLength)
                        .sum();
    }

    static void write(List<ProposalPayload> proposals, WireWriter out) {
        out.int32(Doi.IPSEC).int32(Doi.SITUATION_IDENTITY_ONLY);
        for (int i = 0; i < proposals.size(); i++) {
            ProposalPayload proposal = proposals.get(i);
            List<TransformPayload> transforms = proposal.transforms();
            out.u8(i == proposals.size() - 1 ? LAST : PayloadType.PROPOSAL)
                    .u8(0)
                    .u16(length(proposal))
                    .u8(proposal.number())
                    .u8(proposal.protocolId())
                    .u8(proposal.spi().length())
                    .u8(transforms.size());
            proposal.spi().writeTo(out);
            for (int j = 0; j < transforms.size(); j++) {
                TransformPayload transform = transforms.get(j);
                out.u8(j == transforms.size() - 1 ? LAST : PayloadType.TRANSFORM)
                        .u8(0)
                        .u16(length(transform))
                        .u8(transform.number())
                        .u8(transform.transformId())
                        .u16(0);
                transform.attributes().forEach(attribute -> attribute.writeTo(out));
            }
        }
    }
}

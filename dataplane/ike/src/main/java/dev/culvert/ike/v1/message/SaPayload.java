package dev.culvert.ike.v1.message;

import dev.culvert.wire.WireWriter;
import java.util.List;

/**
 * Security Association (RFC 2408 §3.4) of the IPsec DOI with the situation SIT_IDENTITY_ONLY; no other is spoken.
 *
 * @param proposals 1 to 64, most preferred first; an answer has one with one transform
 */
public record SaPayload(List<ProposalPayload> proposals) implements V1Payload {
    public SaPayload {
        Limits.require(
                !proposals.isEmpty() && proposals.size() <= Limits.MAX_PROPOSALS,
                "an SA payload has 1 to " + Limits.MAX_PROPOSALS + " proposals, not " + proposals.size());
        proposals = List.copyOf(proposals);
    }

    @Override
    public int typeId() {
        return PayloadType.SA.id();
    }

    @Override
    public int bodyLength() {
        return SaSubstructures.bodyLength(proposals);
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        SaSubstructures.write(proposals, out);
    }
}

package dev.culvert.ike.message;

import dev.culvert.wire.WireWriter;
import java.util.List;

/**
 * Security Association (RFC 7296 §3.3).
 *
 * @param proposals 1 to 64; their numbers count up by one. An offer starts with 1, an answer has one proposal with the
 *     number that was chosen
 */
public record SaPayload(List<SaProposal> proposals) implements Payload {
    public SaPayload {
        Limits.require(
                !proposals.isEmpty() && proposals.size() <= Limits.MAX_PROPOSALS,
                "an SA payload has 1 to " + Limits.MAX_PROPOSALS + " proposals, not " + proposals.size());
        for (int i = 1; i < proposals.size(); i++) {
            Limits.require(proposals.get(i).number() == proposals.get(i - 1).number() + 1, "proposals count up by one");
        }
        proposals = List.copyOf(proposals);
    }

    @Override
    public int typeId() {
        return PayloadType.SA.id();
    }

    @Override
    public int bodyLength() {
        return SaSubstructures.length(proposals);
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        SaSubstructures.write(proposals, out);
    }
}

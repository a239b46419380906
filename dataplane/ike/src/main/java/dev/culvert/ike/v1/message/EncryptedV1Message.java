package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireReader;
import java.util.List;

/**
 * A message with the E flag, not decrypted yet.
 *
 * @param firstPayloadType of the first payload inside
 * @param ciphertext all behind the header; not empty, and not necessarily a number of whole blocks
 */
public record EncryptedV1Message(IsakmpHeader header, int firstPayloadType, Bytes ciphertext) {
    /**
     * Reads the decrypted payloads. Behind the last one there may be padding with any content, at most 256 octets of it:
     * RFC 2409 appendix B has it zero, others make it random and put its length last.
     */
    public V1Decoded opened(Bytes plaintext) {
        byte[] octets = plaintext.toArray();
        WireReader in = WireReader.of(octets);
        return switch (PayloadChain.parse(firstPayloadType, in)) {
            case Parsed.Failed<List<V1Payload>>(V1Problem problem) -> problem.in(header);
            case Parsed.Ok<List<V1Payload>>(List<V1Payload> payloads) -> {
                if (in.remaining() > Limits.MAX_PADDING) {
                    yield V1Problem.malformed(in.remaining() + " octets behind the last payload")
                            .in(header);
                }
                yield new V1Decoded.Ok(new V1Message(header, payloads, plaintext.slice(0, in.position())));
            }
        };
    }
}

package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.V1Problem.Reason;
import dev.culvert.wire.WireReader;
import java.util.List;
import java.util.Optional;

/** Reads datagrams as far as it goes without keys. */
final class MessageDecoder {
    private static final int ALIGNMENT = 4;

    private MessageDecoder() {}

    static V1Decoded decode(byte[] datagram) {
        if (datagram.length < IsakmpHeader.LENGTH) {
            return new V1Problem(
                    Reason.TOO_SHORT,
                    datagram.length + " octets are less than an ISAKMP header",
                    NotifyType.UNEQUAL_PAYLOAD_LENGTHS,
                    Optional.empty());
        }
        IsakmpHeader header = IsakmpHeader.parse(datagram);
        if (IsakmpHeader.majorVersion(datagram) != IsakmpHeader.MAJOR_VERSION) {
            return V1Problem.of(
                            Reason.INVALID_MAJOR_VERSION,
                            "version " + IsakmpHeader.majorVersion(datagram) + "." + header.minorVersion(),
                            NotifyType.INVALID_MAJOR_VERSION)
                    .in(header);
        }
        if (header.initiatorCookie() == 0) {
            return V1Problem.of(Reason.NO_INITIATOR_COOKIE, "the initiator cookie is zero", NotifyType.INVALID_COOKIE)
                    .in(header);
        }
        long length = IsakmpHeader.length(datagram);
        if (length != datagram.length) {
            return V1Problem.of(
                            Reason.LENGTH_MISMATCH,
                            "the header says " + length + " octets, the datagram has " + datagram.length,
                            NotifyType.UNEQUAL_PAYLOAD_LENGTHS)
                    .in(header);
        }
        int firstType = IsakmpHeader.nextPayload(datagram);
        Bytes content = Bytes.of(datagram, IsakmpHeader.LENGTH, datagram.length - IsakmpHeader.LENGTH);
        if (content.isEmpty() || firstType == PayloadType.NO_NEXT_PAYLOAD) {
            return V1Problem.malformed("a message without payloads").in(header);
        }
        if (header.encrypted()) {
            return new V1Decoded.Encrypted(new EncryptedV1Message(header, firstType, content));
        }
        WireReader in = WireReader.of(content.toArray());
        return switch (PayloadChain.parse(firstType, in)) {
            case Parsed.Failed<List<V1Payload>>(V1Problem problem) -> problem.in(header);
            case Parsed.Ok<List<V1Payload>>(List<V1Payload> payloads) -> {
                int end = in.position();
                if (!isPadding(content, end)) {
                    yield V1Problem.malformed(
                                    in.remaining() + " octets behind the last payload",
                                    NotifyType.UNEQUAL_PAYLOAD_LENGTHS)
                            .in(header);
                }
                if (payloads.getFirst() instanceof FragmentPayload fragment) {
                    yield payloads.size() == 1
                            ? new V1Decoded.Fragment(header, fragment)
                            : V1Problem.malformed("a fragment with other payloads behind it")
                                    .in(header);
                }
                yield new V1Decoded.Ok(new V1Message(header, payloads, content.slice(0, end)));
            }
        };
    }

    /** Nothing, or the zeros by which Openswan and libreswan bring every message to a multiple of four octets. */
    private static boolean isPadding(Bytes content, int end) {
        int left = content.length() - end;
        boolean zeros = left < ALIGNMENT && (IsakmpHeader.LENGTH + content.length()) % ALIGNMENT == 0;
        for (int i = end; zeros && i < content.length(); i++) {
            zeros = content.at(i) == 0;
        }
        return left == 0 || zeros;
    }
}

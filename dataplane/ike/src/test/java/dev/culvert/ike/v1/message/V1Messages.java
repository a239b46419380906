package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireWriter;
import java.util.HexFormat;
import java.util.List;

/** Messages for tests. */
final class V1Messages {
    static final long CKY_I = 0x0102030405060708L;
    static final long CKY_R = 0x1112131415161718L;

    private V1Messages() {}

    /** Reads hexadecimal digits with spaces in between. */
    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static Bytes bytes(String digits) {
        return Bytes.of(hex(digits));
    }

    static IsakmpHeader mainMode() {
        return IsakmpHeader.of(CKY_I, CKY_R, ExchangeType.MAIN, 0);
    }

    static IsakmpHeader quickMode() {
        return IsakmpHeader.of(CKY_I, CKY_R, ExchangeType.QUICK, 0x12345678);
    }

    /** A datagram with any octets behind the header. */
    static byte[] datagram(IsakmpHeader header, int firstType, String content) {
        return V1Message.datagram(header, firstType, bytes(content));
    }

    /** Any octets as the body of the only payload. */
    static byte[] withBody(int type, Bytes body) {
        WireWriter out = new WireWriter();
        PayloadChain.writeHeader(out, PayloadType.NO_NEXT_PAYLOAD, V1Payload.HEADER_LENGTH + body.length());
        body.writeTo(out);
        return V1Message.datagram(mainMode(), type, Bytes.of(out.toByteArray()));
    }

    /** The first message of main mode with one transform and two vendor IDs. */
    static V1Message first() {
        return V1Message.of(
                IsakmpHeader.of(CKY_I, 0, ExchangeType.MAIN, 0),
                List.of(
                        new SaPayload(List.of(new ProposalPayload(
                                1,
                                ProtocolId.ISAKMP,
                                Bytes.EMPTY,
                                List.of(new TransformPayload(
                                        1,
                                        1,
                                        List.of(
                                                Attribute.of(1, 7),
                                                Attribute.of(14, 256),
                                                Attribute.of(2, 4),
                                                Attribute.of(3, 1),
                                                Attribute.of(4, 14),
                                                Attribute.of(11, 1),
                                                Attribute.of(12, 86400))))))),
                        VendorIdPayload.of(VendorId.DPD),
                        VendorIdPayload.of(VendorId.NAT_T_RFC_3947)));
    }
}

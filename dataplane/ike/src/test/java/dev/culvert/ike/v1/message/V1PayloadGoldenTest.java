package dev.culvert.ike.v1.message;

import static dev.culvert.ike.v1.message.V1Messages.bytes;
import static dev.culvert.ike.v1.message.V1Messages.hex;
import static dev.culvert.ike.v1.message.V1Messages.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.IpAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every payload as octets and as a value, both ways. The octets follow the diagrams of RFC 2408 §3, RFC 2407 §4.6 and RFC 3947; those marked Cisco or Windows are recorded (first-messages.txt, cisco-*.txt). */
class V1PayloadGoldenTest {
    record Golden(String name, String octets, V1Payload value) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Golden> goldens() {
        return Stream.of(
                // Cisco
                new Golden(
                        "SA of phase 1",
                        "00000001 00000001 0000002c 00010001 00000024 01010000 80010007 800e0080 80020002 80040002"
                                + " 80030001 800b0001 800c7080",
                        sa(
                                0,
                                1,
                                Bytes.EMPTY,
                                new TransformPayload(
                                        1,
                                        1,
                                        List.of(
                                                Attribute.of(1, 7),
                                                Attribute.of(14, 128),
                                                Attribute.of(2, 2),
                                                Attribute.of(4, 2),
                                                Attribute.of(3, 1),
                                                Attribute.of(11, 1),
                                                Attribute.of(12, 28800))))),
                new Golden(
                        "SA of phase 2, two proposals, attributes of any length",
                        "00000001 00000001 02000024 01030401 c0ffee01 00000018 010c0000 80040001 00010000 00020004"
                                + " 00465000 00000014 02020401 c0ffee02 00000008 00030000",
                        new SaPayload(List.of(
                                new ProposalPayload(
                                        1,
                                        ProtocolId.ESP,
                                        Bytes.ofInt(0xc0ffee01),
                                        List.of(new TransformPayload(
                                                1,
                                                12,
                                                List.of(
                                                        Attribute.of(4, 1),
                                                        new Attribute(1, false, Bytes.EMPTY),
                                                        Attribute.of(2, 4608000))))),
                                new ProposalPayload(
                                        2,
                                        ProtocolId.AH,
                                        Bytes.ofInt(0xc0ffee02),
                                        List.of(new TransformPayload(0, 3, List.of())))))),
                new Golden(
                        "SA without transforms",
                        "00000001 00000001 0000000b 01c80300 aabbcc",
                        new SaPayload(List.of(new ProposalPayload(1, 200, Bytes.ofHex("aabbcc"), List.of())))),
                new Golden("KE", "0102030405", new KePayload(bytes("0102030405"))),
                new Golden("KE without content", "", new KePayload(Bytes.EMPTY)),
                // Cisco
                new Golden("ID, an address", "01000000 0a00030a", IdPayload.of(1, bytes("0a00030a"))),
                new Golden("ID of UDP port 500", "021101f4 61", new IdPayload(2, 17, 500, bytes("61"))),
                new Golden("ID of unknown type", "c8000000 ff", IdPayload.of(200, bytes("ff"))),
                new Golden("CERT", "04 3082", CertPayload.ofX509(bytes("3082"))),
                new Golden("CERTREQ", "04 3000", CertReqPayload.ofX509(bytes("3000"))),
                new Golden("CERTREQ for any authority", "04", CertReqPayload.ofX509(Bytes.EMPTY)),
                new Golden("HASH", "cd7dbe09", new HashPayload(bytes("cd7dbe09"))),
                new Golden("SIG", "0102", new SigPayload(bytes("0102"))),
                new Golden("NONCE", "a3a34f453de42c67", new NoncePayload(bytes("a3a34f453de42c67"))),
                new Golden(
                        "N without SPI",
                        "00000001 0100000e",
                        NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN, ProtocolId.ISAKMP)),
                new Golden(
                        "N about an ISAKMP SA: R-U-THERE",
                        "00000001 01108d28 0102030405060708 1112131415161718 00000001",
                        NotifyPayload.ofIsakmp(
                                NotifyType.R_U_THERE, V1Messages.mainMode().cookies(), Bytes.ofInt(1))),
                new Golden(
                        "N about an ESP SA: RESPONDER-LIFETIME",
                        "00000001 03046000 c0ffee01 80010001 80020e10",
                        NotifyPayload.aboutChild(
                                NotifyType.RESPONDER_LIFETIME,
                                ProtocolId.ESP,
                                0xc0ffee01,
                                Attribute.encode(List.of(Attribute.of(1, 1), Attribute.of(2, 3600))))),
                new Golden(
                        "N of unknown type",
                        "00000000 09029c41 abcd",
                        new NotifyPayload(0, 9, bytes("abcd"), 40001, Bytes.EMPTY)),
                new Golden(
                        "D of an ISAKMP SA",
                        "00000001 01100001 0102030405060708 1112131415161718",
                        DeletePayload.ofIsakmp(V1Messages.mainMode().cookies())),
                new Golden(
                        "D of two ESP SAs",
                        "00000001 03040002 c0ffee01 c0ffee02",
                        DeletePayload.ofChildren(ProtocolId.ESP, List.of(0xc0ffee01, 0xc0ffee02))),
                new Golden("VID", "09002689dfd6b712", VendorIdPayload.of(VendorId.XAUTH)),
                new Golden("NAT-D", "0102", new NatDPayload(false, bytes("0102"))),
                new Golden("NAT-D of the drafts", "0102", new NatDPayload(true, bytes("0102"))),
                new Golden("NAT-OA", "01000000 c0000201", NatOaPayload.of(false, IpAddress.parse("192.0.2.1"))),
                new Golden(
                        "NAT-OA of the drafts",
                        "05000000 20010db8000000000000000000000001",
                        NatOaPayload.of(true, IpAddress.parse("2001:db8::1"))),
                new Golden("FRAGMENT", "00070201 aabb", new FragmentPayload(7, 2, true, bytes("aabb"))),
                new Golden("unknown, assigned", "00", new UnknownPayload(UnknownPayload.ATTRIBUTES, bytes("00"))),
                new Golden("unknown, private", "", new UnknownPayload(200, Bytes.EMPTY)));
    }

    private static SaPayload sa(int number, int protocol, Bytes spi, TransformPayload transform) {
        return new SaPayload(List.of(new ProposalPayload(number, protocol, spi, List.of(transform))));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void isReadAndWritten(Golden golden) {
        byte[] datagram = withBody(golden.value().typeId(), bytes(golden.octets()));
        V1Message built = V1Message.of(V1Messages.mainMode(), List.of(golden.value()));
        assertThat(built.encode()).isEqualTo(datagram);
        assertThat(golden.value().bodyLength()).isEqualTo(hex(golden.octets()).length);
        V1Decoded expected = golden.value() instanceof FragmentPayload fragment
                ? new V1Decoded.Fragment(V1Messages.mainMode(), fragment)
                : new V1Decoded.Ok(built);
        assertThat(V1Message.decode(datagram)).isEqualTo(expected);
    }

    /** Cut off anywhere it is either refused, or another value that is written as it was read. */
    @ParameterizedTest
    @MethodSource("goldens")
    void truncatedAtEveryLength(Golden golden) {
        Bytes whole = bytes(golden.octets());
        for (int length = 0; length < whole.length(); length++) {
            byte[] datagram = withBody(golden.value().typeId(), whole.slice(0, length));
            switch (V1Message.decode(datagram)) {
                case V1Decoded.Ok(V1Message message) ->
                    assertThat(V1Message.of(message.header(), message.payloads())
                                    .encode())
                            .isEqualTo(datagram);
                case V1Decoded.Fragment(IsakmpHeader header, FragmentPayload fragment) ->
                    assertThat(V1Message.of(header, List.of(fragment)).encode()).isEqualTo(datagram);
                case V1Problem problem ->
                    assertThat(problem.detail()).as(golden + " of " + length).isNotEmpty();
                case V1Decoded.Encrypted encrypted -> throw new AssertionError(encrypted.toString());
            }
        }
    }
}

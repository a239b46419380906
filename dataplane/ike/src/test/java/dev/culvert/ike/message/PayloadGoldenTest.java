package dev.culvert.ike.message;

import static dev.culvert.ike.message.Messages.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.Transform;
import dev.culvert.crypto.TransformAttribute;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every payload as octets and as a value, both ways. The octets follow the diagrams of RFC 7296 §3; those marked AOSP are
 * from captures in the unit tests of Android's IKE library (packages/modules/IPsec, Apache-2.0).
 */
class PayloadGoldenTest {
    record Golden(String name, int type, String octets, Payload value) {
        @Override
        public String toString() {
            return name;
        }

        byte[] bytes() {
            return hex(octets);
        }
    }

    static Stream<Golden> goldens() {
        return Stream.of(
                // AOSP IkeMessageTest, IKE_SA_INIT: AES-CBC-128, HMAC-SHA1-96, MODP-1024, PRF-HMAC-SHA1
                new Golden(
                        "SA of an IKE SA",
                        33,
                        "00000030 0000002c 01010004 0300000c 0100000c 800e0080 03000008 03000002"
                                + " 03000008 04000002 00000008 02000002",
                        new SaPayload(List.of(new SaProposal(
                                1,
                                ProtocolId.IKE,
                                Bytes.EMPTY,
                                List.of(
                                        new Transform(1, 12, 128),
                                        new Transform(3, 2, 0),
                                        new Transform(4, 2, 0),
                                        new Transform(2, 2, 0)))))),
                // AOSP IkeSkPayloadTest, IKE_AUTH
                new Golden(
                        "SA of a child SA",
                        33,
                        "0000002c 00000028 01030403 2ad4c0a2 0300000c 0100000c 800e0080 03000008 03000002"
                                + " 00000008 05000000",
                        new SaPayload(List.of(new SaProposal(
                                1,
                                ProtocolId.ESP,
                                Bytes.ofInt(0x2ad4c0a2),
                                List.of(new Transform(1, 12, 128), new Transform(3, 2, 0), new Transform(5, 0, 0)))))),
                new Golden(
                        "SA with unknown protocol, transform and attributes, and with a proposal without transforms",
                        33,
                        "0000002d 02000021 01c80301 aabbcc 00000016 f0001234 800e0080 8fff0102 0ffe0002 beef"
                                + " 00000008 02010000",
                        new SaPayload(List.of(
                                new SaProposal(
                                        1,
                                        200,
                                        Bytes.ofHex("aabbcc"),
                                        List.of(new Transform(
                                                0xf0,
                                                0x1234,
                                                128,
                                                List.of(
                                                        new TransformAttribute(0x8fff, hex("0102")),
                                                        new TransformAttribute(0x0ffe, hex("beef")))))),
                                new SaProposal(2, ProtocolId.IKE, Bytes.EMPTY, List.of())))),
                new Golden(
                        "SA with key lengths of zero, twice, and behind another attribute",
                        33,
                        "0000003c 00000038 01010003 03000010 0100000c 800e0080 800e0100"
                                + " 0300000c 0100000c 800e0000 00000014 0100000c 80010203 800e0080 000e0000",
                        new SaPayload(List.of(new SaProposal(
                                1,
                                ProtocolId.IKE,
                                Bytes.EMPTY,
                                List.of(
                                        new Transform(1, 12, 128, List.of(new TransformAttribute(0x800e, hex("0100")))),
                                        new Transform(1, 12, 0, List.of(new TransformAttribute(0x800e, hex("0000")))),
                                        new Transform(
                                                1,
                                                12,
                                                0,
                                                List.of(
                                                        new TransformAttribute(0x8001, hex("0203")),
                                                        new TransformAttribute(0x800e, hex("0080")),
                                                        new TransformAttribute(0x000e, new byte[0])))))))),
                new Golden("KE", 34, "0000000c 001f0000 01020304", new KePayload(31, Bytes.ofHex("01020304"))),
                new Golden(
                        "IDi, IPv4",
                        35,
                        "0000000c 01000000 0a50500d",
                        new IdiPayload(Identification.ofAddress(IpAddress.parse("10.80.80.13")))),
                new Golden(
                        "IDr, IPv6",
                        36,
                        "00000018 05000000 20010db8000000000000000000000001",
                        new IdrPayload(Identification.ofAddress(IpAddress.parse("2001:db8::1")))),
                new Golden(
                        "IDi, FQDN",
                        35,
                        "00000014 02000000 776573742e6578616d706c65",
                        new IdiPayload(Identification.ofFqdn("west.example"))),
                new Golden(
                        "IDi, e-mail address",
                        35,
                        "0000000b 03000000 614062",
                        new IdiPayload(Identification.ofEmail("a@b"))),
                new Golden(
                        "IDi, distinguished name",
                        35,
                        "0000000a 09000000 3000",
                        new IdiPayload(Identification.ofDistinguishedName(Bytes.ofHex("3000")))),
                new Golden(
                        "IDr, general name",
                        36,
                        "0000000a 0a000000 3000",
                        new IdrPayload(Identification.of(IdType.DER_ASN1_GN, Bytes.ofHex("3000")))),
                new Golden(
                        "IDr, key ID",
                        36,
                        "0000000a 0b000000 00ff",
                        new IdrPayload(Identification.ofKeyId(Bytes.ofHex("00ff")))),
                new Golden(
                        "IDi, NULL",
                        35,
                        "00000008 0d000000",
                        new IdiPayload(Identification.of(IdType.NULL, Bytes.EMPTY))),
                new Golden(
                        "IDi of an unknown type with reserved bits set",
                        35,
                        "00000009 c8abcdef 01",
                        new IdiPayload(new Identification(200, Bytes.ofHex("01")), 0xabcdef)),
                new Golden("CERT", 37, "00000007 04 3000", new CertPayload(4, Bytes.ofHex("3000"))),
                new Golden("CERTREQ", 38, "00000007 04 abcd", new CertReqPayload(4, Bytes.ofHex("abcd"))),
                // AOSP IkeSkPayloadTest
                new Golden(
                        "AUTH",
                        39,
                        "0000001c 02000000 df7c038aefaaa32d3f44b228b52a332744dfb2c1",
                        new AuthPayload(
                                AuthMethod.SHARED_KEY_MIC, Bytes.ofHex("df7c038aefaaa32d3f44b228b52a332744dfb2c1"))),
                // AOSP IkeMessageTest
                new Golden(
                        "Nonce",
                        40,
                        "00000024 c39b7f368f4681b89fa9b7be6465abd7c5f68b6ed5d3b4c72cb4240eb5c46412",
                        new NoncePayload(
                                Bytes.ofHex("c39b7f368f4681b89fa9b7be6465abd7c5f68b6ed5d3b4c72cb4240eb5c46412"))),
                // AOSP IkeMessageTest
                new Golden(
                        "Notify NAT_DETECTION_SOURCE_IP",
                        41,
                        "0000001c 00004004 e54f73b7d83f6beb881eab2051d8663f421d10b0",
                        NotifyPayload.of(
                                NotifyType.NAT_DETECTION_SOURCE_IP,
                                Bytes.ofHex("e54f73b7d83f6beb881eab2051d8663f421d10b0"))),
                new Golden(
                        "Notify REKEY_SA",
                        41,
                        "0000000c 03044009 c0ffee01",
                        NotifyPayload.aboutEsp(NotifyType.REKEY_SA, 0xc0ffee01)),
                new Golden("Notify INVALID_KE_PAYLOAD", 41, "0000000a 00000011 001f", NotifyPayload.invalidKe(31)),
                new Golden(
                        "Notify of an unknown type",
                        41,
                        "0000000b 0702fffe aabb 01",
                        new NotifyPayload(7, Bytes.ofHex("aabb"), 0xfffe, Bytes.ofHex("01"))),
                new Golden("Delete of the IKE SA", 42, "00000008 01000000", DeletePayload.ofIkeSa()),
                new Golden(
                        "Delete of child SAs",
                        42,
                        "00000010 03040002 c0ffee01 00000100",
                        DeletePayload.ofEsp(List.of(0xc0ffee01, 0x100))),
                new Golden(
                        "Delete for an unknown protocol",
                        42,
                        "0000000b c8030001 010203",
                        new DeletePayload(200, 3, List.of(Bytes.ofHex("010203")))),
                new Golden("Vendor ID", 43, "00000007 010203", new VendorIdPayload(Bytes.ofHex("010203"))),
                // AOSP IkeSkPayloadTest
                new Golden(
                        "TSi, everything",
                        44,
                        "00000018 01000000 07000010 0000ffff 00000000 ffffffff",
                        TsPayload.initiator(List.of(TrafficSelector.parse("0.0.0.0/0")))),
                new Golden(
                        "TSr, IPv4 with protocol and port, and IPv6",
                        45,
                        "00000040 02000000 07060010 00500050 0a010000 0a01ffff"
                                + " 08000028 0000ffff 20010db8000000000000000000000000 20010db8ffffffffffffffffffffffff",
                        TsPayload.responder(List.of(
                                new TrafficSelector(
                                        6, 80, 80, IpAddress.parse("10.1.0.0"), IpAddress.parse("10.1.255.255")),
                                TrafficSelector.parse("2001:db8::/32")))),
                new Golden(
                        "TSi, opaque ports",
                        44,
                        "00000018 01000000 07840010 ffff0000 0a000001 0a000001",
                        TsPayload.initiator(List.of(new TrafficSelector(
                                132, 0xffff, 0, IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.1"))))),
                new Golden("TSi without selectors", 44, "00000008 00000000", new TsiPayload(List.of())),
                new Golden(
                        "TSr, unknown type and ranges that end before they start",
                        45,
                        "00000030 03000000 0a010008 01020304 07000010 0000ffff 0a000002 0a000001"
                                + " 07000010 00020001 0a000001 0a000002",
                        new TsrPayload(List.of(
                                new TsEntry.Unusable(10, 1, Bytes.ofHex("01020304")),
                                new TsEntry.Unusable(7, 0, Bytes.ofHex("0000ffff0a0000020a000001")),
                                new TsEntry.Unusable(7, 0, Bytes.ofHex("000200010a0000010a000002"))))),
                new Golden("SK", 46, "00000007 010203", new SkPayload(0, Bytes.ofHex("010203"))),
                new Golden(
                        "CP with known and unknown attributes",
                        47,
                        "00000016 01000000 00010000 7fff0006 010203040506",
                        new CpPayload(
                                CpPayload.CFG_REQUEST,
                                List.of(
                                        new ConfigurationAttribute(
                                                ConfigurationAttribute.INTERNAL_IP4_ADDRESS, Bytes.EMPTY),
                                        new ConfigurationAttribute(0x7fff, Bytes.ofHex("010203040506"))))),
                new Golden("EAP", 48, "00000009 0101000501", new EapPayload(Bytes.ofHex("0101000501"))),
                new Golden("SKF", 53, "0000000a 00020003 0102", new SkfPayload(0, 2, 3, Bytes.ofHex("0102"))),
                new Golden(
                        "a payload of the private range",
                        200,
                        "00000006 0102",
                        new UnknownPayload(200, false, Bytes.ofHex("0102"))));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void parsesToValue(Golden golden) {
        Payload parsed = parse(golden.type(), golden.bytes());
        assertThat(parsed).isEqualTo(golden.value()).hasSameHashCodeAs(golden.value());
        assertThat(parsed.typeId()).isEqualTo(golden.type());
        assertThat(parsed.toString()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void encodesToOctets(Golden golden) {
        assertThat(encode(golden.value())).isEqualTo(golden.bytes());
        assertThat(golden.value().encodedLength()).isEqualTo(golden.bytes().length);
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void truncatedAtEveryLengthIsMalformed(Golden golden) {
        byte[] whole = golden.bytes();
        for (int length = 0; length < whole.length; length++) {
            assertThat(PayloadChain.parse(golden.type(), WireReader.of(whole, 0, length)))
                    .as("%s octets", length)
                    .isInstanceOf(Parsed.Failed.class);
        }
    }

    /** The payload's own length agrees: what is inside may still be whole, as with opaque data, or is refused. */
    @ParameterizedTest
    @MethodSource("goldens")
    void shorterAtEveryLengthIsRefusedOrEncodesToTheSame(Golden golden) {
        byte[] whole = golden.bytes();
        for (int length = Payload.HEADER_LENGTH; length < whole.length; length++) {
            byte[] shorter = Arrays.copyOf(whole, length);
            shorter[2] = (byte) (length >>> 8);
            shorter[3] = (byte) length;
            if (PayloadChain.parse(golden.type(), WireReader.of(shorter))
                    instanceof Parsed.Ok<List<Payload>>(List<Payload> payloads)) {
                assertThat(encode(payloads.getFirst())).isEqualTo(shorter);
            }
        }
    }

    /** Whatever is read encodes to something that reads the same. */
    @ParameterizedTest
    @MethodSource("goldens")
    void mutatedReadsStablyOrIsRefused(Golden golden) {
        Random random = new Random(golden.name().hashCode());
        for (int i = 0; i < 2_000; i++) {
            byte[] mutated = golden.bytes();
            for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
                mutated[random.nextInt(4, Math.max(5, mutated.length)) % mutated.length] = (byte) random.nextInt();
            }
            if (PayloadChain.parse(golden.type(), WireReader.of(mutated))
                    instanceof Parsed.Ok<List<Payload>>(List<Payload> payloads)) {
                assertThat(payloads.stream()
                                .map(p -> parse(p.typeId(), encode(p)))
                                .toList())
                        .isEqualTo(payloads);
            }
        }
    }

    static Payload parse(int type, byte[] octets) {
        return switch (PayloadChain.parse(type, WireReader.of(octets))) {
            case Parsed.Ok<List<Payload>>(List<Payload> payloads) -> payloads.getFirst();
            case Parsed.Failed<List<Payload>>(Problem problem) -> throw new AssertionError(problem.detail());
        };
    }

    private static byte[] encode(Payload payload) {
        WireWriter out = new WireWriter();
        PayloadChain.writeHeader(out, 0, false, payload.encodedLength());
        payload.writeBodyTo(out);
        return out.toByteArray();
    }
}

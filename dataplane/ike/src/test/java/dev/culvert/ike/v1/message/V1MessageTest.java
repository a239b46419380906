package dev.culvert.ike.v1.message;

import static dev.culvert.ike.v1.message.V1Messages.bytes;
import static dev.culvert.ike.v1.message.V1Messages.mainMode;
import static dev.culvert.ike.v1.message.V1Messages.quickMode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.ike.message.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class V1MessageTest {
    private static final HashPayload HASH = new HashPayload(bytes("aabbccdd"));
    private static final NoncePayload NONCE = new NoncePayload(bytes("0102030405060708"));

    @Test
    void headerIsWrittenAsRfc2408HasIt() {
        IsakmpHeader header = IsakmpHeader.of(V1Messages.CKY_I, V1Messages.CKY_R, ExchangeType.QUICK, 0xcafe)
                .withCommit();
        byte[] datagram = V1Message.of(header, List.of(HASH)).encode(bytes("0011223344556677"));
        assertThat(Bytes.of(datagram))
                .isEqualTo(bytes("0102030405060708 1112131415161718 08 10 20 03 0000cafe 00000024 0011223344556677"));
        assertThat(V1Message.decode(datagram))
                .isEqualTo(new V1Decoded.Encrypted(
                        new EncryptedV1Message(header.withEncryption(), 8, bytes("0011223344556677"))));
    }

    @Test
    void reservedFlagsAreIgnored() {
        byte[] datagram = V1Message.of(mainMode(), List.of(HASH)).encode();
        datagram[19] = (byte) 0xf8;
        assertThat(V1Message.decode(datagram)).isEqualTo(new V1Decoded.Ok(V1Message.of(mainMode(), List.of(HASH))));
    }

    /** HASH(1) covers all behind the HASH payload, with generic headers and without padding (RFC 2409 §5.5). */
    @Test
    void whatAHashCoversIsAsItWasSent() {
        V1Message message = V1Message.of(quickMode(), List.of(HASH, NONCE));
        assertThat(message.octetsBehindFirst()).isEqualTo(bytes("0000000c 0102030405060708"));
        assertThat(message.body(NONCE)).isEqualTo(bytes("0102030405060708"));
        assertThatThrownBy(() -> message.body(new KePayload(Bytes.EMPTY))).isInstanceOf(IllegalArgumentException.class);
        assertThat(message.first(NoncePayload.class)).contains(NONCE);
        assertThat(message.first(KePayload.class)).isEmpty();
    }

    /** The reserved octets of a transform are not kept, but they are in SAi_b, which the peer's HASH covers. */
    @Test
    void bodyIsTheOneReceivedNotTheOneWeWouldWrite() {
        String sa = "00000001 00000001 00000010 01010001 00000008 0101 abcd";
        byte[] datagram = V1Messages.withBody(1, bytes(sa));
        V1Message message = ((V1Decoded.Ok) V1Message.decode(datagram)).message();
        assertThat(message.body(message.payloads().getFirst())).isEqualTo(bytes(sa));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "0000000000000000", "ffffffffffffff07", "0d000004"})
    void paddingMayBeAnything(String padding) {
        V1Message message = V1Message.of(quickMode().withEncryption(), List.of(HASH, NONCE));
        Bytes plaintext = bytes(message.octets().toHex() + padding);
        EncryptedV1Message encrypted = new EncryptedV1Message(message.header(), 8, Bytes.EMPTY);
        assertThat(encrypted.opened(plaintext)).isEqualTo(new V1Decoded.Ok(message));
    }

    @Test
    void moreThanPaddingIsRefused() {
        V1Message message = V1Message.of(quickMode().withEncryption(), List.of(HASH));
        EncryptedV1Message encrypted = new EncryptedV1Message(message.header(), 8, Bytes.EMPTY);
        assertThat(encrypted.opened(bytes(message.octets().toHex() + "00".repeat(256))))
                .isInstanceOf(V1Decoded.Ok.class);
        assertThat(encrypted.opened(bytes(message.octets().toHex() + "00".repeat(257))))
                .isInstanceOfSatisfying(
                        V1Problem.class,
                        problem -> assertThat(problem.answer()).isEqualTo(NotifyType.PAYLOAD_MALFORMED));
    }

    @Test
    void plaintextIsPaddedWithZerosToWholeBlocks() {
        V1Message message = V1Message.of(quickMode(), List.of(HASH));
        assertThat(message.plaintext(16)).isEqualTo(bytes(message.octets().toHex() + "00".repeat(8)));
        assertThat(message.plaintext(8)).isEqualTo(message.octets());
    }

    @ParameterizedTest
    @EnumSource(VendorId.class)
    void vendorIdsAreKnownWithWhateverFollows(VendorId id) {
        assertThat(VendorIdPayload.of(id).known()).contains(id);
        assertThat(VendorId.of(bytes(id.data().toHex() + "c0000000"))).contains(id);
        assertThat(VendorId.of(id.data().slice(1, id.data().length() - 1))).isEmpty();
    }

    /** Those that are digests are the digests of what they say. */
    @Test
    void vendorIdsAreDigests() throws Exception {
        for (Map.Entry<VendorId, String> id : Map.of(
                        VendorId.NAT_T_RFC_3947, "RFC 3947",
                        VendorId.NAT_T_DRAFT_03, "draft-ietf-ipsec-nat-t-ike-03",
                        VendorId.NAT_T_DRAFT_02, "draft-ietf-ipsec-nat-t-ike-02",
                        VendorId.NAT_T_DRAFT_02_NEWLINE, "draft-ietf-ipsec-nat-t-ike-02\n",
                        VendorId.FRAGMENTATION, "FRAGMENTATION")
                .entrySet()) {
            byte[] digest =
                    MessageDigest.getInstance("MD5").digest(id.getValue().getBytes(StandardCharsets.US_ASCII));
            assertThat(id.getKey().data().slice(0, 16)).isEqualTo(Bytes.of(digest));
        }
    }

    /** RFC 2408 §3.14.1 has the errors 1 to 30, one after the other. */
    @Test
    void everyNotifyHasAMeaning() {
        for (int id = 1; id <= 30; id++) {
            assertThat(NotifyType.byId(id)).as("type " + id).isPresent();
            assertThat(NotifyType.byId(id).orElseThrow().isError()).isTrue();
        }
        for (NotifyType type : NotifyType.values()) {
            assertThat(type.meaning()).isNotEmpty();
            assertThat(NotifyType.byId(type.id())).contains(type);
        }
        assertThat(NotifyType.nameOf(14)).isEqualTo("NO-PROPOSAL-CHOSEN");
        assertThat(NotifyType.nameOf(24576)).isEqualTo("RESPONDER-LIFETIME");
        assertThat(NotifyType.nameOf(8192)).isEqualTo("notify error 8192");
        assertThat(NotifyType.nameOf(40001)).isEqualTo("notify status 40001");
        assertThat(NotifyType.CONNECTED.isError()).isFalse();
    }
}

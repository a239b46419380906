package dev.culvert.ike.v1.message;

import static dev.culvert.ike.v1.message.V1Messages.bytes;
import static dev.culvert.ike.v1.message.V1Messages.datagram;
import static dev.culvert.ike.v1.message.V1Messages.first;
import static dev.culvert.ike.v1.message.V1Messages.mainMode;
import static dev.culvert.ike.v1.message.V1Messages.quickMode;
import static dev.culvert.ike.v1.message.V1Messages.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.V1Problem.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad inputs 1 to 3, 6, 8, 9, 27 and 45 as far as they are a matter of parsing IKEv1, by their numbers. */
class V1BadInputsTest {
    private static final int LENGTH_OFFSET = 24;
    private static final int VERSION_OFFSET = 17;

    @ParameterizedTest
    @ValueSource(longs = {0, 27, 28, 0x7fffffff, 0x80000000L, 0xffffffffL})
    void line01_headerLengthThatIsNotTheDatagramsIsDropped(long length) {
        byte[] datagram = first().encode();
        ByteBuffer.wrap(datagram).putInt(LENGTH_OFFSET, (int) length);
        assertDropped(datagram, Reason.LENGTH_MISMATCH);
    }

    @Test
    void line01_datagramCutOffAtEveryLengthIsDropped() {
        byte[] datagram = first().encode();
        for (int length = 0; length < datagram.length; length++) {
            assertDropped(
                    Arrays.copyOf(datagram, length),
                    length < IsakmpHeader.LENGTH ? Reason.TOO_SHORT : Reason.LENGTH_MISMATCH);
        }
        assertDropped(Arrays.copyOf(datagram, datagram.length + 1), Reason.LENGTH_MISMATCH);
    }

    /** The same with the header's length corrected, so that the payloads are what is cut short. */
    @Test
    void line02_payloadsCutOffAtEveryLengthAreDropped() {
        byte[] datagram = first().encode();
        for (int length = IsakmpHeader.LENGTH; length < datagram.length; length++) {
            byte[] cut = Arrays.copyOf(datagram, length);
            ByteBuffer.wrap(cut).putInt(LENGTH_OFFSET, length);
            assertThat(V1Message.decode(cut)).as("cut to " + length).isInstanceOf(V1Problem.class);
        }
    }

    /** Every length and every count in an SA payload made one less, one more, or all ones. */
    @Test
    void line02_lyingLengthsAreDropped() {
        byte[] datagram = first().encode();
        Bytes lengths = bytes("1e1f 2a2b 2f 3233 5a5b");
        for (int i = 0; i < lengths.length(); i++) {
            for (int change : new int[] {-1, 1, 0xff}) {
                byte[] lying = datagram.clone();
                int at = lengths.at(i);
                lying[at] = (byte) (change == 0xff ? 0xff : lying[at] + change);
                if (!Arrays.equals(lying, datagram)) {
                    assertThat(V1Message.decode(lying)).as("octet " + at).isInstanceOf(V1Problem.class);
                }
            }
        }
    }

    /** Openswan and libreswan bring every message to a multiple of four octets; only zeros, and no more of them, are that. */
    @Test
    void line02_zerosUpToAMultipleOfFourOctetsAreNoPayload() {
        assertThat(V1Message.decode(datagram(mainMode(), 13, "00000005 01 000000")))
                .isInstanceOfSatisfying(
                        V1Decoded.Ok.class,
                        ok -> assertThat(ok.message().octets()).isEqualTo(Bytes.ofHex("0000000501")));
        assertDropped(datagram(mainMode(), 13, "00000005 01 0000"), Reason.MALFORMED);
        assertDropped(datagram(mainMode(), 13, "00000005 01 000001"), Reason.MALFORMED);
        assertDropped(datagram(mainMode(), 13, "00000004 00000000"), Reason.MALFORMED);
    }

    @Test
    void line02_trailingOctetsAndMissingPayloadsAreDropped() {
        assertDropped(datagram(mainMode(), 13, "00000004 00"), Reason.MALFORMED);
        assertDropped(datagram(mainMode(), 13, "0d000004"), Reason.MALFORMED);
        assertDropped(datagram(mainMode(), 13, "00000003"), Reason.MALFORMED);
        assertDropped(datagram(mainMode(), 13, "0000ffff 0102"), Reason.MALFORMED);
        assertDropped(datagram(mainMode(), 0, ""), Reason.MALFORMED);
        assertDropped(datagram(mainMode(), 0, "00"), Reason.MALFORMED);
        assertDropped(datagram(mainMode().withEncryption(), 8, ""), Reason.MALFORMED);
        assertDropped(datagram(mainMode(), 13, "00ff0004"), Reason.MALFORMED);
    }

    /** A payload's length counts its header, so a chain cannot stand still or go back; it can only be long. */
    @Test
    void line03_chainsThatLoopOrNeverEndAreBounded() {
        assertDropped(datagram(mainMode(), 13, "0d000000"), Reason.MALFORMED);
        String tiny = "0d000004";
        assertDropped(datagram(mainMode(), 13, tiny.repeat(16000) + "00000004"), Reason.TOO_MUCH);
        assertThat(V1Message.decode(datagram(mainMode(), 13, tiny.repeat(127) + "00000004")))
                .isInstanceOf(V1Decoded.Ok.class);
        assertDropped(datagram(mainMode(), 13, tiny.repeat(128) + "00000004"), Reason.TOO_MUCH);
        assertDropped(datagram(mainMode(), 200, "c8000004".repeat(16000) + "00000004"), Reason.TOO_MUCH);
    }

    @Test
    void line03_thousandsOfProposalsTransformsAndAttributesAreBounded() {
        String sa = "00000001 00000001";
        assertDropped(withBody(1, bytes(sa + "02000008 01010000".repeat(4000) + "00000008 01010000")), Reason.TOO_MUCH);
        String proposal = "0200 07f8 010100fe" + "03000008 01010000".repeat(253) + "00000008 01010000";
        assertDropped(withBody(1, bytes(sa + proposal.repeat(20))), Reason.TOO_MUCH);
        String attributes = "80010001".repeat(8000);
        assertDropped(withBody(1, bytes(sa + "00007d10 01010001 00007d08 01010000" + attributes)), Reason.TOO_MUCH);
    }

    @Test
    void line05_otherMajorVersionsAreDropped() {
        for (int version : new int[] {0x00, 0x20, 0x30, 0xf0}) {
            byte[] datagram = first().encode();
            datagram[VERSION_OFFSET] = (byte) version;
            assertDropped(datagram, Reason.INVALID_MAJOR_VERSION);
        }
        byte[] higherMinor = first().encode();
        higherMinor[VERSION_OFFSET] = 0x1f;
        assertThat(V1Message.decode(higherMinor)).isInstanceOf(V1Decoded.Ok.class);
    }

    /** CVE-2015-3991: payloads of IKEv2 in IKEv1; and those that stand within others. */
    @Test
    void line06_payloadsOfIkeV2AreDropped() {
        for (int type = 23; type < 128; type++) {
            assertDropped(datagram(mainMode(), type, "00000008 01020304"), Reason.INVALID_PAYLOAD_TYPE);
        }
        assertDropped(datagram(mainMode(), 2, "00000008 01020304"), Reason.INVALID_PAYLOAD_TYPE);
        assertDropped(datagram(mainMode(), 3, "00000008 01020304"), Reason.INVALID_PAYLOAD_TYPE);
    }

    @Test
    void line07_initiatorCookieZeroIsDropped() {
        assertDropped(
                V1Message.of(IsakmpHeader.of(0, 0, ExchangeType.MAIN, 0), first().payloads())
                        .encode(),
                Reason.NO_INITIATOR_COOKIE);
    }

    @Test
    void line08_saWithoutProposalsOrWithBadCountsIsDropped() {
        assertDropped(withBody(1, bytes("00000001 00000001")), Reason.MALFORMED);
        assertDropped(withBody(1, bytes("00000001 00000001 00000008 01010001")), Reason.MALFORMED);
        assertDropped(withBody(1, bytes("00000001 00000001 00000010 01010002 00000008 01010000")), Reason.MALFORMED);
        assertDropped(withBody(1, bytes("00000001 00000001 01000010 01010001 00000008 01010000")), Reason.MALFORMED);
        assertDropped(
                withBody(1, bytes("00000001 00000001 00000012 01030201 0102 00000008 010c0000")), Reason.MALFORMED);
    }

    @Test
    void line09_nonceTooShortOrTooLongIsDropped() {
        assertDropped(withBody(10, Bytes.of(new byte[7])), Reason.MALFORMED);
        assertDropped(withBody(10, Bytes.of(new byte[257])), Reason.MALFORMED);
        assertThat(V1Message.decode(withBody(10, Bytes.of(new byte[256])))).isInstanceOf(V1Decoded.Ok.class);
    }

    @Test
    void line27_deleteWithWrongCountOrSizeIsDropped() {
        for (String body : List.of(
                "00000001 03040002 c0ffee01",
                "00000001 03040001 c0ffee01 00",
                "00000001 03080001 c0ffee0102030405",
                "00000001 01040001 c0ffee01",
                "00000001 01000000",
                "00000001 0304ffff",
                "00000001 090000ff")) {
            assertDropped(withBody(12, bytes(body)), Reason.MALFORMED);
        }
        assertDropped(withBody(12, bytes("00000001 03040401" + "c0ffee01".repeat(1025))), Reason.TOO_MUCH);
    }

    /** CVE-2015-3204: DOI and situation with bits that nobody knows. */
    @Test
    void line45_unknownDoiAndSituationAreRefused() {
        String proposal = "00000010 01010001 00000008 01010000";
        for (int bit = 0; bit < 32; bit++) {
            assertRefused("%08x 00000001".formatted(1 ^ 1 << bit) + proposal, NotifyType.DOI_NOT_SUPPORTED);
            assertRefused("00000001 %08x".formatted(1 ^ 1 << bit) + proposal, NotifyType.SITUATION_NOT_SUPPORTED);
        }
        assertRefused("ffffffff ffffffff" + proposal, NotifyType.DOI_NOT_SUPPORTED);
    }

    /** Notifies and deletes say a DOI, too; theirs says nothing that would matter here. */
    @Test
    void line45_unknownDoiOfANotifyIsKept() {
        V1Message message = ((V1Decoded.Ok) V1Message.decode(withBody(11, bytes("fffffffe 0100000e")))).message();
        assertThat(message.first(NotifyPayload.class).orElseThrow().doi()).isEqualTo(-2);
        assertThat(message.has(NotifyType.NO_PROPOSAL_CHOSEN)).isTrue();
    }

    @Test
    void line45_attributesWithoutLengthHaveNoNumber() {
        byte[] datagram = withBody(1, bytes("00000001 00000001 00000018 01010001 00000010 01010000 000e0000 000c0000"));
        V1Message message = ((V1Decoded.Ok) V1Message.decode(datagram)).message();
        for (Attribute attribute : message.first(SaPayload.class)
                .orElseThrow()
                .proposals()
                .getFirst()
                .transforms()
                .getFirst()
                .attributes()) {
            assertThat(attribute.number()).isEmpty();
        }
        assertThat(new Attribute(1, false, bytes("7fffffffffffffff")).number()).hasValue(Long.MAX_VALUE);
        assertThat(new Attribute(1, false, bytes("8000000000000000")).number()).isEmpty();
        assertThat(new Attribute(1, false, bytes("00000000000000000000 0e10")).number())
                .hasValue(3600);
    }

    /** What another key makes of a message is dropped or is a message: never an exception. */
    @Test
    void decryptedWithAnotherKey() {
        long seed = 20261126;
        java.util.Random random = new java.util.Random(seed);
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] noise = new byte[16 * (1 + random.nextInt(20))];
            random.nextBytes(noise);
            V1Decoded decoded =
                    new EncryptedV1Message(quickMode(), PayloadType.HASH.id(), Bytes.EMPTY).opened(Bytes.of(noise));
            refused += decoded instanceof V1Problem ? 1 : 0;
        }
        assertThat(refused).as("seed " + seed).isGreaterThan(9_900);
    }

    private static void assertRefused(String body, NotifyType answer) {
        assertThat(V1Message.decode(withBody(1, bytes(body)))).isInstanceOfSatisfying(V1Problem.class, problem -> {
            assertThat(problem.reason()).isEqualTo(Reason.UNSUPPORTED_DOI);
            assertThat(problem.answer()).isEqualTo(answer);
        });
    }

    private static void assertDropped(byte[] datagram, Reason reason) {
        assertThat(V1Message.decode(datagram))
                .isInstanceOfSatisfying(
                        V1Problem.class,
                        problem -> assertThat(problem.reason())
                                .as(problem.detail())
                                .isEqualTo(reason));
    }
}

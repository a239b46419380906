package dev.culvert.ike.message;

import static dev.culvert.ike.message.ExchangeType.CREATE_CHILD_SA;
import static dev.culvert.ike.message.ExchangeType.IKE_AUTH;
import static dev.culvert.ike.message.ExchangeType.IKE_SA_INIT;
import static dev.culvert.ike.message.ExchangeType.INFORMATIONAL;
import static dev.culvert.ike.message.Messages.ESP_SA;
import static dev.culvert.ike.message.Messages.NONCE;
import static dev.culvert.ike.message.Messages.TSI;
import static dev.culvert.ike.message.Messages.TSR;
import static dev.culvert.ike.message.Messages.datagram;
import static dev.culvert.ike.message.Messages.initRequest;
import static dev.culvert.ike.message.Messages.open;
import static dev.culvert.ike.message.Messages.request;
import static dev.culvert.ike.message.Messages.response;
import static dev.culvert.ike.message.Messages.sealed;
import static dev.culvert.ike.message.UnprotectedError.Reason;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad inputs 1 to 9 and 20, by their numbers, and what of others is a matter of parsing. What depends on more than one message is tested with the exchanges. */
class BadInputsTest {
    private static final int LENGTH_OFFSET = 24;
    private static final int VERSION_OFFSET = 17;
    private static final int FLAGS_OFFSET = 19;
    private static final String SPI = "c0ffee01";
    private static final String TRANSFORM = "03000008" + "01000014";
    private static final String LAST_TRANSFORM = "00000008" + "01000014";

    @ParameterizedTest
    @ValueSource(longs = {0, 27, 28, 0x7fffffff, 0x80000000L, 0xffffffffL})
    void line01_headerLengthThatIsNotTheDatagramsIsDropped(long length) {
        byte[] datagram = initRequest().encode();
        ByteBuffer.wrap(datagram).putInt(LENGTH_OFFSET, (int) length);
        assertDropped(datagram, Reason.LENGTH_MISMATCH);
    }

    @Test
    void line01_datagramCutOffAtEveryLengthIsDropped() {
        byte[] datagram = initRequest().encode();
        for (int length = 0; length < datagram.length; length++) {
            assertDropped(
                    Arrays.copyOf(datagram, length),
                    length < IkeHeader.LENGTH ? Reason.TOO_SHORT : Reason.LENGTH_MISMATCH);
        }
        assertDropped(Arrays.copyOf(datagram, datagram.length + 1), Reason.LENGTH_MISMATCH);
    }

    @Test
    void line01_datagramTooShortForAVersionIsDropped() {
        assertDropped(new byte[0], Reason.TOO_SHORT);
        assertDropped(new byte[VERSION_OFFSET], Reason.TOO_SHORT);
    }

    @Test
    void line02_payloadShorterThanItsHeaderIsDropped() {
        for (String header : List.of("00000000", "00000001", "00000003")) {
            assertDropped(datagram(request(IKE_SA_INIT), 43, header), Reason.MALFORMED);
            assertInvalidSyntax(sealed(request(INFORMATIONAL), 43, header));
        }
    }

    @Test
    void line02_payloadThatOverrunsIsDropped() {
        assertDropped(datagram(request(IKE_SA_INIT), 43, "00000009 01020304"), Reason.MALFORMED);
        assertDropped(datagram(request(IKE_SA_INIT), 43, "0000ffff 01020304"), Reason.MALFORMED);
        assertInvalidSyntax(sealed(request(INFORMATIONAL), 43, "00000009 01020304"));
    }

    @Test
    void line02_trailingOctetsAreDropped() {
        assertDropped(datagram(request(IKE_SA_INIT), 43, "00000004 00"), Reason.MALFORMED);
        assertDropped(datagram(request(IKE_SA_INIT), 0, "00"), Reason.MALFORMED);
        assertInvalidSyntax(sealed(request(INFORMATIONAL), 43, "00000004 00"));
        assertInvalidSyntax(sealed(request(INFORMATIONAL), 0, "00"));
    }

    @Test
    void line02_chainThatNamesAPayloadThatIsNotThereIsDropped() {
        assertDropped(datagram(request(IKE_SA_INIT), 43, "2b000004"), Reason.MALFORMED);
        assertInvalidSyntax(sealed(request(INFORMATIONAL), 43, ""));
    }

    @Test
    void line02_messageWithinMessageCutOffAtEveryLengthIsNeverAccepted() {
        byte[] whole = initRequest().encode();
        for (int length = IkeHeader.LENGTH; length < whole.length; length++) {
            byte[] datagram = Arrays.copyOf(whole, length);
            ByteBuffer.wrap(datagram).putInt(LENGTH_OFFSET, length);
            assertThat(IkeMessage.decode(datagram)).isInstanceOf(UnprotectedError.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2b000004", "ff000004", "29000008 00004001"})
    void line03_thousandsOfPayloadsEndEarly(String payload) {
        int type = Integer.parseInt(payload.substring(0, 2), 16);
        String chain = payload.repeat(4_000);
        assertDropped(datagram(request(IKE_SA_INIT), type, chain), Reason.TOO_MUCH);
        assertInvalidSyntax(sealed(request(INFORMATIONAL), type, chain));
    }

    @Test
    void line03_thousandsOfSubstructuresEndEarly() {
        String transforms = "03000008 01000014".repeat(254) + "00000008 01000014";
        String proposals = "";
        for (int number = 1; number <= 10; number++) {
            proposals +=
                    (number == 10 ? "00" : "02") + "00" + "0800" + "%02x".formatted(number) + "0100ff" + transforms;
        }
        int length = 4 + 10 * 2048;
        assertDropped(
                datagram(request(IKE_SA_INIT), 33, "0000" + "%04x".formatted(length) + proposals), Reason.TOO_MUCH);
        assertInvalidSyntax(sealed(
                request(INFORMATIONAL),
                42,
                "0000" + "%04x".formatted(8 + 4 * 4000) + "03040fa0" + "00000100".repeat(4000)));
        assertInvalidSyntax(sealed(
                request(INFORMATIONAL),
                47,
                "0000" + "%04x".formatted(8 + 4 * 4000) + "01000000" + "00010000".repeat(4000)));
    }

    @Test
    void line04_unknownCriticalPayloadIsReportedWithItsType() {
        NotifyPayload answer =
                NotifyPayload.of(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, Bytes.of(new byte[] {(byte) 200}));
        assertThat(IkeMessage.decode(datagram(request(IKE_SA_INIT), 200, "00800004")))
                .isEqualTo(new UnprotectedError(
                        Reason.UNSUPPORTED_CRITICAL_PAYLOAD,
                        "payload 200 is unknown and critical",
                        Optional.of(request(IKE_SA_INIT)),
                        Optional.of(answer)));
        assertThat(open(sealed(request(INFORMATIONAL), 200, "00800004")))
                .isEqualTo(new OpenResult.ProtectedError(
                        request(INFORMATIONAL), answer, "payload 200 is unknown and critical"));
    }

    @Test
    void line04_unknownCriticalPayloadInAResponseInTheClearIsNotAnswered() {
        UnprotectedError error = (UnprotectedError) IkeMessage.decode(datagram(response(IKE_SA_INIT), 200, "00800004"));
        assertThat(error.reason()).isEqualTo(Reason.UNSUPPORTED_CRITICAL_PAYLOAD);
        assertThat(error.answer()).isEmpty();
    }

    @Test
    void line04_unknownPayloadThatIsNotCriticalIsKept() {
        OpenResult.Ok ok = (OpenResult.Ok) open(sealed(request(INFORMATIONAL), 200, "00000006 abcd"));
        assertThat(ok.message().payloads()).containsExactly(new UnknownPayload(200, false, Bytes.ofHex("abcd")));
    }

    @Test
    void line04_criticalFlagOfAKnownPayloadIsIgnored() {
        assertThat(open(sealed(request(INFORMATIONAL), 41, "00800008 00004000")))
                .isInstanceOf(OpenResult.Ok.class);
    }

    @Test
    void line05_majorVersion3IsAnsweredWithInvalidMajorVersion() {
        byte[] datagram = initRequest().encode();
        datagram[VERSION_OFFSET] = 0x30;
        UnprotectedError error = (UnprotectedError) IkeMessage.decode(datagram);
        assertThat(error.reason()).isEqualTo(Reason.INVALID_MAJOR_VERSION);
        assertThat(error.answer()).contains(NotifyPayload.of(NotifyType.INVALID_MAJOR_VERSION));
        assertThat(error.header().orElseThrow().majorVersion()).isEqualTo(3);
    }

    @Test
    void line05_majorVersion3InAResponseIsNotAnswered() {
        byte[] datagram = initRequest().encode();
        datagram[VERSION_OFFSET] = 0x30;
        datagram[FLAGS_OFFSET] |= 0x20;
        assertDropped(datagram, Reason.INVALID_MAJOR_VERSION);
    }

    @Test
    void line05_majorVersion0IsDropped() {
        byte[] datagram = initRequest().encode();
        datagram[VERSION_OFFSET] = 0x00;
        assertDropped(datagram, Reason.INVALID_MAJOR_VERSION);
    }

    @Test
    void line05_higherMinorVersionAndReservedBitsAreAccepted() {
        byte[] datagram = initRequest().encode();
        datagram[VERSION_OFFSET] = 0x2f;
        datagram[FLAGS_OFFSET] |= (byte) 0xd7;
        datagram[IkeHeader.LENGTH + 1] = 0x7f;
        DecodeResult.Ok ok = (DecodeResult.Ok) IkeMessage.decode(datagram);
        assertThat(ok.message().header().minorVersion()).isEqualTo(15);
        assertThat(ok.message().payloads()).isEqualTo(initRequest().payloads());
    }

    @Test
    void line06_ikeV1MessageIsDropped() {
        byte[] datagram = initRequest().encode();
        datagram[VERSION_OFFSET] = 0x10;
        assertDropped(datagram, Reason.IKE_V1);
    }

    @Test
    void line06_ikeV1PayloadsAreRefused() {
        for (int type = 1; type <= 32; type++) {
            assertDropped(datagram(request(IKE_SA_INIT), type, "00000004"), Reason.WRONG_PAYLOADS);
            assertInvalidSyntax(sealed(request(INFORMATIONAL), type, "00000004"));
        }
    }

    @Test
    void line06_absentTrafficSelectorsAreInvalidSyntax() {
        assertInvalidSyntax(encode(request(IKE_AUTH), Messages.IDI, Messages.AUTH, ESP_SA));
        assertInvalidSyntax(encode(request(IKE_AUTH), Messages.IDI, Messages.AUTH, ESP_SA, TSI));
        assertInvalidSyntax(encode(request(CREATE_CHILD_SA), ESP_SA, NONCE));
        assertInvalidSyntax(encode(request(CREATE_CHILD_SA), ESP_SA, NONCE, TSR));
        assertInvalidSyntax(encode(response(IKE_AUTH), Messages.IDR, Messages.AUTH, ESP_SA, TSI));
    }

    @Test
    void line06_messageThatMustBeProtectedIsDroppedInTheClear() {
        assertDropped(Messages.authRequest().encode(), Reason.NOT_PROTECTED);
        assertDropped(
                IkeMessage.of(request(CREATE_CHILD_SA), ESP_SA, NONCE, TSI, TSR).encode(), Reason.NOT_PROTECTED);
        assertDropped(
                IkeMessage.of(request(INFORMATIONAL), DeletePayload.ofIkeSa()).encode(), Reason.NOT_PROTECTED);
        assertDropped(IkeMessage.of(request(INFORMATIONAL)).encode(), Reason.NOT_PROTECTED);
    }

    @Test
    void line06_encryptedPayloadInIkeSaInitIsDropped() {
        assertDropped(initRequest().encode(new FakeCipher()), Reason.WRONG_PAYLOADS);
    }

    @Test
    void line07_initiatorSpiZeroIsDropped() {
        byte[] datagram = initRequest().encode();
        Arrays.fill(datagram, 0, 8, (byte) 0);
        assertDropped(datagram, Reason.NO_INITIATOR_SPI);
    }

    @Test
    void line08_saWithoutProposalsIsInvalidSyntax() {
        assertSaRefused("00000004");
    }

    @Test
    void line08_wrongCountsAndLengthsInSaAreInvalidSyntax() {
        String head = "01030401" + SPI;
        assertSaParses(sa(proposal(0, head + LAST_TRANSFORM)));
        assertSaParses(sa(proposal(0, "01030402" + SPI + TRANSFORM + LAST_TRANSFORM)));
        // more and fewer transforms announced than there are
        assertSaRefused(sa(proposal(0, "01030402" + SPI + LAST_TRANSFORM)));
        assertSaRefused(sa(proposal(0, "01030402" + SPI + TRANSFORM)));
        assertSaRefused(sa(proposal(0, "01030401" + SPI + TRANSFORM + LAST_TRANSFORM)));
        assertSaRefused(sa(proposal(0, "01030400" + SPI + LAST_TRANSFORM)));
        // the last transform says that another follows, the first that none does
        assertSaRefused(sa(proposal(0, head + TRANSFORM)));
        assertSaRefused(sa(proposal(0, "01030402" + SPI + LAST_TRANSFORM + LAST_TRANSFORM)));
        // the last proposal says that another follows, the first that none does
        assertSaRefused(sa(proposal(2, head + LAST_TRANSFORM)));
        assertSaRefused(sa(proposal(0, head + LAST_TRANSFORM), proposal(0, "02030401" + SPI + LAST_TRANSFORM)));
        // neither 0 nor 2
        assertSaRefused(sa(proposal(1, head + LAST_TRANSFORM), proposal(0, "02030401" + SPI + LAST_TRANSFORM)));
        // a proposal longer and shorter than what is in it
        assertSaRefused(sa(proposal(0, head + LAST_TRANSFORM + "00000000")));
        assertSaRefused(sa("00000013" + head + LAST_TRANSFORM));
        assertSaRefused(sa("00000003"));
        // a transform longer and shorter than what is in it
        assertSaRefused(sa(proposal(0, head + "00000009" + "01000014")));
        assertSaRefused(sa(proposal(0, head + "00000007" + "01000014")));
        // an attribute cut off, one longer than the transform
        assertSaRefused(sa(proposal(0, head + "0000000a" + "01000014" + "800e")));
        assertSaRefused(sa(proposal(0, head + "0000000e" + "01000014" + "00110003" + "ffff")));
        // an SPI of the wrong size
        assertSaRefused(sa(proposal(0, "01030301" + "c0ffee" + LAST_TRANSFORM)));
        assertSaRefused(sa(proposal(0, "01030001" + LAST_TRANSFORM)));
        assertSaRefused(sa(proposal(0, "01010401" + SPI + LAST_TRANSFORM)));
    }

    @Test
    void line08_proposalNumbersThatRepeatOrSkipAreInvalidSyntax() {
        String first = proposal(2, "01030401" + SPI + LAST_TRANSFORM);
        assertSaParses(sa(first, proposal(0, "02030401" + SPI + LAST_TRANSFORM)));
        assertSaRefused(sa(first, proposal(0, "01030401" + SPI + LAST_TRANSFORM)));
        assertSaRefused(sa(first, proposal(0, "03030401" + SPI + LAST_TRANSFORM)));
        assertSaRefused(sa(proposal(0, "00030401" + SPI + LAST_TRANSFORM)));
    }

    @Test
    void line08_missingKeyExchangeIsRefused() {
        assertDropped(
                IkeMessage.of(request(IKE_SA_INIT), Messages.IKE_SA, NONCE).encode(), Reason.WRONG_PAYLOADS);
        assertInvalidSyntax(encode(request(CREATE_CHILD_SA), Messages.REKEYED_IKE_SA, NONCE));
    }

    @Test
    void line08_proposalForTheWrongProtocolIsRefused() {
        assertDropped(
                IkeMessage.of(request(IKE_SA_INIT), ESP_SA, Messages.KE, NONCE).encode(), Reason.WRONG_PAYLOADS);
        assertInvalidSyntax(encode(request(CREATE_CHILD_SA), ESP_SA, NONCE, Messages.KE));
        assertInvalidSyntax(encode(request(CREATE_CHILD_SA), Messages.REKEYED_IKE_SA, NONCE, TSI, TSR));
        assertInvalidSyntax(encode(request(CREATE_CHILD_SA), Messages.IKE_SA, NONCE, Messages.KE));
    }

    @Test
    void line09_nonceShorterThan16IsInvalidSyntax() {
        for (int length : new int[] {0, 1, 15, 257, 4000}) {
            String nonce = "0000" + "%04x".formatted(4 + length) + "00".repeat(length);
            assertInvalidSyntax(sealed(request(CREATE_CHILD_SA), 40, nonce));
            assertDropped(datagram(request(IKE_SA_INIT), 40, nonce), Reason.MALFORMED);
        }
    }

    @Test
    void line09_nonceOf16And256IsAccepted() {
        for (int length : new int[] {16, 256}) {
            NoncePayload nonce = new NoncePayload(Bytes.of(new byte[length]));
            assertThat(IkeMessage.decode(IkeMessage.of(request(IKE_SA_INIT), Messages.IKE_SA, Messages.KE, nonce)
                            .encode()))
                    .isInstanceOf(DecodeResult.Ok.class);
        }
    }

    /** What is right of it is narrowed; the rest of line 25 is tested with the exchanges. */
    @Test
    void line25_trafficSelectorCountThatIsNotTheirNumberIsInvalidSyntax() {
        String selector = "07000010" + "0000ffff" + "0a000000" + "0a0000ff";
        for (String count : List.of("00", "02", "ff")) {
            assertInvalidSyntax(sealed(request(CREATE_CHILD_SA), 44, "00000018" + count + "000000" + selector));
            assertDropped(
                    datagram(request(IKE_SA_INIT), 45, "00000018" + count + "000000" + selector), Reason.MALFORMED);
        }
        assertDropped(datagram(request(IKE_SA_INIT), 45, "00000018" + "01000000" + selector), Reason.WRONG_PAYLOADS);
    }

    @Test
    void line20_skWithAnyBitFlippedIsDropped() {
        byte[] datagram = encode(request(INFORMATIONAL), DeletePayload.ofIkeSa());
        for (int bit = 0; bit < 8 * datagram.length; bit++) {
            byte[] flipped = datagram.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            OpenResult result =
                    switch (IkeMessage.decode(flipped)) {
                        case DecodeResult.Encrypted(EncryptedMessage message) -> message.open(new FakeCipher());
                        case UnprotectedError error -> error;
                        case DecodeResult.Ok(IkeMessage message) -> throw new AssertionError(message.toString());
                    };
            assertThat(result).as("bit %s", bit).isInstanceOf(UnprotectedError.class);
        }
    }

    @Test
    void line20_skThatIsEmptyOrTooShortIsDropped() {
        for (int length = 0; length < new FakeCipher().sealedLength(0); length++) {
            byte[] datagram =
                    datagram(request(INFORMATIONAL), 46, "0000" + "%04x".formatted(4 + length) + "00".repeat(length));
            assertReason(open(datagram), Reason.INTEGRITY);
        }
    }

    @Test
    void line20_padLongerThanBodyIsDropped() {
        byte[] datagram = encode(request(INFORMATIONAL), DeletePayload.ofIkeSa());
        datagram[datagram.length - 17] = (byte) 200;
        System.arraycopy(FakeCipher.icv(datagram), 0, datagram, datagram.length - 16, 16);
        assertReason(open(datagram), Reason.INTEGRITY);
    }

    @Test
    void line20_skThatIsNotLastOrNestedIsRefused() {
        assertDropped(datagram(request(INFORMATIONAL), 46, "2b000004 00000004"), Reason.MALFORMED);
        assertInvalidSyntax(sealed(request(INFORMATIONAL), 46, "00000004"));
    }

    @Test
    void line20_payloadsBesideSkAreDroppedUnlessTheyMeanNothing() {
        assertDropped(datagram(request(INFORMATIONAL), 42, "2e000008 01000000 00000004"), Reason.NOT_PROTECTED);
        assertThat(IkeMessage.decode(datagram(request(INFORMATIONAL), 43, "c8000004 2e000004 00000004")))
                .isInstanceOf(DecodeResult.Encrypted.class);
    }

    private static byte[] encode(IkeHeader header, Payload... payloads) {
        return IkeMessage.of(header, payloads).encode(new FakeCipher());
    }

    /** A proposal substructure: {@code content} begins with number, protocol, SPI size and number of transforms. */
    private static String proposal(int more, String content) {
        return "%02x00%04x".formatted(more, 4 + content.length() / 2) + content;
    }

    /** An SA payload that ends the chain. */
    private static String sa(String... proposals) {
        String body = String.join("", proposals);
        return "0000%04x".formatted(4 + body.length() / 2) + body;
    }

    private static void assertSaRefused(String sa) {
        assertInvalidSyntax(sealed(request(CREATE_CHILD_SA), 33, sa));
        assertDropped(datagram(request(IKE_SA_INIT), 33, sa), Reason.MALFORMED);
    }

    /** The SA payload as such is right: it is only that an IKE_SA_INIT request needs others. */
    private static void assertSaParses(String sa) {
        assertDropped(datagram(request(IKE_SA_INIT), 33, sa), Reason.WRONG_PAYLOADS);
    }

    /** Dropped without a word. */
    private static void assertDropped(byte[] datagram, Reason reason) {
        assertThat(IkeMessage.decode(datagram)).isInstanceOfSatisfying(UnprotectedError.class, error -> {
            assertThat(error.reason()).isEqualTo(reason);
            assertThat(error.answer()).isEmpty();
        });
    }

    private static void assertReason(OpenResult result, Reason reason) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        UnprotectedError.class,
                        error -> assertThat(error.reason()).isEqualTo(reason));
    }

    private static void assertInvalidSyntax(byte[] protectedDatagram) {
        assertThat(open(protectedDatagram))
                .isInstanceOfSatisfying(
                        OpenResult.ProtectedError.class,
                        error -> assertThat(error.answer()).isEqualTo(NotifyPayload.of(NotifyType.INVALID_SYNTAX)));
    }
}

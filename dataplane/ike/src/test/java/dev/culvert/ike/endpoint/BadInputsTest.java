package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.ike.message.TsPayload;
import dev.culvert.wire.TrafficSelector;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad inputs 1 to 9, 20, 21, 37, 40 and 58, by their numbers, against an endpoint: what comes of them for it and for an IKE SA
 * that is there. How they are read is tested with the messages; floods, cookies and forged errors have tests of their own.
 */
class BadInputsTest {
    private static final HexFormat HEX = HexFormat.of();
    /** SA payload with one proposal of AES-256-GCM, PRF-SHA2-384, X25519, as it should be. */
    private static final String SA =
            "220000280000002401010003" + "0300000c01000014800e0100" + "0300000802000006" + "000000080400001f";

    private static final String NONCE_16 = "0000001400112233445566778899aabbccddeeff";

    private final ScriptedPeer peer = new ScriptedPeer();

    private static byte[] datagram(String header, String payloads) {
        byte[] message = HEX.parseHex(header + payloads);
        ByteBuffer.wrap(message).putInt(24, message.length);
        return message;
    }

    /** An IKE_SA_INIT request with its SA, KE and Nonce payloads in hexadecimal. */
    private static byte[] init(String sa, String nonce) {
        byte[] publicValue = KeyExchange.generate(KeyExchangeMethod.X25519, RandomSource.seeded(5))
                .publicValue();
        return datagram(
                "0000000000000007" + "0000000000000000" + "21" + "20" + "22" + "08" + "00000000" + "00000000",
                sa + "28000028001f0000" + HEX.formatHex(publicValue) + nonce);
    }

    /** Nothing is kept and, but for a refusal, nothing said. */
    private void assertNoState() {
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
        assertThat(peer.endpoint.deadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(peer.heard()).allMatch(message -> message.errorNotify().isPresent());
    }

    private void assertUnharmed() {
        assertThat(peer.endpoint.establishedIkeSas()).isEqualTo(1);
        assertThat(peer.installed).hasSize(1);
    }

    @Test
    void line01_datagramsOfAnyWrongLengthLeaveNoTrace() {
        byte[] good = init(SA, NONCE_16);
        for (int length = 0; length < good.length; length++) {
            peer.say(Arrays.copyOf(good, length));
            assertThat(peer.received).as("cut off at %d", length).isEmpty();
        }
        for (int claimed : new int[] {0, 27, good.length - 1, good.length + 1, Integer.MAX_VALUE, -1}) {
            byte[] lying = good.clone();
            ByteBuffer.wrap(lying).putInt(24, claimed);
            peer.say(lying);
            assertThat(peer.received).as("header says %d", claimed).isEmpty();
        }
        assertNoState();
        peer.say(good);
        assertThat(peer.endpoint.halfOpenIkeSas()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 255, 65535})
    void line02_aPayloadOfWrongLengthLeavesNoTrace(int length) {
        byte[] bad = init(SA, NONCE_16);
        ByteBuffer.wrap(bad).putShort(30, (short) length);
        peer.say(bad);
        assertThat(peer.received).isEmpty();
        assertNoState();
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000003", "0000ffff", "000000050000"})
    void line02_aBrokenPayloadInAnAuthenticMessageIsInvalidSyntax(String payload) {
        peer.establish();
        peer.saySealed(peer.request(ExchangeType.INFORMATIONAL, 2), 41, HEX.parseHex(payload));
        List<IkeMessage> heard = peer.heard();
        assertThat(heard).hasSize(1);
        assertThat(heard.getFirst().has(NotifyType.INVALID_SYNTAX)).isTrue();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {41, 43, 200})
    void line03_thousandsOfTinyPayloadsAreOneRefusalAtMost(int type) {
        peer.establish();
        byte[] chain = new byte[16_000];
        for (int at = 0; at < chain.length; at += 4) {
            chain[at] = (byte) (at + 4 < chain.length ? type : 0);
            chain[at + 3] = 4;
        }
        peer.saySealed(peer.request(ExchangeType.INFORMATIONAL, 2), type, chain);
        assertThat(peer.heard()).hasSizeLessThanOrEqualTo(1);
        peer.say(datagram(
                "0000000000000007" + "0000000000000000" + String.format("%02x", type) + "20220800000000" + "00000000",
                HEX.formatHex(chain)));
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
    }

    @Test
    void line04_anUnknownCriticalPayloadInIkeSaInitIsNamedAndOneThatIsNotCriticalSkipped() {
        peer.say(init(SA, NONCE_16.replaceFirst("00", "c8") + "00800004"));
        NotifyPayload refused = peer.heard()
                .getFirst()
                .notify(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD)
                .orElseThrow();
        assertThat(refused.data().at(0)).isEqualTo(200);
        assertNoState();
        peer.say(init(SA, NONCE_16.replaceFirst("00", "c8") + "00000004"));
        assertThat(peer.endpoint.halfOpenIkeSas()).isEqualTo(1);
    }

    @Test
    void line05_majorVersion3IsAnsweredSparinglyAndAHigherMinorOneIsSpokenTo() {
        byte[] third = init(SA, NONCE_16);
        third[17] = 0x30;
        for (int i = 0; i < 1000; i++) {
            peer.say(third);
        }
        List<IkeMessage> heard = peer.heard();
        assertThat(heard).hasSizeBetween(1, 10);
        assertThat(heard).allMatch(message -> message.has(NotifyType.INVALID_MAJOR_VERSION));
        assertThat(heard).allMatch(message -> message.header().majorVersion() == 2);
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
        byte[] minor = init(SA, NONCE_16);
        minor[17] = 0x2f;
        minor[19] |= (byte) 0xc7;
        peer.say(minor);
        assertThat(peer.endpoint.halfOpenIkeSas()).isEqualTo(1);
    }

    @Test
    void line06_ikeV1AndItsPayloadsLeaveNoTrace() {
        byte[] mainMode = init(SA, NONCE_16);
        mainMode[17] = 0x10;
        mainMode[18] = 2;
        peer.say(mainMode);
        for (int type = 1; type <= 32; type++) {
            byte[] mixed = init(SA, NONCE_16);
            mixed[16] = (byte) type;
            peer.say(mixed);
        }
        assertNoState();
    }

    @Test
    void line06_createChildSaBeforeAuthenticationIsIgnored() {
        peer.init();
        // HDR, SK {SA, Ni, TSi, TSr} under the right keys, and nobody has authenticated
        peer.say(
                peer.request(ExchangeType.CREATE_CHILD_SA, 1),
                new SaPayload(List.of(SaProposal.of(
                        1, Bytes.ofInt(0x1000), Tunnels.esp("aes256gcm16").getFirst()))),
                new NoncePayload(Bytes.of(new byte[32])),
                TsPayload.initiator(List.of(TrafficSelector.parse("10.2.0.0/16"))),
                TsPayload.responder(List.of(TrafficSelector.parse("10.1.0.0/16"))));
        assertThat(peer.received).isEmpty();
        assertThat(peer.installed).isEmpty();
        peer.authenticate();
        assertUnharmed();
    }

    @Test
    void line06_anIkeAuthWithoutSelectorsMakesNoChild() {
        peer.init();
        // HDR, SK {N(INITIAL_CONTACT)}: neither IDi nor AUTH, SA, TSi, TSr
        peer.say(peer.request(ExchangeType.IKE_AUTH, 1), NotifyPayload.of(NotifyType.INITIAL_CONTACT));
        assertThat(peer.heard()).allMatch(message -> message.errorNotify().isPresent());
        assertThat(peer.installed).isEmpty();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
    }

    @Test
    void line07_initiatorSpiZeroIsDropped() {
        byte[] zero = init(SA, NONCE_16);
        zero[7] = 0;
        peer.say(zero);
        assertThat(peer.received).isEmpty();
        assertNoState();
    }

    /** Key length 0, 64, missing, twice; no key exchange, NONE as the only one; no proposal; the same number twice. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "220000280000002401010003" + "0300000c01000014800e0000" + "0300000802000006" + "000000080400001f",
                "220000280000002401010003" + "0300000c01000014800e0040" + "0300000802000006" + "000000080400001f",
                "220000240000002001010003" + "0300000801000014" + "0300000802000006" + "000000080400001f",
                "2200002c0000002801010003" + "0300001001000014800e0100800e0080" + "0300000802000006"
                        + "000000080400001f",
                "220000200000001c01010002" + "0300000c01000014800e0100" + "0000000802000006",
                "220000280000002401010003" + "0300000c01000014800e0100" + "0300000802000006" + "0000000804000000",
                "22000004",
                "2200004c" + "0200002401010003" + "0300000c01000014800e0100" + "0300000802000006" + "000000080400001f"
                        + "0000002401010003" + "0300000c01000014800e0100" + "0300000802000006" + "000000080400001f"
            })
    void line08_proposalsThatMakeNoSenseAreRefusedAndLeaveNoTrace(String sa) {
        peer.say(init(sa, NONCE_16));
        assertNoState();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 257})
    void line09_aNonceOfWrongLengthLeavesNoTrace(int length) {
        String nonce = String.format("0000%04x", 4 + length) + "5a".repeat(length);
        peer.say(init(SA, nonce));
        assertNoState();
    }

    @Test
    void line20_aFlippedBitAnywhereIsDroppedAndTheTrueMessageAnsweredAfterwards() {
        peer.establish();
        byte[] good = peer.sealed(peer.request(ExchangeType.INFORMATIONAL, 2));
        for (int bit = IkeHeader.LENGTH * 8; bit < good.length * 8; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            peer.say(flipped);
            assertThat(peer.heard())
                    .as("bit %d", bit)
                    .allMatch(message -> message.errorNotify().isPresent());
            assertUnharmed();
        }
        peer.say(good);
        assertThat(peer.heard()).hasSize(1);
    }

    @Test
    void line21_aDeleteBeforeAuthenticationChangesNothingEvenUnderTheRightKeys() {
        peer.init();
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 1), DeletePayload.ofIkeSa());
        assertThat(peer.received).isEmpty();
        assertThat(peer.endpoint.halfOpenIkeSas()).isEqualTo(1);
        peer.authenticate();
        assertUnharmed();
    }

    @Test
    void line37_garbageDoesNotMakeTheKeysBeComputedAgain() {
        peer.init();
        byte[] garbage =
                peer.sealed(peer.request(ExchangeType.IKE_AUTH, 1), NotifyPayload.of(NotifyType.INITIAL_CONTACT));
        garbage[garbage.length - 1] ^= 1;
        // One less than the half-open SA survives. The secret of the key exchange is thrown away when it is used.
        for (int i = 0; i < 4; i++) {
            peer.say(garbage);
            assertThat(peer.received).isEmpty();
        }
        peer.authenticate();
        assertUnharmed();
    }

    @Test
    void line40_nobodyGetsMoreThanOneAnswerBeforeItAuthenticates() {
        byte[] request = init(SA, NONCE_16);
        int answered = 0;
        for (int i = 0; i < 100; i++) {
            peer.say(request);
            assertThat(peer.received).hasSizeLessThanOrEqualTo(1);
            assertThat(peer.received).allMatch(answer -> answer.length < request.length + 100);
            answered += peer.received.size();
            peer.received.clear();
        }
        assertThat(answered).isEqualTo(100);
        peer.pass(100);
        assertThat(peer.received).as("by itself").isEmpty();
        assertThat(IkeMessage.decode(request)).isInstanceOf(DecodeResult.Ok.class);
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
    }

    /** An offer that is not answered is refused (RFC 7296 §2.22): nothing that would have to be decompressed comes. */
    @Test
    void line58_anOfferOfIpCompIsNotTakenUp() {
        peer.init();
        // HDR, SK {IDi, AUTH, SA, TSi, TSr, N(IPCOMP_SUPPORTED): CPI 0x1234, DEFLATE}
        peer.sayAuth(
                1, Bytes.EMPTY, NotifyPayload.of(NotifyType.IPCOMP_SUPPORTED, Bytes.of(new byte[] {0x12, 0x34, 2})));
        assertThat(peer.heard())
                .singleElement()
                .satisfies(answer ->
                        assertThat(answer.has(NotifyType.IPCOMP_SUPPORTED)).isFalse());
        assertUnharmed();
    }
}

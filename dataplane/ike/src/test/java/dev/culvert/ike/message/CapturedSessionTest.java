package dev.culvert.ike.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whole sessions of other implementations: every exchange, in the clear, in SK and in SKF. */
class CapturedSessionTest {
    @Test
    void strongSwanWithAesGcm() {
        Capture capture = Capture.read("strongswan-aes128gcm16.txt", suite("aes128gcm16-prfsha256-x25519"));
        List<IkeMessage> messages = read(capture);
        assertThat(messages.stream().map(CapturedSessionTest::describe))
                .containsExactly(
                        "IKE_SA_INIT request 0: SA, KE, Nonce, N, N, N, N, N",
                        "IKE_SA_INIT response 0: SA, KE, Nonce, N, N, N, N, N, N",
                        "IKE_AUTH request 1: IDi, N, IDr, AUTH, SA, TSi, TSr, N, N, N",
                        "IKE_AUTH response 1: IDr, AUTH, SA, TSi, TSr",
                        "CREATE_CHILD_SA request 2: N, SA, Nonce, KE, TSi, TSr",
                        "CREATE_CHILD_SA response 2: SA, Nonce, KE, TSi, TSr",
                        "INFORMATIONAL request 3: D",
                        "INFORMATIONAL response 3: D",
                        "CREATE_CHILD_SA request 4: SA, Nonce, KE",
                        "CREATE_CHILD_SA response 4: SA, Nonce, KE",
                        "INFORMATIONAL request 5: D",
                        "INFORMATIONAL response 5: ",
                        "INFORMATIONAL request 0: D",
                        "INFORMATIONAL response 0: ");
        IkeMessage auth = messages.get(2);
        assertThat(auth.first(IdiPayload.class).orElseThrow().identification())
                .isEqualTo(Identification.ofFqdn("west.example"));
        assertThat(auth.first(TsrPayload.class).orElseThrow().selectors())
                .containsExactly(TrafficSelector.parse("10.2.0.1/32"));
        assertThat(auth.first(AuthPayload.class).orElseThrow().method()).contains(AuthMethod.SHARED_KEY_MIC);
        IkeMessage rekey = messages.get(4);
        NotifyPayload rekeySa = rekey.notify(NotifyType.REKEY_SA).orElseThrow();
        SaProposal replaced =
                auth.first(SaPayload.class).orElseThrow().proposals().getFirst();
        assertThat(rekeySa.protocolId()).isEqualTo(ProtocolId.ESP);
        assertThat(rekeySa.spi()).isEqualTo(replaced.spi());
        assertThat(messages.get(6).first(DeletePayload.class).orElseThrow().childSpis())
                .containsExactly(replaced.spi().u32(0));
        assertThat(messages.get(10).first(DeletePayload.class).orElseThrow().isIkeSa())
                .isTrue();
    }

    @Test
    void strongSwanWithAesCbcAndFragments() {
        Capture capture = Capture.read("strongswan-aes256cbc-fragments.txt", suite("aes256-sha256-modp2048"));
        assertThat(read(capture).stream().map(CapturedSessionTest::describe))
                .containsExactly(
                        "IKE_SA_INIT request 0: SA, KE, Nonce, N, N, N, N, N",
                        "IKE_SA_INIT response 0: SA, KE, Nonce, N, N, N, N, N, N",
                        "IKE_AUTH request 1: IDi, N, IDr, AUTH, SA, TSi, TSr, N, N, N",
                        "IKE_AUTH response 1: IDr, AUTH, SA, TSi, TSr",
                        "CREATE_CHILD_SA request 2: N, SA, Nonce, TSi, TSr",
                        "CREATE_CHILD_SA response 2: SA, Nonce, TSi, TSr",
                        "INFORMATIONAL request 3: D",
                        "INFORMATIONAL response 3: D",
                        "CREATE_CHILD_SA request 4: SA, Nonce, KE",
                        "CREATE_CHILD_SA response 4: SA, Nonce, KE",
                        "INFORMATIONAL request 5: D",
                        "INFORMATIONAL response 5: ",
                        "INFORMATIONAL request 0: D",
                        "INFORMATIONAL response 0: ");
    }

    @Test
    void androidWithAesCbc() {
        IkeSuite suite = new IkeSuite(
                EncryptionAlgorithm.AES_CBC,
                128,
                Optional.of(IntegrityAlgorithm.HMAC_SHA1_96),
                PrfAlgorithm.HMAC_SHA1,
                KeyExchangeMethod.MODP_1024);
        List<IkeMessage> messages = read(Capture.read("android-aes128cbc.txt", suite));
        assertThat(messages.stream().map(CapturedSessionTest::describe))
                .containsExactly("IKE_AUTH request 1: IDi, IDr, AUTH, SA, TSi, TSr, N, N");
        assertThat(messages.getFirst()
                        .notify(NotifyType.SET_WINDOW_SIZE)
                        .orElseThrow()
                        .data())
                .isEqualTo(Bytes.ofInt(1));
    }

    @Test
    void messageOfTheOtherDirectionIsDropped() {
        Capture capture = Capture.read("strongswan-aes128gcm16.txt", suite("aes128gcm16-prfsha256-x25519"));
        EncryptedMessage request = encrypted(capture.recorded().get(2));
        MessageCipher responders =
                capture.cipher(encrypted(capture.recorded().get(3)).header());
        assertThat(request.open(responders))
                .isInstanceOfSatisfying(
                        UnprotectedError.class,
                        error -> assertThat(error.reason()).isEqualTo(UnprotectedError.Reason.INTEGRITY));
    }

    private static IkeSuite suite(String keywords) {
        return IkeSuite.of(ProposalKeywords.parse(SecurityProtocol.IKE, keywords));
    }

    private static EncryptedMessage encrypted(Capture.Recorded recorded) {
        return ((DecodeResult.Encrypted) IkeMessage.decode(recorded.datagram())).message();
    }

    /** Also checks that all of it encodes to the same octets, or where it is sealed to what opens to the same. */
    private static List<IkeMessage> read(Capture capture) {
        for (Capture.Recorded recorded : capture.recorded()) {
            switch (IkeMessage.decode(recorded.datagram())) {
                case DecodeResult.Ok(IkeMessage message) ->
                    assertThat(message.encode()).isEqualTo(recorded.datagram());
                case DecodeResult.Encrypted(EncryptedMessage message) -> {
                    assertThat(message.header().fromInitiator()).isEqualTo(recorded.fromInitiator());
                    opensAgain(message, capture.cipher(message.header()));
                }
                case UnprotectedError error -> throw new AssertionError(error.toString());
            }
        }
        return capture.messages();
    }

    private static void opensAgain(EncryptedMessage message, MessageCipher cipher) {
        OpenResult result = message.open(cipher);
        if (result instanceof OpenResult.Ok(IkeMessage inner)) {
            DecodeResult again = IkeMessage.decode(inner.encode(cipher));
            assertThat(((DecodeResult.Encrypted) again).message().open(cipher)).isEqualTo(result);
        }
    }

    private static String describe(IkeMessage message) {
        IkeHeader header = message.header();
        return header.exchangeType().orElseThrow() + (header.response() ? " response " : " request ")
                + header.messageId() + ": "
                + message.payloads().stream()
                        .map(payload -> PayloadType.nameOf(payload.typeId()))
                        .collect(Collectors.joining(", "));
    }
}

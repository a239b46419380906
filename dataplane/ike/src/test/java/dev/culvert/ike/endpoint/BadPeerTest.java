package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.ike.message.TsEntry;
import dev.culvert.ike.message.TsPayload;
import dev.culvert.ike.message.TsiPayload;
import dev.culvert.ike.message.TsrPayload;
import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an authenticated peer may get wrong; the SA survives it. */
class BadPeerTest {
    private static final TrafficSelector OURS = TrafficSelector.parse("10.1.0.0/16");
    private static final TrafficSelector THEIRS = TrafficSelector.parse("10.2.0.0/16");
    private static final Payload NI = new NoncePayload(Bytes.of(new byte[32]));

    private final ScriptedPeer peer = new ScriptedPeer().establish();

    private static Payload sa(int spi) {
        return new SaPayload(List.of(
                SaProposal.of(1, Bytes.ofInt(spi), Tunnels.esp("aes256gcm16").getFirst())));
    }

    private IkeMessage ask(ExchangeType type, int messageId, Payload... payloads) {
        peer.say(peer.request(type, messageId), payloads);
        List<IkeMessage> answers = peer.heard();
        assertThat(answers).hasSize(1);
        assertThat(answers.getFirst().header().messageId()).isEqualTo(messageId);
        return answers.getFirst();
    }

    private void assertUnharmed() {
        assertThat(peer.endpoint.establishedIkeSas()).isEqualTo(1);
        assertThat(peer.installed).hasSize(1);
    }

    @Test
    void line25_noSelectorsAreUnacceptable() {
        IkeMessage answer = ask(
                ExchangeType.CREATE_CHILD_SA, 2, sa(0x1000), NI, new TsiPayload(List.of()), new TsrPayload(List.of()));
        assertThat(answer.has(NotifyType.TS_UNACCEPTABLE)).isTrue();
        assertUnharmed();
    }

    @Test
    void line25_selectorsOutsideOfThePolicyAreUnacceptable() {
        IkeMessage answer = ask(
                ExchangeType.CREATE_CHILD_SA,
                2,
                sa(0x1000),
                NI,
                TsPayload.initiator(List.of(TrafficSelector.parse("172.16.0.0/12"))),
                TsPayload.responder(List.of(OURS)));
        assertThat(answer.has(NotifyType.TS_UNACCEPTABLE)).isTrue();
        assertUnharmed();
    }

    @Test
    void line25_twoHundredSelectorsAndUnusableOnesAreNarrowedToThePolicy() {
        List<TsEntry> wide =
                new ArrayList<>(Collections.nCopies(254, new TsEntry.Selector(TrafficSelector.parse("0.0.0.0/0"))));
        wide.addFirst(new TsEntry.Unusable(9, 0, Bytes.of(new byte[12])));
        IkeMessage answer =
                ask(ExchangeType.CREATE_CHILD_SA, 2, sa(0x1000), NI, new TsiPayload(wide), new TsrPayload(wide));
        assertThat(answer.first(TsiPayload.class).orElseThrow().selectors()).containsExactly(THEIRS);
        assertThat(answer.first(TsrPayload.class).orElseThrow().selectors()).containsExactly(OURS);
        assertThat(peer.endpoint.establishedIkeSas()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void line26_rekeyOfAnotherProtocolIsNotFound(int protocol) {
        IkeMessage answer = ask(
                ExchangeType.CREATE_CHILD_SA,
                2,
                new NotifyPayload(
                        protocol,
                        protocol == 0 ? Bytes.EMPTY : Bytes.ofInt(ScriptedPeer.ESP_SPI),
                        NotifyType.REKEY_SA.id(),
                        Bytes.EMPTY),
                sa(0x1000),
                NI,
                TsPayload.initiator(List.of(THEIRS)),
                TsPayload.responder(List.of(OURS)));
        assertThat(answer.has(NotifyType.CHILD_SA_NOT_FOUND)).isTrue();
        assertUnharmed();
    }

    @Test
    void line26_rekeyOfAnUnknownSpiIsNotFoundAndNamesIt() {
        IkeMessage answer = ask(
                ExchangeType.CREATE_CHILD_SA,
                2,
                NotifyPayload.aboutEsp(NotifyType.REKEY_SA, 0x12345678),
                sa(0x1000),
                NI,
                TsPayload.initiator(List.of(THEIRS)),
                TsPayload.responder(List.of(OURS)));
        NotifyPayload notFound = answer.notify(NotifyType.CHILD_SA_NOT_FOUND).orElseThrow();
        assertThat(notFound.spi().u32(0)).isEqualTo(0x12345678);
        assertUnharmed();
    }

    @Test
    void aReservedOrRepeatedSpiIsRefused() {
        for (int spi : new int[] {0, 255, ScriptedPeer.ESP_SPI}) {
            ScriptedPeer other = new ScriptedPeer().establish();
            other.say(
                    other.request(ExchangeType.CREATE_CHILD_SA, 2),
                    sa(spi),
                    NI,
                    TsPayload.initiator(List.of(THEIRS)),
                    TsPayload.responder(List.of(OURS)));
            assertThat(other.heard().getFirst().errorNotify()).isPresent();
            assertThat(other.installed).hasSize(1);
        }
    }

    @Test
    void line27_deletesOfWrongShapeAreHarmless() {
        IkeMessage answer = ask(
                ExchangeType.INFORMATIONAL,
                2,
                new DeletePayload(2, 4, List.of(Bytes.ofInt(ScriptedPeer.ESP_SPI))),
                new DeletePayload(77, 4, List.of(Bytes.ofInt(ScriptedPeer.ESP_SPI))),
                DeletePayload.ofEsp(List.of(1, 2, 3)));
        assertThat(answer.payloads()).isEmpty();
        assertUnharmed();
    }

    @Test
    void line27_repeatedDeletesAreHarmless() {
        int ours = peer.installed.iterator().next();
        IkeMessage first = ask(
                ExchangeType.INFORMATIONAL,
                2,
                DeletePayload.ofEsp(List.of(ScriptedPeer.ESP_SPI, ScriptedPeer.ESP_SPI)),
                DeletePayload.ofEsp(List.of(ScriptedPeer.ESP_SPI)));
        assertThat(first.first(DeletePayload.class).orElseThrow().childSpis()).containsExactly(ours);
        IkeMessage second = ask(ExchangeType.INFORMATIONAL, 3, DeletePayload.ofEsp(List.of(ScriptedPeer.ESP_SPI)));
        assertThat(second.payloads()).isEmpty();
        assertThat(peer.endpoint.establishedIkeSas()).isEqualTo(1);
        assertThat(peer.installed).isEmpty();
        // IKE and child in one message: the IKE SA goes, with all.
        IkeMessage third = ask(
                ExchangeType.INFORMATIONAL,
                4,
                DeletePayload.ofEsp(List.of(ScriptedPeer.ESP_SPI)),
                DeletePayload.ofIkeSa(),
                DeletePayload.ofIkeSa());
        assertThat(third.payloads()).isEmpty();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
    }

    @Test
    void line31_aRepeatedRequestGetsTheSameOctetsAndOthersOutsideOfTheWindowNothing() {
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 2));
        byte[] first = peer.received.removeFirst();
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 2));
        byte[] second = peer.received.removeFirst();
        assertThat(second).isEqualTo(first);
        for (int id : new int[] {0, 1, 4, 5, 1000, -1}) {
            peer.say(peer.request(ExchangeType.INFORMATIONAL, id), DeletePayload.ofIkeSa());
            assertThat(peer.received).as("message ID %d", id).isEmpty();
        }
        assertUnharmed();
        ask(ExchangeType.INFORMATIONAL, 3);
    }

    @Test
    void line22_plaintextDeletesAndErrorsDoNothing() {
        for (int id = 0; id < 4; id++) {
            for (ExchangeType type : new ExchangeType[] {ExchangeType.INFORMATIONAL, ExchangeType.IKE_AUTH}) {
                peer.say(IkeMessage.of(peer.request(type, id), DeletePayload.ofIkeSa())
                        .encode());
                peer.say(IkeMessage.of(peer.response(type, id), NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED))
                        .encode());
                peer.say(IkeMessage.of(peer.response(type, id), NotifyPayload.of(NotifyType.INVALID_SYNTAX))
                        .encode());
            }
        }
        assertUnharmed();
    }

    @Test
    void line39_aClaimThatThePeerRestartedLeadsToOneLivenessCheck() {
        int checks = 0;
        for (int i = 0; i < 1000; i++) {
            peer.say(IkeMessage.of(
                            peer.response(ExchangeType.INFORMATIONAL, 0), NotifyPayload.of(NotifyType.INVALID_IKE_SPI))
                    .encode());
            peer.endpoint.timeout(peer.now);
            peer.drain();
            checks += peer.heard().size();
        }
        assertThat(checks).isEqualTo(1);
        assertUnharmed();
    }

    @Test
    void line27_aDeleteWithAnSpiOfAnotherSizeIsInvalidSyntaxWhichEndsTheSaCleanly() {
        IkeMessage answer = ask(
                ExchangeType.INFORMATIONAL, 2, new DeletePayload(3, 8, List.of(Bytes.ofLong(ScriptedPeer.ESP_SPI))));
        assertThat(answer.has(NotifyType.INVALID_SYNTAX)).isTrue();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
        assertThat(peer.installed).isEmpty();
    }

    @Test
    void line06_aSecondIkeAuthIsInvalidSyntaxWhichEndsTheSaCleanly() {
        IkeMessage answer = ask(ExchangeType.IKE_AUTH, 2, NotifyPayload.of(NotifyType.INITIAL_CONTACT));
        assertThat(answer.has(NotifyType.INVALID_SYNTAX)).isTrue();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
        assertThat(peer.installed).isEmpty();
    }

    @Test
    void unknownNotifiesAreTolerated() {
        IkeMessage answer = ask(
                ExchangeType.INFORMATIONAL,
                2,
                new NotifyPayload(0, Bytes.EMPTY, 40_000, Bytes.of(new byte[9])),
                new NotifyPayload(0, Bytes.EMPTY, 16_500, Bytes.EMPTY));
        assertThat(answer.payloads()).isEmpty();
        assertUnharmed();
    }

    @Test
    void aMalformedButAuthenticRequestIsInvalidSyntaxAndFatal() {
        peer.saySealed(peer.request(ExchangeType.INFORMATIONAL, 2), 41, new byte[] {0, 0, 0, 3});
        assertThat(peer.heard().getFirst().has(NotifyType.INVALID_SYNTAX)).isTrue();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
        assertThat(peer.installed).isEmpty();
    }

    @Test
    void line04_anUnknownCriticalPayloadIsRefusedByNumber() {
        peer.saySealed(peer.request(ExchangeType.INFORMATIONAL, 2), 200, new byte[] {0, (byte) 0x80, 0, 4});
        NotifyPayload refused = peer.heard()
                .getFirst()
                .notify(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD)
                .orElseThrow();
        assertThat(refused.data().at(0)).isEqualTo(200);
        assertUnharmed();
    }
}

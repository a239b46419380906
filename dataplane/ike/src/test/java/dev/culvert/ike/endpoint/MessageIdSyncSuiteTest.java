package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.endpoint.Crossing.Flight;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.OpenResult;
import dev.culvert.ike.message.Payload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The scenarios of strongSwan's unit test suite "ike MID sync" (libcharon/tests/suites/test_ike_mid_sync.c), by their names
 * and with their numbers: A, who began the IKE SA, and a cluster of which another member takes over from B (RFC 6311).
 */
class MessageIdSyncSuiteTest {
    private static final int NONCE = 0xfa110e12;

    private final Crossing c = new Crossing(1);
    private int nextOfA = 2;
    private int nextOfB;

    private void established(int checksOfA, int checksOfB) {
        c.established(t -> t.dpd(Duration.ofSeconds(10), Duration.ofMinutes(5), DpdConfig.Action.RESTART), t -> t);
        for (int i = 0; i < checksOfA; i++) {
            checkOfA();
        }
        for (int i = 0; i < checksOfB; i++) {
            checkOfB();
        }
    }

    // ---- the cluster's member ----

    private IkeHeader header(boolean response, ExchangeType type, int messageId) {
        Gateway.LastKeys keys = c.a.lastKeys();
        return response
                ? IkeHeader.response(keys.spiInitiator(), keys.spiResponder(), type, false, messageId)
                : IkeHeader.request(keys.spiInitiator(), keys.spiResponder(), type, false, messageId);
    }

    private byte[] sealed(IkeHeader header, Payload... payloads) {
        return IkeMessage.of(header, payloads)
                .encode(c.a.lastKeys().asResponder().outbound());
    }

    private IkeMessage open(byte[] datagram) {
        DecodeResult.Encrypted encrypted = (DecodeResult.Encrypted) IkeMessage.decode(datagram);
        return ((OpenResult.Ok)
                        encrypted.message().open(c.a.lastKeys().asResponder().inbound()))
                .message();
    }

    /** HDR(0), SK {N(IKEV2_MESSAGE_ID_SYNC: nonce, M1, P1)}. */
    private byte[] sync(int m1, int p1) {
        return sealed(
                header(false, ExchangeType.INFORMATIONAL, 0),
                NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC, data(NONCE, m1, p1)));
    }

    private static Bytes data(int nonce, int send, int receive) {
        return Bytes.of(ByteBuffer.allocate(12)
                .putInt(nonce)
                .putInt(send)
                .putInt(receive)
                .array());
    }

    /** The next request of A, whatever it is: it waits for time to pass. */
    private IkeMessage requestOfA() {
        for (int i = 0; c.inFlight.isEmpty() && i < 20; i++) {
            c.elapse();
        }
        return open(c.takeOut(c.a).payload());
    }

    private void answer(IkeMessage request, Payload... payloads) {
        IkeHeader asked = request.header();
        c.forge(c.a, sealed(header(true, asked.exchangeType().orElseThrow(), asked.messageId()), payloads));
    }

    /** A liveness check of A under the ID that is due. */
    private void checkOfA() {
        IkeMessage request = requestOfA();
        assertThat(request.header().messageId()).isEqualTo(nextOfA++);
        answer(request);
        assertThat(c.inFlight).isEmpty();
    }

    /** A liveness check of B under the ID that is due. */
    private void checkOfB() {
        c.forge(c.a, sealed(header(false, ExchangeType.INFORMATIONAL, nextOfB)));
        assertThat(open(c.takeOut(c.a).payload()).header().messageId()).isEqualTo(nextOfB++);
    }

    /** A agrees, and these IDs are next. */
    private void assertSynchronised(int next, int expected) {
        IkeMessage answer = open(c.takeOut(c.a).payload());
        assertThat(answer.header().messageId()).isZero();
        assertThat(answer.header().response()).isTrue();
        assertThat(answer.notify(NotifyType.IKEV2_MESSAGE_ID_SYNC).orElseThrow().data())
                .isEqualTo(data(NONCE, next, expected));
        nextOfA = next;
        nextOfB = expected;
    }

    private void assertGoesOn() {
        checkOfA();
        checkOfB();
        assertThat(c.a.isEstablished()).isTrue();
        assertThat(c.a.installed).hasSize(1);
    }

    // ---- strongSwan's scenarios ----

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 2",
        "0, 0, 1, 3",
        "1, 0, 0, 3",
        "1, 0, 5, 8",
        "0, 1, 1, 2",
        "0, 1, 2, 2",
        "1, 1, 1, 3",
        "1, 1, 2, 4",
        "1, 2, 2, 4"
    })
    void responder(int checksOfA, int checksOfB, int m1, int p1) {
        established(checksOfA, checksOfB);
        // <-- INFORMATIONAL(0) { N(IKEV2_MESSAGE_ID_SYNC: nonce, M1, P1) }
        c.forge(c.a, sync(m1, p1));
        // INFORMATIONAL(0) { N(IKEV2_MESSAGE_ID_SYNC: nonce, P2, M2) } -->
        assertSynchronised(p1, m1);
        assertThat(c.a.count(AuditEvent.MESSAGE_IDS_SYNCHRONISED)).isEqualTo(1);
        assertGoesOn();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 2",
        "0, 0, 1, 3",
        "1, 0, 0, 3",
        "1, 0, 5, 8",
        "0, 1, 1, 2",
        "0, 1, 2, 2",
        "1, 1, 1, 3",
        "1, 1, 2, 4",
        "1, 2, 2, 4"
    })
    void retransmit(int checksOfA, int checksOfB, int m1, int p1) {
        established(checksOfA, checksOfB);
        byte[] sync = sync(m1, p1);
        c.forge(c.a, sync);
        Flight lost = c.takeOut(c.a);
        // <-- the same again
        c.forge(c.a, sync);
        assertThat(c.inFlight.getFirst().payload()).isEqualTo(lost.payload());
        assertSynchronised(p1, m1);
        assertThat(c.a.count(AuditEvent.MESSAGE_IDS_SYNCHRONISED)).isEqualTo(1);
        assertGoesOn();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 2",
        "0, 0, 1, 3",
        "1, 0, 0, 3",
        "1, 0, 5, 8",
        "0, 1, 1, 2",
        "0, 1, 2, 2",
        "1, 1, 1, 3",
        "1, 1, 2, 4",
        "1, 2, 2, 4"
    })
    void replay(int checksOfA, int checksOfB, int m1, int p1) {
        established(checksOfA, checksOfB);
        byte[] sync = sync(m1, p1);
        c.forge(c.a, sync);
        assertSynchronised(p1, m1);
        assertGoesOn();
        assertIgnored(sync);
        assertGoesOn();
    }

    private void assertIgnored(byte[] sync) {
        long dropped = c.a.count(AuditEvent.DATAGRAM_DROPPED);
        c.forge(c.a, sync);
        assertThat(c.inFlight).isEmpty();
        assertThat(c.a.count(AuditEvent.DATAGRAM_DROPPED)).isEqualTo(dropped + 1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0, 2", "1, 2, 0, 0", "1, 2, 1, 3"})
    void senderTooLow(int checksOfA, int checksOfB, int m1, int p1) {
        established(checksOfA, checksOfB);
        assertIgnored(sync(m1, p1));
        assertGoesOn();
    }

    /** P1 is too low: A says how far it has come. */
    @ParameterizedTest
    @CsvSource({"0, 0, 0, 0, 0, 2", "0, 0, 0, 1, 0, 2", "0, 0, 1, 1, 1, 2", "1, 0, 0, 1, 0, 3", "1, 0, 5, 2, 5, 3"})
    void recvUpdate(int checksOfA, int checksOfB, int m1, int p1, int m2, int p2) {
        established(checksOfA, checksOfB);
        c.forge(c.a, sync(m1, p1));
        assertSynchronised(p2, m2);
        assertGoesOn();
    }

    /** A waits for an answer that the old member did not give: it asks again under the next ID. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 2, 0, 3",
        "0, 0, 1, 3, 1, 3",
        "1, 0, 0, 3, 0, 4",
        "1, 0, 5, 8, 5, 8",
        "0, 1, 1, 2, 1, 3",
        "0, 1, 2, 2, 2, 3",
        "1, 1, 1, 3, 1, 4",
        "1, 1, 2, 4, 2, 4"
    })
    void active(int checksOfA, int checksOfB, int m1, int p1, int m2, int p2) {
        established(checksOfA, checksOfB);
        requestOfA();
        c.forge(c.a, sync(m1, p1));
        assertSynchronised(p2, m2);
        assertThat(c.inFlight).hasSize(1);
        assertGoesOn();
    }

    // ---- the member as the original initiator ----

    @Test
    void aClusterThatBeganTheIkeSaIsFollowedToo() {
        ScriptedPeer peer = new ScriptedPeer().establish(NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC_SUPPORTED));
        peer.say(
                peer.request(ExchangeType.INFORMATIONAL, 0),
                NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC, data(NONCE, 9, 7)));
        IkeMessage answer = peer.heard().getFirst();
        assertThat(answer.header().messageId()).isZero();
        assertThat(answer.notify(NotifyType.IKEV2_MESSAGE_ID_SYNC).orElseThrow().data())
                .isEqualTo(data(NONCE, 7, 9));
        // what was due before is old now
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 2));
        assertThat(peer.heard()).isEmpty();
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 9));
        assertThat(peer.heard()).hasSize(1);
        peer.endpoint.command(new Command.Terminate(Tunnels.NAME, Optional.empty()), peer.now);
        peer.drain();
        assertThat(peer.heard().getFirst().header().messageId()).isEqualTo(7);
    }

    /** strongSwan's {@code disabled}. */
    @Test
    void disabled() {
        ScriptedPeer peer = new ScriptedPeer().establish();
        peer.say(
                peer.request(ExchangeType.INFORMATIONAL, 0),
                NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC, data(NONCE, 9, 7)));
        assertThat(peer.heard()).isEmpty();
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 2));
        assertThat(peer.heard()).hasSize(1);
    }

    // ---- what else may be out ----

    @Test
    void aRekeyingThatIsOutBeginsAnew() {
        established(0, 0);
        int before = c.a.pair(Tunnels.CHILD).spiIn();
        c.rekeyChild(c.a);
        IkeMessage lost = requestOfA();
        c.forge(c.a, sync(0, 2));
        assertSynchronised(3, 0);
        // CREATE_CHILD_SA(3) { N(REKEY_SA), SA, Ni, TSi, TSr } -->
        IkeMessage again = requestOfA();
        assertThat(again.header().messageId()).isEqualTo(3);
        assertThat(again.notify(NotifyType.REKEY_SA)).isEqualTo(lost.notify(NotifyType.REKEY_SA));
        assertThat(again.payloads()).isNotEqualTo(lost.payloads());
        // <-- CREATE_CHILD_SA(2): the answer of the old member comes too late
        answer(lost, NotifyPayload.of(NotifyType.CHILD_SA_NOT_FOUND));
        assertThat(c.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(before);
        // <-- CREATE_CHILD_SA(3) { N(TEMPORARY_FAILURE) }
        answer(again, NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        assertThat(requestOfA().notify(NotifyType.REKEY_SA)).isEqualTo(lost.notify(NotifyType.REKEY_SA));
    }

    /** Each leaves the windows as they are. */
    @Test
    void senselessRequestsAreDropped() {
        established(1, 1);
        for (Bytes data : List.of(Bytes.EMPTY, Bytes.of(new byte[11]), Bytes.of(new byte[13]), data(NONCE, -1, 3))) {
            assertIgnored(sealed(
                    header(false, ExchangeType.INFORMATIONAL, 0),
                    NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC, data)));
        }
        assertIgnored(sync(1, -1));
        assertGoesOn();
    }

    /** With another message ID than 0 it is an INFORMATIONAL like any other. */
    @Test
    void theNotifyMeansNothingUnderAnotherMessageId() {
        established(0, 1);
        c.forge(
                c.a,
                sealed(
                        header(false, ExchangeType.INFORMATIONAL, 1),
                        NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC, data(NONCE, 9, 9))));
        assertThat(open(c.takeOut(c.a).payload()).payloads()).isEmpty();
        nextOfB = 2;
        assertGoesOn();
    }
}

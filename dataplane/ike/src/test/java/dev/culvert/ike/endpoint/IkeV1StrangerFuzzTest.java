package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.WireReader;

/**
 * Sequences of messages of IKEv1 that somebody without the key sends, to a tunnel of either mode: nothing throws, nobody
 * gets more answers than questions, nothing is established and nothing stays.
 */
class IkeV1StrangerFuzzTest {
    private static final int MOST_MESSAGES = 12;
    private static final int MOST_DEADLINES = 200;
    /** Where a datagram has this as the responder's cookie, the one of the last answer takes its place. */
    private static final long COOKIE_OF_THE_ANSWER = -1;

    private static final int RESPONDER_COOKIE = 8;

    /** SA; KE, NONCE; ID, HASH: datagrams, each behind its length in two octets. */
    @FuzzTest
    void mainMode(byte[] input) {
        converse(Phase1Mode.MAIN, input);
    }

    /** SA, KE, NONCE, ID; HASH: likewise. */
    @FuzzTest
    void aggressiveMode(byte[] input) {
        converse(Phase1Mode.AGGRESSIVE, input);
    }

    private static void converse(Phase1Mode mode, byte[] input) {
        ScriptedPeer peer = new ScriptedPeer(t -> t.ikev1(mode));
        WireReader in = WireReader.of(input);
        long cookie = 0;
        for (int i = 0; i < MOST_MESSAGES && in.hasRemaining(); i++) {
            byte[] datagram = in.bytes(Math.min(in.u16(), in.remaining()));
            if (datagram.length >= 2 * Long.BYTES
                    && BigEndian.int64(datagram, RESPONDER_COOKIE) == COOKIE_OF_THE_ANSWER) {
                BigEndian.putInt64(datagram, RESPONDER_COOKIE, cookie);
            }
            peer.say(datagram);
            assertThat(peer.received.size()).isLessThanOrEqualTo(1);
            for (byte[] answer : peer.received) {
                assertThat(answer.length).isLessThan(datagram.length + 256);
                cookie = BigEndian.int64(answer, RESPONDER_COOKIE);
            }
            peer.received.clear();
        }
        assertThat(peer.installed).isEmpty();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
        peer.pass(MOST_DEADLINES);
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
    }
}

package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.wire.WireReader;

/** Sequences of messages that a stranger or an authenticated peer sends: nothing throws, nothing is left inconsistent. */
class EndpointFuzzTest {
    private static final int MOST_MESSAGES = 20;
    private static final int MOST_DEADLINES = 200;

    /** Datagrams, each behind its length in two octets, from somebody who knows no key. */
    @FuzzTest
    void stranger(byte[] input) {
        ScriptedPeer peer = new ScriptedPeer();
        WireReader in = WireReader.of(input);
        for (int i = 0; i < MOST_MESSAGES && in.hasRemaining(); i++) {
            byte[] datagram = in.bytes(Math.min(in.u16(), in.remaining()));
            peer.say(datagram);
            // never more said than was heard, as long as nobody has shown who he is
            assertThat(peer.received.size()).isLessThanOrEqualTo(1);
            peer.received.forEach(answer -> assertThat(answer.length).isLessThan(datagram.length + 256));
            peer.received.clear();
        }
        assertThat(peer.installed).isEmpty();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
        peer.pass(MOST_DEADLINES);
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
    }

    /**
     * Messages within an established SA. Each has a control octet (three bits for the exchange, one for a response, one
     * for a message ID that was used already), the type of the first payload, a length in two octets, and content.
     */
    @FuzzTest
    void authenticatedPeer(byte[] input) {
        ScriptedPeer peer = new ScriptedPeer().establish();
        WireReader in = WireReader.of(input);
        ExchangeType[] types = ExchangeType.values();
        int nextId = 2;
        for (int i = 0; i < MOST_MESSAGES && in.hasRemaining(); i++) {
            int control = in.u8();
            int firstType = in.u8();
            byte[] content = in.bytes(Math.min(in.u16(), in.remaining()));
            ExchangeType type = types[(control & 7) % types.length];
            IkeHeader header;
            if ((control & 8) != 0) {
                header = peer.response(type, i % 2);
            } else {
                header = peer.request(type, (control & 16) != 0 ? nextId - 1 : nextId++);
            }
            peer.saySealed(header, firstType, content);
            assertThat(peer.heard()).hasSizeLessThanOrEqualTo(3);
        }
        assertThat(peer.endpoint.establishedIkeSas()).isLessThanOrEqualTo(2);
        peer.pass(MOST_DEADLINES);
    }
}

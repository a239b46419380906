package dev.culvert.ike.sa;

import dev.culvert.crypto.MessageCipher;
import dev.culvert.ike.message.IkeMessage;
import java.util.List;

/**
 * A message that was sent and may be sent again: the same octets each time (RFC 7296 §2.1), unless it has to be cut into
 * smaller fragments because the longer ones do not seem to arrive (RFC 7383 §2.5.2).
 */
final class OutboundMessage {
    /** Makes the datagrams anew, none longer than that. */
    private interface Cutter {
        List<byte[]> cut(int maxLength);
    }

    static final int UNBOUNDED = Integer.MAX_VALUE;

    private final Cutter cutter;
    private List<byte[]> datagrams;

    private OutboundMessage(Cutter cutter, List<byte[]> datagrams) {
        this.cutter = cutter;
        this.datagrams = datagrams;
    }

    /** One that cannot be fragmented: in the clear, or to a peer that does not take fragments. */
    static OutboundMessage whole(byte[] datagram) {
        return new OutboundMessage(maxLength -> List.of(datagram), List.of(datagram));
    }

    /** @param maxLength octets from the IKE header on; {@link #UNBOUNDED} for a message in one piece */
    static OutboundMessage sealed(IkeMessage message, MessageCipher cipher, int maxLength) {
        if (maxLength == UNBOUNDED) {
            return whole(message.encode(cipher));
        }
        return new OutboundMessage(
                shorter -> message.encodeFragments(cipher, shorter), message.encodeFragments(cipher, maxLength));
    }

    List<byte[]> datagrams() {
        return datagrams;
    }

    /** Cuts the message into more fragments than before, where that is possible. */
    void shorten(int maxLength) {
        if (datagrams.stream().anyMatch(datagram -> datagram.length > maxLength)) {
            List<byte[]> shorter = cutter.cut(maxLength);
            datagrams = shorter.size() > datagrams.size() ? shorter : datagrams;
        }
    }
}

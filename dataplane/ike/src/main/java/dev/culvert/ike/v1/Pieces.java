package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.Fragmentation;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.FragmentPayload;
import dev.culvert.ike.v1.message.FragmentReassembler;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import java.util.List;
import java.util.Optional;

/** Long messages of one ISAKMP SA in pieces, the vendors' way, if both sides say that they take them. */
final class Pieces {
    /** Octets before the IKE header that count for a fragment's size: IPv6, UDP, the non-ESP marker. */
    private static final int HEADERS = 40 + 8 + 4;

    private final IsakmpSa sa;
    private final FragmentReassembler reassembler = new FragmentReassembler();
    private int lastId;

    Pieces(IsakmpSa sa) {
        this.sa = sa;
    }

    /** A message of which all pieces came, as if it had come in one. */
    record Whole(V1Decoded message, IkeDatagram datagram) {}

    /** Takes in a piece; the message if it was the last one that was missing. */
    Optional<Whole> put(FragmentPayload piece, IkeDatagram datagram) {
        if (!isTaken()) {
            sa.dropped("a fragment", datagram);
            return Optional.empty();
        }
        return switch (reassembler.add(piece)) {
            case FragmentReassembler.Result.Kept kept -> Optional.empty();
            case FragmentReassembler.Result.Refused(String reason) -> {
                sa.dropped(reason, datagram);
                yield Optional.empty();
            }
            case FragmentReassembler.Result.Complete(Bytes octets) -> whole(octets.toArray(), datagram);
        };
    }

    /** The second message of aggressive mode may come in pieces, before the peer could say that it takes them, too. */
    private boolean isTaken() {
        boolean nothingHeard = sa.initiator() && sa.responderCookie() == 0;
        return sa.features().fragmentation()
                || (nothingHeard
                        && sa.tunnelIfKnown()
                                .filter(t -> t.config().fragmentation().isOffered())
                                .isPresent());
    }

    private Optional<Whole> whole(byte[] octets, IkeDatagram datagram) {
        V1Decoded message = V1Message.decode(octets);
        if (message instanceof V1Decoded.Fragment) {
            sa.dropped("a fragment in fragments", datagram);
            return Optional.empty();
        }
        return Optional.of(
                new Whole(message, new IkeDatagram(datagram.carrier(), datagram.local(), datagram.remote(), octets)));
    }

    /** The datagrams of a message: pieces of it, if it is long. */
    List<byte[]> cut(byte[] message, ExchangeType type) {
        Optional<Fragmentation> how = sa.tunnelIfKnown()
                .map(t -> t.config().fragmentation())
                .filter(f -> sa.features().fragmentation() && f.isSent());
        return how.map(f -> FragmentReassembler.split(
                        message,
                        IsakmpHeader.of(sa.initiatorCookie(), sa.responderCookie(), type, 0),
                        ++lastId & 0xffff,
                        f.datagramSize() - HEADERS))
                .orElseGet(() -> List.of(message));
    }
}

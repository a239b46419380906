package dev.culvert.ike.endpoint;

import dev.culvert.wire.Carrier;
import dev.culvert.wire.UdpAddress;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * TCP connections of a gateway, on a simulated network that neither loses nor reorders: each segment is a datagram that
 * says what it is.
 */
final class TestStreams {
    /** Its two ends. */
    record Ends(UdpAddress local, UdpAddress remote) {}

    private static final byte[] MARK = "a TCP segment: ".getBytes(StandardCharsets.US_ASCII);
    private static final char OPEN = 'o';
    private static final char DATA = 'd';
    private static final char RESET = 'r';

    final Set<Ends> open = new LinkedHashSet<>();
    final Set<Ends> kept = new LinkedHashSet<>();
    /** Every connection that we opened. */
    final List<Ends> everOpened = new ArrayList<>();
    /** Messages that had no connection to go in. */
    int unsent;

    /** Whether connections are taken. */
    boolean listening = true;

    private final Gateway.Wire wire;

    TestStreams(Gateway.Wire wire) {
        this.wire = wire;
    }

    static boolean isOne(byte[] payload) {
        return payload.length > MARK.length && Arrays.equals(payload, 0, MARK.length, MARK, 0, MARK.length);
    }

    void open(UdpAddress local, UdpAddress remote) {
        Ends ends = new Ends(local, remote);
        open.add(ends);
        everOpened.add(ends);
        segment(ends, OPEN, new byte[0]);
    }

    void keep(UdpAddress local, UdpAddress remote) {
        kept.add(new Ends(local, remote));
    }

    void release(UdpAddress local, UdpAddress remote) {
        Ends ends = new Ends(local, remote);
        kept.remove(ends);
        if (everOpened.contains(ends) && open.remove(ends)) {
            segment(ends, RESET, new byte[0]);
        }
    }

    void send(UdpAddress local, UdpAddress remote, byte[] message) {
        Ends ends = new Ends(local, remote);
        if (open.contains(ends)) {
            segment(ends, DATA, message);
        } else {
            unsent++;
        }
    }

    /** Somebody between the two resets all connections. */
    void reset(Gateway gateway, long now) {
        for (Ends ends : List.copyOf(open)) {
            segment(ends, RESET, new byte[0]);
            lost(ends, gateway, now);
        }
    }

    /** All connections are dead, and nobody says so. */
    void vanish() {
        open.clear();
    }

    Optional<IkeDatagram> receive(UdpAddress from, UdpAddress to, byte[] payload, Gateway gateway, long now) {
        if (!isOne(payload)) {
            return Optional.empty();
        }
        Ends ends = new Ends(to, from);
        switch ((char) payload[MARK.length]) {
            case OPEN -> {
                if (listening) {
                    open.add(ends);
                } else {
                    segment(ends, RESET, new byte[0]);
                }
            }
            case RESET -> lost(ends, gateway, now);
            default -> {
                if (open.contains(ends)) {
                    byte[] message = Arrays.copyOfRange(payload, MARK.length + 1, payload.length);
                    return Optional.of(new IkeDatagram(Carrier.TCP, to, from, message));
                }
            }
        }
        return Optional.empty();
    }

    private void lost(Ends ends, Gateway gateway, long now) {
        if (open.remove(ends) && everOpened.contains(ends)) {
            gateway.streamLost(ends.local(), ends.remote(), "reset", now);
        }
    }

    private void segment(Ends ends, char kind, byte[] data) {
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        segment.writeBytes(MARK);
        segment.write(kind);
        segment.writeBytes(data);
        wire.send(ends.local(), ends.remote(), segment.toByteArray());
    }
}

package dev.culvert.ipsec.translate;

import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.TcpHeader;
import java.util.concurrent.TimeUnit;

/** What was seen of a session, as bits, and how long it may be idle. */
final class SessionState {
    /** A TCP segment of ours had ACK set: the handshake is over, or was before we looked. */
    static final int ACKNOWLEDGED = 1;

    static final int ANSWERED = 2;
    static final int OUR_FIN = 4;
    static final int PEER_FIN = 8;
    static final int RESET = 16;

    private static final int BOTH_FINS = OUR_FIN | PEER_FIN;
    private static final int OPEN = ACKNOWLEDGED | ANSWERED;

    /** RFC 4787 §4.3: 5 minutes are recommended. */
    private static final long UDP_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** RFC 5382 §5, REQ-5: at least 2 hours 4 minutes when established, 4 minutes otherwise. */
    private static final long TCP_ESTABLISHED_NANOS = TimeUnit.MINUTES.toNanos(124);

    private static final long TCP_TRANSITORY_NANOS = TimeUnit.MINUTES.toNanos(4);

    /** RFC 5508 §3.2, REQ-2: at least 60 seconds. */
    private static final long ICMP_NANOS = TimeUnit.SECONDS.toNanos(60);

    private SessionState() {}

    /** What a packet of ours says. */
    static int ofOurs(int tcpFlags) {
        return ((tcpFlags & TcpHeader.ACK) != 0 ? ACKNOWLEDGED : 0)
                | ((tcpFlags & TcpHeader.FIN) != 0 ? OUR_FIN : 0)
                | ((tcpFlags & TcpHeader.RST) != 0 ? RESET : 0);
    }

    /** What a packet of the peer's says. */
    static int ofPeers(int tcpFlags) {
        return ANSWERED
                | ((tcpFlags & TcpHeader.FIN) != 0 ? PEER_FIN : 0)
                | ((tcpFlags & TcpHeader.RST) != 0 ? RESET : 0);
    }

    static boolean isClosing(int state) {
        return (state & RESET) != 0 || (state & BOTH_FINS) == BOTH_FINS;
    }

    static long idleNanos(int protocol, int state) {
        return switch (protocol) {
            case IpProtocol.TCP ->
                !isClosing(state) && (state & OPEN) == OPEN ? TCP_ESTABLISHED_NANOS : TCP_TRANSITORY_NANOS;
            case IpProtocol.UDP -> UDP_NANOS;
            default -> ICMP_NANOS;
        };
    }
}

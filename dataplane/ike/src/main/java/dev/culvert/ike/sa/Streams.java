package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The TCP connections of one IKE SA (RFC 9329 §6.1). Who began the first IKE SA opens them, a new one when one is lost;
 * the other side answers in the one in which the last fresh authentic message came.
 *
 * <p>Another connection has another local port: so its two ends name it.
 */
public final class Streams {
    /** Above what Linux gives out by itself, up to the last (RFC 6335 §6). */
    private static final int FIRST_PORT = 61_000;

    private static final int LAST_PORT = 65_535;

    /** Before a connection is opened in place of one that did not live to carry an answer. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final IkeSa sa;
    private final SaContext context;
    private final Requests requests;
    private final Timers<SaTimer> timers;
    /** Connections that were lost since the peer was last heard. */
    private int lost;

    private Optional<PeerPath> lostPath = Optional.empty();

    Streams(IkeSa sa, SaContext context, Requests requests, Timers<SaTimer> timers) {
        this.sa = sa;
        this.context = context;
        this.requests = requests;
        this.timers = timers;
    }

    /** A port for a new connection. */
    public static int newPort(SaContext context) {
        return FIRST_PORT + Math.floorMod(context.random().nextInt(), LAST_PORT - FIRST_PORT + 1);
    }

    /** Whether we are the one to open connections. */
    boolean opens() {
        return sa.path().isStream() && sa.isOriginalInitiator();
    }

    /** The SA begins: its connection is opened before its first message. */
    void begin() {
        if (opens()) {
            context.emit(new Output.OpenStream(sa.path().local(), sa.path().remote()));
        }
    }

    /** The peer authenticated itself. */
    void authenticated() {
        if (sa.path().isStream()) {
            context.emit(new Output.KeepStream(sa.path().local(), sa.path().remote()));
        }
    }

    /** A fresh authentic message or packet came in a connection: the peer is heard there from now on. */
    public void heard(UdpAddress local, UdpAddress remote, long nowNanos) {
        lost = 0;
        PeerPath before = sa.path();
        PeerPath now = before.between(local, remote);
        if (before.isStream() && !opens() && !before.isSameStream(now)) {
            sa.audit(
                    AuditEvent.PEER_MOVED,
                    Map.of("from", before.remote().toString(), "to", remote.toString()),
                    "the peer opened another TCP connection, from " + remote);
            sa.move(now);
            context.emit(new Output.KeepStream(local, remote));
            context.releaseStream(before);
            requests.repeat(nowNanos);
        }
    }

    /** The connection that we opened is gone, or could not be opened. */
    public void lost(String why, long nowNanos) {
        if (!opens()) {
            return;
        }
        if (sa.state().isConnecting()) {
            String message = "TCP connection to " + sa.path().remote() + ": " + why;
            sa.close(CloseCause.failed(new Failure(FailureKind.PEER_UNREACHABLE, Optional.empty(), message)), nowNanos);
            return;
        }
        if (sa.state() == IkeSaState.CLOSED) {
            return;
        }
        sa.audit(
                AuditEvent.STREAM_LOST,
                Map.of("peer", sa.path().remote().toString()),
                "the TCP connection to " + sa.path().remote() + " is lost: " + why);
        timers.set(SaTimer.RECONNECT, lost == 0 ? nowNanos : nowNanos + PAUSE.toNanos());
        lost++;
        lostPath = Optional.of(sa.path());
        context.touched(sa);
    }

    /** The time has come to open a connection in place of the lost one, unless another SA on it did so. */
    void reopen(long nowNanos) {
        if (lostPath.filter(sa.path()::isSameStream).isPresent()) {
            reconnect(sa.path().local().address(), nowNanos);
        }
    }

    /** A request is not answered: the connection may be dead without anybody saying so. */
    void unanswered(long nowNanos) {
        if (opens() && !sa.state().isConnecting()) {
            reconnect(sa.path().local().address(), nowNanos);
        }
    }

    /** Packets to the peer leave from that address of ours now: the old connection is dead if it was not ours to open. */
    public void localAddress(IpAddress local, long nowNanos) {
        if (opens()) {
            reconnect(local, nowNanos);
        }
    }

    /** Opens a connection, for all SAs that used the old one, and has the peer hear something in it. */
    private void reconnect(IpAddress local, long nowNanos) {
        PeerPath before = sa.path();
        List<IkeSa> together = context.onStream(before);
        PeerPath next = before.between(new UdpAddress(local, newPort(context)), before.remote());
        context.emit(new Output.OpenStream(next.local(), next.remote()));
        context.emit(new Output.KeepStream(next.local(), next.remote()));
        boolean moved = !local.equals(before.local().address());
        together.forEach(each -> each.streams().use(next, moved, nowNanos));
        context.releaseStream(before);
    }

    private void use(PeerPath next, boolean moved, long nowNanos) {
        sa.move(next);
        boolean update = moved && sa.mobility().agreed();
        // RFC 9329 §6.2: what is out is sent again in the new connection.
        boolean repeated = requests.repeat(nowNanos);
        if (sa.state() == IkeSaState.ESTABLISHED && (update || !repeated)) {
            requests.addFirst(
                    update
                            ? context.protocol().updateAddresses()
                            : context.protocol().livenessCheck());
        }
    }
}

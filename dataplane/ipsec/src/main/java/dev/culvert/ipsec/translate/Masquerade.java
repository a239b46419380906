package dev.culvert.ipsec.translate;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.TcpHeader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.StampedLock;

/**
 * Many hosts behind few addresses. Mappings are endpoint-independent (RFC 4787 §4.1, REQ-1; RFC 5382 §4, REQ-1), a host
 * keeps its address of the pool (REQ-2), ports keep their value if it is free, else their parity and range (REQ-3, REQ-4).
 * Filtering is stricter than those RFCs have it: from a remote address and port only answers come in.
 *
 * <p>Carries TCP, UDP and ICMP queries. Inner packets that are fragments have to be put together first.
 *
 * <p>Any number of threads: a packet of a session that exists takes no lock, it searches and then makes sure that nothing
 * was changed meanwhile. Sessions begin and end under a lock. What is idle for too long is removed when room is needed.
 */
final class Masquerade {
    private static final int FIRST_CAPACITY = 256;
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;
    private static final int ALL_PORTS = 65536;
    private static final int PORTS_TRIED = 1024;
    private static final long SWEEP_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NetworkMap from;
    private final NetworkMap pool;
    private final IpAddress poolStart;
    private final int poolMask;
    private final int maximumCapacity;
    private final StampedLock lock = new StampedLock();
    private final long salt;
    private volatile SessionTable table;
    private long nextSweepNanos;
    private boolean swept;
    private int portsGiven;

    /**
     * @param maximumCapacity sessions; a power of two, and at least 256
     * @param salt that nobody else knows, for the choice of ports and the order in tables
     */
    Masquerade(Translation translation, int maximumCapacity, long salt) {
        from = new NetworkMap(translation.from(), translation.from());
        pool = new NetworkMap(translation.to(), translation.to());
        poolStart = translation.to().address();
        poolMask = (1 << (poolStart.bits() - translation.to().length())) - 1;
        this.maximumCapacity = maximumCapacity;
        this.salt = salt;
        table = new SessionTable(1, salt);
    }

    /** Whether it is for a host of ours. */
    boolean isFrom(int version, long high, long low) {
        return from.contains(version, high, low);
    }

    /** Whether it is for an address that the peer sees. */
    boolean isPool(int version, long high, long low) {
        return pool.contains(version, high, low);
    }

    /** The lower half of the pool's address for a host; the upper half is {@link #poolHigh}. */
    long poolLow(long high, long low) {
        return poolStart.low() | number(high, low);
    }

    long poolHigh() {
        return poolStart.high();
    }

    private int number(long high, long low) {
        return (int) SessionTable.mix(SessionTable.mix(high) ^ low) & poolMask;
    }

    /** Gives a packet of ours an outer source; its destination is the peer's already. */
    Outcome outbound(PacketEnds packet, long nowNanos) {
        if (packet.sourcePort() == PacketEnds.NO_PORT) {
            return Outcome.REFUSED;
        }
        int flags = packet.tcpFlags();
        int seen = SessionState.ofOurs(flags);
        boolean opens = (flags & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN;
        long stamp = lock.tryOptimisticRead();
        if (stamp != 0) {
            SessionTable now = table;
            int mapping = mappingOfSource(now, packet);
            int session = sessionWithDestination(now, packet, mapping);
            int port = mapping == SessionTable.NONE ? 0 : now.outerPort(mapping);
            boolean goesOn = session != SessionTable.NONE
                    && !now.isOver(session, nowNanos)
                    && !(opens && SessionState.isClosing(now.state(session)));
            if (goesOn && lock.validate(stamp)) {
                now.use(session, seen, nowNanos);
                write(packet, port);
                return Outcome.DONE;
            }
        }
        return begin(packet, seen, opens, nowNanos);
    }

    /** The same under the lock, where a session that is not there can begin. */
    private Outcome begin(PacketEnds packet, int seen, boolean opens, long nowNanos) {
        long stamp = lock.writeLock();
        try {
            int mapping = mappingOfSource(table, packet);
            int session = sessionWithDestination(table, packet, mapping);
            if (session == SessionTable.NONE) {
                return add(packet, seen, nowNanos);
            }
            if (table.isOver(session, nowNanos) || (opens && SessionState.isClosing(table.state(session)))) {
                table.restart(session, seen, nowNanos);
            } else {
                table.use(session, seen, nowNanos);
            }
            write(packet, table.outerPort(mapping));
            return Outcome.DONE;
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    private Outcome add(PacketEnds packet, int seen, long nowNanos) {
        if (!makeRoom(nowNanos)) {
            return Outcome.FULL;
        }
        int mapping = mappingOfSource(table, packet);
        if (mapping == SessionTable.NONE) {
            int port = freePort(packet);
            if (port == PacketEnds.NO_PORT && sweep(nowNanos)) {
                port = freePort(packet);
            }
            if (port == PacketEnds.NO_PORT) {
                return Outcome.FULL;
            }
            mapping = table.addMapping(
                    packet.protocol(),
                    packet.sourceHigh(),
                    packet.sourceLow(),
                    packet.sourcePort(),
                    number(packet.sourceHigh(), packet.sourceLow()),
                    port);
        }
        table.addSession(
                mapping,
                packet.destinationHigh(),
                packet.destinationLow(),
                remotePort(packet.protocol(), packet.destinationPort()),
                seen,
                nowNanos);
        write(packet, table.outerPort(mapping));
        return Outcome.DONE;
    }

    private void write(PacketEnds packet, int port) {
        packet.source(poolHigh(), poolLow(packet.sourceHigh(), packet.sourceLow()));
        packet.sourcePort(port);
    }

    /** Finds the host that a packet of the peer's answers. */
    Outcome inbound(PacketEnds packet, long nowNanos) {
        if (packet.destinationPort() == PacketEnds.NO_PORT) {
            return Outcome.REFUSED;
        }
        long stamp = lock.tryOptimisticRead();
        if (stamp != 0 && inbound(packet, stamp, nowNanos)) {
            return Outcome.DONE;
        }
        if (stamp != 0 && lock.validate(stamp)) {
            return Outcome.REFUSED;
        }
        stamp = lock.readLock();
        try {
            return inbound(packet, stamp, nowNanos) ? Outcome.DONE : Outcome.REFUSED;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    private boolean inbound(PacketEnds packet, long stamp, long nowNanos) {
        SessionTable now = table;
        int mapping =
                now.findByOuter(packet.protocol(), (int) packet.destinationLow() & poolMask, packet.destinationPort());
        int session = mapping == SessionTable.NONE
                ? SessionTable.NONE
                : now.findSession(
                        mapping,
                        packet.sourceHigh(),
                        packet.sourceLow(),
                        remotePort(packet.protocol(), packet.sourcePort()));
        if (session == SessionTable.NONE || now.isOver(session, nowNanos)) {
            return false;
        }
        long high = now.innerHigh(mapping);
        long low = now.innerLow(mapping);
        int port = now.innerPort(mapping);
        if (!lock.validate(stamp)) {
            return false;
        }
        now.use(session, SessionState.ofPeers(packet.tcpFlags()), nowNanos);
        packet.destination(high, low);
        packet.destinationPort(port);
        return true;
    }

    /**
     * Gives a packet of ours that an ICMP error of the peer's quotes its inner source back. Such errors neither keep a
     * session up nor end it (RFC 5508 §4, REQ-6; RFC 5382 §8, REQ-10).
     */
    Outcome quotedFromUs(PacketEnds quoted, long nowNanos) {
        if (quoted.sourcePort() == PacketEnds.NO_PORT) {
            return Outcome.REFUSED;
        }
        long stamp = lock.readLock();
        try {
            SessionTable now = table;
            int mapping = now.findByOuter(quoted.protocol(), (int) quoted.sourceLow() & poolMask, quoted.sourcePort());
            int session = sessionWithDestination(now, quoted, mapping);
            if (session == SessionTable.NONE || now.isOver(session, nowNanos)) {
                return Outcome.REFUSED;
            }
            quoted.source(now.innerHigh(mapping), now.innerLow(mapping));
            quoted.sourcePort(now.innerPort(mapping));
            return Outcome.DONE;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** Gives a packet of the peer's that an ICMP error of ours quotes the destination that the peer wrote. */
    Outcome quotedToUs(PacketEnds quoted, long nowNanos) {
        if (quoted.destinationPort() == PacketEnds.NO_PORT) {
            return Outcome.REFUSED;
        }
        long stamp = lock.readLock();
        try {
            SessionTable now = table;
            int mapping = now.findByInner(
                    quoted.protocol(), quoted.destinationHigh(), quoted.destinationLow(), quoted.destinationPort());
            int session = mapping == SessionTable.NONE
                    ? SessionTable.NONE
                    : now.findSession(
                            mapping,
                            quoted.sourceHigh(),
                            quoted.sourceLow(),
                            remotePort(quoted.protocol(), quoted.sourcePort()));
            if (session == SessionTable.NONE || now.isOver(session, nowNanos)) {
                return Outcome.REFUSED;
            }
            quoted.destination(poolHigh(), poolLow(quoted.destinationHigh(), quoted.destinationLow()));
            quoted.destinationPort(now.outerPort(mapping));
            return Outcome.DONE;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    private static int mappingOfSource(SessionTable now, PacketEnds packet) {
        return now.findByInner(packet.protocol(), packet.sourceHigh(), packet.sourceLow(), packet.sourcePort());
    }

    private static int sessionWithDestination(SessionTable now, PacketEnds packet, int mapping) {
        return mapping == SessionTable.NONE
                ? SessionTable.NONE
                : now.findSession(
                        mapping,
                        packet.destinationHigh(),
                        packet.destinationLow(),
                        remotePort(packet.protocol(), packet.destinationPort()));
    }

    /** Of an ICMP query nobody but its identifier tells. */
    private static int remotePort(int protocol, int port) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP ? port : 0;
    }

    /** Whether there is room for a session, after removing what is idle or growing. */
    private boolean makeRoom(long nowNanos) {
        if (!table.isFull()) {
            return true;
        }
        var _ = sweep(nowNanos);
        if (table.isFull() && table.capacity() < maximumCapacity) {
            SessionTable larger = new SessionTable(Math.max(FIRST_CAPACITY, 2 * table.capacity()), salt);
            table.copyTo(larger);
            table = larger;
        }
        return !table.isFull();
    }

    /** Removes what is idle, unless that was done just now. */
    private boolean sweep(long nowNanos) {
        if (swept && nowNanos - nextSweepNanos < 0) {
            return false;
        }
        swept = true;
        nextSweepNanos = nowNanos + SWEEP_INTERVAL_NANOS;
        table.sweep(nowNanos);
        return true;
    }

    /** The source's own port, or another one that nobody has; {@link PacketEnds#NO_PORT} if a thousand are taken. */
    private int freePort(PacketEnds packet) {
        SessionTable now = table;
        int protocol = packet.protocol();
        int wanted = packet.sourcePort();
        int address = number(packet.sourceHigh(), packet.sourceLow());
        if (now.findByOuter(protocol, address, wanted) == SessionTable.NONE) {
            return wanted;
        }
        boolean identifier = protocol != IpProtocol.TCP && protocol != IpProtocol.UDP;
        boolean privileged = !identifier && wanted < FIRST_UNPRIVILEGED_PORT;
        int first = identifier ? 0 : privileged ? 2 : FIRST_UNPRIVILEGED_PORT;
        int size = (privileged ? FIRST_UNPRIVILEGED_PORT : ALL_PORTS) - first;
        int step = identifier ? 1 : 2;
        int start = (int) (SessionTable.mix(salt + ++portsGiven) >>> 40 & ~1) | (wanted & 1);
        for (int i = 0; i < Math.min(PORTS_TRIED, size / step); i++) {
            int port = first + (start + i * step) % size;
            if (now.findByOuter(protocol, address, port) == SessionTable.NONE) {
                return port;
            }
        }
        return PacketEnds.NO_PORT;
    }
}

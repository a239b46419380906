package dev.culvert.ipsec.translate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Which inner ports have which outer ones (mappings), and with whom they talk (sessions): rows of numbers, found by three
 * hash tables with chains. A mapping lasts as long as it has a session.
 *
 * <p>Searches may run while another thread changes rows, if the caller checks afterwards that none did
 * ({@link Masquerade}): every index stays in the arrays, which never grow, and every chain is left after a while.
 */
final class SessionTable {
    static final int NONE = -1;

    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final int capacity;
    private final int mask;
    private final long salt;

    private final int[] byInner;
    private final int[] byOuter;
    private final int[] protocol;
    private final long[] innerHigh;
    private final long[] innerLow;
    private final int[] innerPort;
    private final int[] outerAddress;
    private final int[] outerPort;
    private final int[] sessions;
    private final int[] nextByInner;
    private final int[] nextByOuter;
    private int freeMapping;

    private final int[] bySession;
    private final int[] mapping;
    private final long[] remoteHigh;
    private final long[] remoteLow;
    private final int[] remotePort;
    private final int[] state;
    private final long[] lastUsedNanos;
    private final int[] nextSession;
    private int freeSession;
    private int used;

    /**
     * @param capacity sessions, and mappings, at most; a power of two
     * @param salt that nobody knows who would fill one chain on purpose
     */
    SessionTable(int capacity, long salt) {
        this.capacity = capacity;
        this.salt = salt;
        mask = 2 * capacity - 1;
        byInner = chains();
        byOuter = chains();
        bySession = chains();
        protocol = new int[capacity];
        innerHigh = new long[capacity];
        innerLow = new long[capacity];
        innerPort = new int[capacity];
        outerAddress = new int[capacity];
        outerPort = new int[capacity];
        sessions = new int[capacity];
        nextByInner = freeList();
        nextByOuter = new int[capacity];
        mapping = new int[capacity];
        Arrays.fill(mapping, NONE);
        remoteHigh = new long[capacity];
        remoteLow = new long[capacity];
        remotePort = new int[capacity];
        state = new int[capacity];
        lastUsedNanos = new long[capacity];
        nextSession = freeList();
    }

    private int[] chains() {
        int[] heads = new int[2 * capacity];
        Arrays.fill(heads, NONE);
        return heads;
    }

    private int[] freeList() {
        int[] next = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            next[i] = i + 1 < capacity ? i + 1 : NONE;
        }
        return next;
    }

    int capacity() {
        return capacity;
    }

    boolean isFull() {
        return used == capacity;
    }

    /** The mapping of an inner address and port, or {@link #NONE}. */
    int findByInner(int itsProtocol, long high, long low, int port) {
        int row = byInner[slot(itsProtocol, high, low, port)];
        for (int steps = 0; row != NONE && steps < capacity; steps++) {
            if (innerLow[row] == low
                    && innerHigh[row] == high
                    && innerPort[row] == port
                    && protocol[row] == itsProtocol) {
                return row;
            }
            row = nextByInner[row];
        }
        return NONE;
    }

    /** The mapping of an outer address, as its number in the pool, and port, or {@link #NONE}. */
    int findByOuter(int itsProtocol, int address, int port) {
        int row = byOuter[slot(itsProtocol, 0, address, port)];
        for (int steps = 0; row != NONE && steps < capacity; steps++) {
            if (outerPort[row] == port && outerAddress[row] == address && protocol[row] == itsProtocol) {
                return row;
            }
            row = nextByOuter[row];
        }
        return NONE;
    }

    /** The session of a mapping with a remote address and port, or {@link #NONE}. */
    int findSession(int itsMapping, long high, long low, int port) {
        int row = bySession[slot(itsMapping, high, low, port)];
        for (int steps = 0; row != NONE && steps < capacity; steps++) {
            if (remoteLow[row] == low
                    && remoteHigh[row] == high
                    && remotePort[row] == port
                    && mapping[row] == itsMapping) {
                return row;
            }
            row = nextSession[row];
        }
        return NONE;
    }

    long innerHigh(int row) {
        return innerHigh[row];
    }

    long innerLow(int row) {
        return innerLow[row];
    }

    int innerPort(int row) {
        return innerPort[row];
    }

    int outerPort(int row) {
        return outerPort[row];
    }

    /** Whether nobody used a session for as long as its kind may be idle. Any thread. */
    boolean isOver(int session, long nowNanos) {
        int itsMapping = mapping[session];
        return itsMapping == NONE
                || nowNanos - (long) LONGS.getOpaque(lastUsedNanos, session)
                        >= SessionState.idleNanos(protocol[itsMapping], (int) INTS.getOpaque(state, session));
    }

    /** Notes a packet. Any thread; another session may by now be in this place, and lives a little longer for it. */
    void use(int session, int seen, long nowNanos) {
        LONGS.setOpaque(lastUsedNanos, session, nowNanos);
        if (((int) INTS.getOpaque(state, session) & seen) != seen) {
            int _ = (int) INTS.getAndBitwiseOr(state, session, seen);
        }
    }

    int state(int session) {
        return (int) INTS.getOpaque(state, session);
    }

    /** Begins a session anew in the place of an old one between the same ports. */
    void restart(int session, int seen, long nowNanos) {
        INTS.setOpaque(state, session, seen);
        LONGS.setOpaque(lastUsedNanos, session, nowNanos);
    }

    /** Adds a mapping, which needs a session at once. Not when {@link #isFull}. */
    int addMapping(int itsProtocol, long high, long low, int port, int address, int portOutside) {
        int row = freeMapping;
        freeMapping = nextByInner[row];
        protocol[row] = itsProtocol;
        innerHigh[row] = high;
        innerLow[row] = low;
        innerPort[row] = port;
        outerAddress[row] = address;
        outerPort[row] = portOutside;
        sessions[row] = 0;
        int inner = slot(itsProtocol, high, low, port);
        nextByInner[row] = byInner[inner];
        byInner[inner] = row;
        int outer = slot(itsProtocol, 0, address, portOutside);
        nextByOuter[row] = byOuter[outer];
        byOuter[outer] = row;
        return row;
    }

    /** Adds a session. Not when {@link #isFull}. */
    void addSession(int itsMapping, long high, long low, int port, int seen, long nowNanos) {
        int row = freeSession;
        freeSession = nextSession[row];
        mapping[row] = itsMapping;
        remoteHigh[row] = high;
        remoteLow[row] = low;
        remotePort[row] = port;
        restart(row, seen, nowNanos);
        int slot = slot(itsMapping, high, low, port);
        nextSession[row] = bySession[slot];
        bySession[slot] = row;
        sessions[itsMapping]++;
        used++;
    }

    /** Removes sessions that are over, and mappings without any. */
    void sweep(long nowNanos) {
        for (int row = 0; row < capacity; row++) {
            if (mapping[row] != NONE && isOver(row, nowNanos)) {
                remove(row);
            }
        }
    }

    /** Copies everything into a larger table. */
    void copyTo(SessionTable larger) {
        int[] moved = new int[capacity];
        Arrays.fill(moved, NONE);
        for (int row = 0; row < capacity; row++) {
            int old = mapping[row];
            if (old == NONE) {
                continue;
            }
            if (moved[old] == NONE) {
                moved[old] = larger.addMapping(
                        protocol[old],
                        innerHigh[old],
                        innerLow[old],
                        innerPort[old],
                        outerAddress[old],
                        outerPort[old]);
            }
            larger.addSession(
                    moved[old], remoteHigh[row], remoteLow[row], remotePort[row], state[row], lastUsedNanos[row]);
        }
    }

    private void remove(int session) {
        int itsMapping = mapping[session];
        unlink(
                bySession,
                nextSession,
                slot(itsMapping, remoteHigh[session], remoteLow[session], remotePort[session]),
                session);
        mapping[session] = NONE;
        nextSession[session] = freeSession;
        freeSession = session;
        used--;
        if (--sessions[itsMapping] == 0) {
            removeMapping(itsMapping);
        }
    }

    private void removeMapping(int row) {
        unlink(byInner, nextByInner, slot(protocol[row], innerHigh[row], innerLow[row], innerPort[row]), row);
        unlink(byOuter, nextByOuter, slot(protocol[row], 0, outerAddress[row], outerPort[row]), row);
        nextByInner[row] = freeMapping;
        freeMapping = row;
    }

    private static void unlink(int[] heads, int[] next, int slot, int row) {
        if (heads[slot] == row) {
            heads[slot] = next[row];
            return;
        }
        int at = heads[slot];
        while (next[at] != row) {
            at = next[at];
        }
        next[at] = next[row];
    }

    private int slot(int kind, long high, long low, int port) {
        long mixed = mix(mix(mix(salt ^ high) ^ low) ^ ((long) kind << 16 | port));
        return (int) mixed & mask;
    }

    /** The finalizer of SplitMix64: every bit of the result depends on every bit given. */
    static long mix(long bits) {
        long mixed = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}

package dev.culvert.io.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.culvert.io.sys.SocketCalls;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * An array of {@code struct mmsghdr} for recvmmsg(2) and sendmmsg(2), each with one buffer, one socket address and room
 * for two control messages: packet info (ip(7) IP_PKTINFO, ipv6(7) IPV6_PKTINFO) and DSCP with ECN (IP_TOS, IPV6_TCLASS).
 * Layouts of 64-bit Linux.
 */
public final class MessageVector {
    private static final long HEADER_LENGTH = 64;
    private static final long NAME = 0;
    private static final long NAME_LENGTH = 8;
    private static final long VECTOR = 16;
    private static final long VECTOR_COUNT = 24;
    private static final long CONTROL = 32;
    private static final long CONTROL_LENGTH = 40;
    private static final long FLAGS = 48;
    private static final long MESSAGE_LENGTH = 56;

    private static final long IOVEC_LENGTH = 16;
    private static final long IOVEC_SIZE = 8;

    private static final long NAME_ROOM = 32;
    private static final long CONTROL_ROOM = 64;
    /** {@code struct cmsghdr}: size_t length, int level, int type, then the data. */
    private static final long CMSG_LEVEL = 8;

    private static final long CMSG_TYPE = 12;
    private static final long CMSG_DATA = 16;
    /** {@code struct in_pktinfo}: int interface, source address, destination address. */
    private static final int PKTINFO_V4_LENGTH = 12;

    private static final long PKTINFO_V4_SOURCE = 4;
    private static final long PKTINFO_V4_DESTINATION = 8;
    /** {@code struct in6_pktinfo}: address, unsigned int interface. */
    private static final int PKTINFO_V6_LENGTH = 20;

    private final boolean v4;
    private final int capacity;
    private final long dataRoom;
    private final MemorySegment headers;
    private final MemorySegment vectors;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment data;

    /**
     * @param capacity messages
     * @param dataRoom bytes of each message's buffer; memory that is never touched costs nothing
     */
    public MessageVector(Arena arena, boolean v4, int capacity, int dataRoom) {
        this.v4 = v4;
        this.capacity = capacity;
        this.dataRoom = dataRoom;
        headers = arena.allocate(HEADER_LENGTH * capacity, 8);
        vectors = arena.allocate(IOVEC_LENGTH * capacity, 8);
        names = arena.allocate(NAME_ROOM * capacity, 8);
        controls = arena.allocate(CONTROL_ROOM * capacity, 8);
        data = arena.allocate(dataRoom * (long) capacity, 8);
        for (int i = 0; i < capacity; i++) {
            long header = i * HEADER_LENGTH;
            headers.set(ADDRESS, header + NAME, names.asSlice(i * NAME_ROOM));
            headers.set(ADDRESS, header + VECTOR, vectors.asSlice(i * IOVEC_LENGTH));
            headers.set(JAVA_LONG, header + VECTOR_COUNT, 1);
            headers.set(ADDRESS, header + CONTROL, controls.asSlice(i * CONTROL_ROOM));
            vectors.set(ADDRESS, i * IOVEC_LENGTH, data.asSlice(i * (long) dataRoom));
        }
    }

    public int capacity() {
        return capacity;
    }

    /** Address of message {@code index}'s header, for the system call. */
    public MemorySegment from(int index) {
        return index == 0 ? headers : headers.asSlice(index * HEADER_LENGTH);
    }

    /** Makes a message ready to be received into. */
    public void prepareReceive(int index, int maximumLength) {
        long header = index * HEADER_LENGTH;
        headers.set(JAVA_INT, header + NAME_LENGTH, (int) NAME_ROOM);
        headers.set(JAVA_LONG, header + CONTROL_LENGTH, CONTROL_ROOM);
        headers.set(JAVA_INT, header + FLAGS, 0);
        vectors.set(JAVA_LONG, index * IOVEC_LENGTH + IOVEC_SIZE, Math.min(dataRoom, maximumLength));
    }

    public boolean wasTruncated(int index) {
        return (headers.get(JAVA_INT, index * HEADER_LENGTH + FLAGS) & SocketCalls.MSG_TRUNC) != 0;
    }

    /** Copies a received message out. */
    public void takeReceived(int index, PacketBuffer packet, SocketAddresses addresses, UdpAddress bound) {
        packet.length = headers.get(JAVA_INT, index * HEADER_LENGTH + MESSAGE_LENGTH);
        MemorySegment.copy(data, JAVA_BYTE, index * dataRoom, packet.array, packet.offset, packet.length);
        packet.remote = addresses.read(names, index * NAME_ROOM);
        readControl(index, packet, addresses, bound);
    }

    /**
     * Copies a message to be sent in.
     *
     * @param local the source address, or null to leave it to the kernel
     * @param trafficClass DSCP and ECN
     */
    public void putSend(
            int index,
            byte[] array,
            int offset,
            int length,
            UdpAddress remote,
            @Nullable UdpAddress local,
            int trafficClass) {
        long header = index * HEADER_LENGTH;
        SocketAddresses.write(remote, names, index * NAME_ROOM);
        headers.set(JAVA_INT, header + NAME_LENGTH, SocketAddresses.length(v4));
        MemorySegment.copy(array, offset, data, JAVA_BYTE, index * dataRoom, length);
        vectors.set(JAVA_LONG, index * IOVEC_LENGTH + IOVEC_SIZE, length);
        headers.set(JAVA_INT, header + FLAGS, 0);
        long control = local == null || local.address().isAny() ? 0 : putSource(index, local.address());
        if (trafficClass != 0) {
            control += putTrafficClass(index * CONTROL_ROOM + control, trafficClass);
        }
        headers.set(JAVA_LONG, header + CONTROL_LENGTH, control);
    }

    /** What the kernel says beside a message: where it was sent to, and its DSCP and ECN. */
    private void readControl(int index, PacketBuffer packet, SocketAddresses addresses, UdpAddress bound) {
        packet.local = bound;
        long at = index * CONTROL_ROOM;
        long end = at + Math.min(CONTROL_ROOM, headers.get(JAVA_LONG, index * HEADER_LENGTH + CONTROL_LENGTH));
        while (end - at >= CMSG_DATA) {
            int level = controls.get(JAVA_INT, at + CMSG_LEVEL);
            int type = controls.get(JAVA_INT, at + CMSG_TYPE);
            if (level == SocketCalls.IPPROTO_IP) {
                if (type == SocketCalls.IP_PKTINFO) {
                    packet.local = addresses.v4(controls, at + CMSG_DATA + PKTINFO_V4_DESTINATION, bound.port());
                } else if (type == SocketCalls.IP_TOS) {
                    packet.trafficClass = controls.get(JAVA_BYTE, at + CMSG_DATA) & 0xff;
                }
            } else if (level == SocketCalls.IPPROTO_IPV6) {
                if (type == SocketCalls.IPV6_PKTINFO) {
                    packet.local = addresses.v6(controls, at + CMSG_DATA, bound.port());
                } else if (type == SocketCalls.IPV6_TCLASS) {
                    packet.trafficClass = controls.get(JAVA_INT, at + CMSG_DATA) & 0xff;
                }
            }
            at += space(Math.max(CMSG_DATA, controls.get(JAVA_LONG, at)));
        }
    }

    /** Writes a packet-info message and returns the room it takes (CMSG_SPACE). */
    private long putSource(int index, IpAddress source) {
        long control = index * CONTROL_ROOM;
        int length = v4 ? PKTINFO_V4_LENGTH : PKTINFO_V6_LENGTH;
        controls.asSlice(control, CONTROL_ROOM).fill((byte) 0);
        controls.set(JAVA_LONG, control, CMSG_DATA + length);
        controls.set(JAVA_INT, control + CMSG_LEVEL, v4 ? SocketCalls.IPPROTO_IP : SocketCalls.IPPROTO_IPV6);
        controls.set(JAVA_INT, control + CMSG_TYPE, v4 ? SocketCalls.IP_PKTINFO : SocketCalls.IPV6_PKTINFO);
        if (v4) {
            controls.set(SocketAddresses.BE_INT, control + CMSG_DATA + PKTINFO_V4_SOURCE, (int) source.low());
        } else {
            controls.set(SocketAddresses.BE_LONG, control + CMSG_DATA, source.high());
            controls.set(SocketAddresses.BE_LONG, control + CMSG_DATA + 8, source.low());
        }
        return space(CMSG_DATA + length);
    }

    private long putTrafficClass(long control, int trafficClass) {
        controls.set(JAVA_LONG, control, CMSG_DATA + Integer.BYTES);
        controls.set(JAVA_INT, control + CMSG_LEVEL, v4 ? SocketCalls.IPPROTO_IP : SocketCalls.IPPROTO_IPV6);
        controls.set(JAVA_INT, control + CMSG_TYPE, v4 ? SocketCalls.IP_TOS : SocketCalls.IPV6_TCLASS);
        controls.set(JAVA_INT, control + CMSG_DATA, trafficClass);
        return space(CMSG_DATA + Integer.BYTES);
    }

    /** CMSG_SPACE. */
    private static long space(long length) {
        return (length + 7) & ~7L;
    }
}

package dev.culvert.io.tun;

import dev.culvert.io.poll.Pollable;
import dev.culvert.wire.PacketBatch;
import java.io.IOException;

/**
 * A TUN device: whole IP packets to and from the kernel, without a link-layer header. Non-blocking. One thread reads and
 * writes; the device vanishes with {@link #close} or with the process.
 */
public interface TunDevice extends Pollable, AutoCloseable {
    /**
     * Creates a device, sets its MTU and brings it up. Addresses and routes are {@code dev.culvert.io.route}'s.
     *
     * @param name at most 15 bytes; {@code %d} in it is replaced by the kernel
     * @param mtu bytes, 68 to 65535 (IPv6 needs 1280)
     * @throws dev.culvert.io.sys.SystemCallException without CAP_NET_ADMIN (EPERM), when the name is taken (EBUSY), or
     *     without /dev/net/tun (ENOENT)
     */
    static TunDevice open(String name, int mtu) throws IOException {
        return LinuxTunDevice.create(name, mtu);
    }

    String name();

    /** Bytes of the largest packet, as set when it was opened. */
    int mtu();

    /**
     * Reads packets behind those that are in {@code batch} already, until it is full or the kernel has no more.
     *
     * @return the number of packets read
     */
    int read(PacketBatch batch) throws IOException;

    /**
     * Gives all packets to the kernel and empties the batch. A packet that the kernel refuses (not IP, device down) is
     * dropped and counted.
     *
     * @return the number of packets that the kernel took
     */
    int write(PacketBatch batch) throws IOException;

    /** Packets that {@link #write} could not hand over since the device was opened. Any thread. */
    long writeFailures();

    /** Packets that {@link #read} dropped because they were longer than the batch's buffers. Any thread. */
    long oversizeReads();

    @Override
    void close();
}

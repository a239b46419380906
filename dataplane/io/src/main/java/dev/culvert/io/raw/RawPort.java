package dev.culvert.io.raw;

import dev.culvert.io.poll.Pollable;
import dev.culvert.wire.PacketBatch;
import java.io.IOException;

/**
 * A raw socket for one IP version and protocol, on all addresses of the host. Packets are whole IP packets in both
 * directions; what arrives in fragments the kernel puts together. Non-blocking, one thread.
 *
 * <p>Left out: for IPv6 the kernel does not hand the header over, so that it is written anew from what is known beside
 * the packet; extension headers in front of the protocol are not in it, nor flow label and hop limit.
 */
public interface RawPort extends Pollable, AutoCloseable {
    /**
     * Opens a socket; needs CAP_NET_RAW.
     *
     * @param ipVersion 4 or 6
     * @param protocol of the packets to be received, 1 to 254; any may be sent
     * @throws dev.culvert.io.sys.SystemCallException naming the call and the error
     */
    static RawPort open(int ipVersion, int protocol) throws IOException {
        return LinuxRawPort.open(ipVersion, protocol);
    }

    /**
     * Opens a socket that receives ICMP "destination unreachable" or ICMPv6 "packet too big" and no other message, quoting
     * packets of whoever on this host; needs CAP_NET_RAW.
     *
     * @param ipVersion 4 or 6
     * @throws dev.culvert.io.sys.SystemCallException naming the call and the error
     */
    static RawPort openForTooBig(int ipVersion) throws IOException {
        return LinuxRawPort.openForTooBig(ipVersion);
    }

    /**
     * Receives packets behind those that are in {@code batch} already, until it is full or none is left. Sets
     * {@code remote} and {@code local} to the packet's addresses with port 0. Packets longer than the batch's buffers are
     * dropped and counted.
     *
     * @return the number of packets received
     */
    int receive(PacketBatch batch) throws IOException;

    /**
     * Sends all packets as they are to their {@code remote}. They may not be longer than the MTU of the device by which
     * they leave. What the socket's buffer has no room for stays in the batch; whatever else fails is dropped and counted.
     *
     * @return the number of packets sent
     */
    int send(PacketBatch batch) throws IOException;

    /** Packets dropped in sending since the socket was opened. Any thread. */
    long sendFailures();

    /** Packets dropped in receiving because they were longer than a buffer. Any thread. */
    long oversizeReceived();

    @Override
    void close();
}

package dev.culvert.io.udp;

import dev.culvert.io.poll.Pollable;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket of one IP version. Non-blocking; one thread receives and sends batches, {@link #sendOne} is for any
 * thread.
 */
public interface UdpPort extends Pollable, AutoCloseable {
    /**
     * Opens and binds a socket. {@code 0.0.0.0} or {@code ::} (IPv6 only) binds all addresses; port 0 takes a free one.
     *
     * @throws dev.culvert.io.sys.SystemCallException naming the call, the address and the error
     */
    static UdpPort bind(UdpAddress address) throws IOException {
        return LinuxUdpPort.open(address);
    }

    /** The bound address, with the port that the kernel chose if 0 was asked for. */
    UdpAddress address();

    /**
     * Receives datagrams behind those that are in {@code batch} already, until it is full or none is left. Sets
     * {@code remote} to the sender and {@code local} to the address that the sender wrote to; equal addresses are mostly
     * the same instance. Datagrams longer than the batch's buffers are dropped and counted.
     *
     * @return the number of datagrams received
     */
    int receive(PacketBatch batch) throws IOException;

    /**
     * Sends all datagrams to their {@code remote}, from the address of their {@code local} unless that is null or
     * unspecified ({@code local}'s port is not looked at). What the socket's buffer has no room for stays in the batch;
     * whatever else fails (no route, too long) is dropped and counted.
     *
     * @return the number of datagrams sent
     */
    int send(PacketBatch batch) throws IOException;

    /**
     * Sends one datagram, from any thread.
     *
     * @param local where from, as for {@link #send}
     * @return false if it was dropped (buffer full, no route …), which is counted
     */
    boolean sendOne(@Nullable UdpAddress local, UdpAddress remote, byte[] payload, int offset, int length)
            throws IOException;

    /**
     * A way to send single datagrams that waits for nobody else who sends: for a thread of its own. To be closed before
     * the port.
     */
    Sender newSender();

    /** Sends single datagrams for one thread. */
    interface Sender extends AutoCloseable {
        /** As {@link UdpPort#sendOne}. */
        boolean send(@Nullable UdpAddress local, UdpAddress remote, byte[] payload);

        @Override
        void close();
    }

    /** Datagrams dropped in sending since the socket was opened. Any thread. */
    long sendFailures();

    /** The errno of the last failure to send, 0 when there was none. Any thread. */
    int lastSendErrno();

    /** Datagrams dropped in receiving because they were longer than a buffer. Any thread. */
    long oversizeReceived();

    @Override
    void close();
}

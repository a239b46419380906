package dev.culvert.io.tcp;

import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.util.Set;

/**
 * The TCP connections between us and peers that UDP does not get through to (RFC 9329). A connection is known by its two
 * ends. Messages go in and out of it whole, as datagrams do; what a connection has no room for is dropped and counted.
 */
public interface TcpStreams extends AutoCloseable {
    /**
     * Starts the thread that reads connections.
     *
     * @param longest octets of the longest message; longer ones that come in are passed over and counted
     */
    static TcpStreams start(StreamLimits limits, int longest, Listener listener) throws IOException {
        return NioTcpStreams.start(limits, longest, listener);
    }

    /** Is told of what happens, on a thread that must not be kept. */
    interface Listener {
        /** {@link #receive} has something. */
        void received();

        /** A connection that {@link #open} began could not be opened, or is closed without us having wished so. */
        void closed(UdpAddress local, UdpAddress remote, String why);

        /** An error of our own; the connections go on. */
        void failed(Throwable error);
    }

    /**
     * Takes connections at these ports of all addresses, and no more at others. Those that are open stay.
     *
     * @throws IOException naming the port, if it is in use or may not be bound; the other ports are taken all the same
     */
    void listen(Set<Integer> ports) throws IOException;

    /** The ports at which connections are taken. */
    Set<Integer> listening();

    /**
     * Begins to open a connection; messages may be sent at once and wait until it is open.
     *
     * @param local with the port to use, and the address, or the unspecified one to leave that to the kernel
     */
    void open(UdpAddress local, UdpAddress remote);

    /** An IKE SA uses the connection: it stays open. Nothing if it is not there. */
    void keep(UdpAddress local, UdpAddress remote);

    /** No IKE SA uses the connection any more: if we opened it, it is closed; else its opener has a while to do so. */
    void release(UdpAddress local, UdpAddress remote);

    /** Sends an IKE message, behind the non-ESP marker. False if it was dropped. Any thread. */
    boolean sendIke(UdpAddress local, UdpAddress remote, byte[] message);

    /** Sends ESP packets between their addresses; what cannot go is dropped. The packet loop. */
    void send(PacketBatch batch);

    /** Whether {@link #receive} has something. Any thread. */
    boolean hasReceived();

    /**
     * Takes messages behind those that are in the batch already, until it is full or none is left: ESP, or IKE behind the
     * non-ESP marker, with {@code inStream} set. The packet loop.
     *
     * @return how many
     */
    int receive(PacketBatch batch);

    /** Open connections, and those that are being opened. Any thread. */
    int connections();

    /** Connections that were closed for that reason, or not taken. Any thread. */
    long ended(StreamEnd reason);

    /** Messages that were dropped in sending: no connection, or no room. Any thread. */
    long unsent();

    /** Messages that were too long to be received. Any thread. */
    long oversize();

    @Override
    void close();
}

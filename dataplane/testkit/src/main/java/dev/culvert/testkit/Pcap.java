package dev.culvert.testkit;

import dev.culvert.wire.WireWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes packets to a file that Wireshark and tshark read: pcap 2.4 with nanoseconds, link type RAW (IP packets without
 * a link-layer header). Times are virtual and so begin in 1970.
 *
 * <pre>{@code
 * try (Pcap pcap = Pcap.create(Path.of("target/rekey.pcap"))) {
 *     network.observe(pcap::write);
 *     ...
 * }
 * }</pre>
 */
public final class Pcap implements AutoCloseable {
    private static final long MAGIC_NANOSECONDS = 0xa1b23c4dL;
    private static final int SNAPSHOT_LENGTH = 65_535;
    private static final int LINK_TYPE_RAW = 101;

    private final OutputStream out;

    /** Writes the file header at once. */
    public Pcap(OutputStream out) {
        this.out = out;
        // The magic number tells the byte order to the reader, so network byte order is as good as any.
        write(new WireWriter()
                .u32(MAGIC_NANOSECONDS)
                .u16(2)
                .u16(4)
                .u64(0)
                .u32(SNAPSHOT_LENGTH)
                .u32(LINK_TYPE_RAW)
                .toByteArray());
    }

    /**
     * @throws UncheckedIOException if the file cannot be written
     */
    public static Pcap create(Path file) {
        try {
            return new Pcap(Files.newOutputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void write(Datagram datagram) {
        writePacket(Packets.udp(datagram.from(), datagram.to(), datagram.payload()), datagram.nanos());
    }

    /** Writes a whole IP packet. */
    public void writePacket(byte[] packet, long nanos) {
        write(new WireWriter(16 + packet.length)
                .int32((int) Math.floorDiv(nanos, 1_000_000_000L))
                .u32(Math.floorMod(nanos, 1_000_000_000L))
                .u32(packet.length)
                .u32(packet.length)
                .bytes(packet)
                .toByteArray());
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

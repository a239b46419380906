package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** tcpdump on every device of a namespace, and what it saw. */
public final class Capture implements AutoCloseable {
    private static final int ETHERNET = 1;
    private static final int COOKED = 113;
    private static final int COOKED_2 = 276;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int UDP = 17;

    /** An IPv4 packet; ports are 0 where the protocol has none or the packet is a later fragment. */
    public record Packet(
            String source, String destination, int protocol, int sourcePort, int destinationPort, int length) {
        public boolean isUdp() {
            return protocol == UDP;
        }

        /** IKE, or ESP in UDP: one of its ports is 500 or 4500. */
        public boolean isIpsec() {
            return isEsp() || isAh() || (isUdp() && (isIpsecPort(sourcePort) || isIpsecPort(destinationPort)));
        }

        /** AH. */
        public boolean isAh() {
            return protocol == 51;
        }

        /** ESP without UDP. */
        public boolean isEsp() {
            return protocol == 50;
        }

        private static boolean isIpsecPort(int port) {
            return port == 500 || port == 4500;
        }
    }

    private final Background tcpdump;
    private final Path file;

    private Capture(Background tcpdump, Path file) {
        this.tcpdump = tcpdump;
        this.file = file;
    }

    /** Starts capturing headers on a device, or on {@code any}; returns when packets are being captured. */
    public static Capture start(Netns netns, String device, Path directory) {
        return start(netns, device, directory, 128);
    }

    /** The same with whole packets, for somebody who decrypts them. */
    public static Capture startWhole(Netns netns, String device, Path directory) {
        return start(netns, device, directory, 262144);
    }

    private static Capture start(Netns netns, String device, Path directory, int octets) {
        try {
            Path file = Files.createTempFile(directory, "capture", ".pcap");
            Path log = Files.createTempFile(directory, "tcpdump", ".log");
            Background tcpdump = netns.start(
                    log,
                    Map.of(),
                    "tcpdump",
                    "-i",
                    device,
                    "-n",
                    "-p",
                    "-U",
                    "--immediate-mode",
                    "-B",
                    "8192",
                    "-s",
                    Integer.toString(octets),
                    "-Z",
                    "root",
                    "-w",
                    file.toString());
            tcpdump.awaitReady(Duration.ofSeconds(10), () -> tcpdump.log().contains("listening on"));
            return new Capture(tcpdump, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops, and says what was captured. */
    public List<Packet> stop() {
        tcpdump.interrupt(Duration.ofSeconds(10));
        return soFar();
    }

    /** What was captured, the last packets perhaps not. */
    public List<Packet> soFar() {
        try {
            return read(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the packets are. */
    public Path file() {
        return file;
    }

    @Override
    public void close() {
        tcpdump.close();
    }

    private static List<Packet> read(ByteBuffer pcap) {
        List<Packet> packets = new ArrayList<>();
        int link = pcap.getInt(20) & 0xffff;
        int at = 24;
        while (at + 16 <= pcap.limit()) {
            int captured = pcap.getInt(at + 8);
            int frame = at + 16;
            if (frame + captured > pcap.limit()) {
                break;
            }
            ByteBuffer view = pcap.slice(frame, captured).order(ByteOrder.BIG_ENDIAN);
            int ip = ipv4Offset(view, link);
            if (ip >= 0) {
                packets.add(packet(view, ip));
            }
            at = frame + captured;
        }
        return packets;
    }

    private static int ipv4Offset(ByteBuffer frame, int link) {
        return switch (link) {
            case ETHERNET -> (frame.getShort(12) & 0xffff) == ETHERTYPE_IPV4 ? 14 : -1;
            case COOKED -> (frame.getShort(14) & 0xffff) == ETHERTYPE_IPV4 ? 16 : -1;
            case COOKED_2 -> (frame.getShort(0) & 0xffff) == ETHERTYPE_IPV4 ? 20 : -1;
            default -> throw new LabException("captured on a link of type " + link);
        };
    }

    private static Packet packet(ByteBuffer frame, int ip) {
        int header = (frame.get(ip) & 0x0f) * 4;
        int protocol = frame.get(ip + 9) & 0xff;
        boolean first = (frame.getShort(ip + 6) & 0x1fff) == 0;
        boolean ports = first && (protocol == UDP || protocol == 6) && frame.limit() >= ip + header + 4;
        return new Packet(
                address(frame, ip + 12),
                address(frame, ip + 16),
                protocol,
                ports ? frame.getShort(ip + header) & 0xffff : 0,
                ports ? frame.getShort(ip + header + 2) & 0xffff : 0,
                frame.getShort(ip + 2) & 0xffff);
    }

    private static String address(ByteBuffer frame, int at) {
        return (frame.get(at) & 0xff) + "." + (frame.get(at + 1) & 0xff) + "." + (frame.get(at + 2) & 0xff) + "."
                + (frame.get(at + 3) & 0xff);
    }
}

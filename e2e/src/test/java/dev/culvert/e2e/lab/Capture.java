package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** tcpdump on every device of a namespace, and what it saw. */
public final class Capture implements AutoCloseable {
    private static final int ETHERNET = 1;
    private static final int COOKED = 113;
    private static final int COOKED_2 = 276;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int IPV6_HEADER = 40;
    private static final int IPV6_FRAGMENT = 44;
    private static final int ICMP_V6 = 58;
    /** Router solicitation, the first of neighbour discovery (RFC 4861), to redirect. */
    private static final int FIRST_DISCOVERY = 133;

    private static final int LAST_DISCOVERY = 137;
    private static final int UDP = 17;
    private static final int TCP = 6;

    /**
     * An IPv4 packet, or one of IPv6 that is neither multicast nor neighbour discovery; ports are 0 where the protocol has
     * none or the packet is a later fragment.
     */
    public record Packet(
            String source, String destination, int protocol, int sourcePort, int destinationPort, int length) {
        public boolean isUdp() {
            return protocol == UDP;
        }

        /** IKE, or ESP in UDP: one of its ports is 500 or 4500. */
        public boolean isIpsec() {
            return isEsp() || isAh() || (isUdp() && (isIpsecPort(sourcePort) || isIpsecPort(destinationPort)));
        }

        /** TCP from or to a port. */
        public boolean isTcp(int port) {
            return protocol == TCP && (sourcePort == port || destinationPort == port);
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
            int ip = offset(view, link, ETHERTYPE_IPV4);
            int ip6 = offset(view, link, ETHERTYPE_IPV6);
            if (ip >= 0) {
                packets.add(packet(view, ip));
            } else if (ip6 >= 0) {
                packetV6(view, ip6).ifPresent(packets::add);
            }
            at = frame + captured;
        }
        return packets;
    }

    private static int offset(ByteBuffer frame, int link, int type) {
        return switch (link) {
            case ETHERNET -> (frame.getShort(12) & 0xffff) == type ? 14 : -1;
            case COOKED -> (frame.getShort(14) & 0xffff) == type ? 16 : -1;
            case COOKED_2 -> (frame.getShort(0) & 0xffff) == type ? 20 : -1;
            default -> throw new LabException("captured on a link of type " + link);
        };
    }

    private static Packet packet(ByteBuffer frame, int ip) {
        int header = (frame.get(ip) & 0x0f) * 4;
        int protocol = frame.get(ip + 9) & 0xff;
        boolean first = (frame.getShort(ip + 6) & 0x1fff) == 0;
        boolean ports = first && (protocol == UDP || protocol == TCP) && frame.limit() >= ip + header + 4;
        return new Packet(
                address(frame, ip + 12),
                address(frame, ip + 16),
                protocol,
                ports ? frame.getShort(ip + header) & 0xffff : 0,
                ports ? frame.getShort(ip + header + 2) & 0xffff : 0,
                frame.getShort(ip + 2) & 0xffff);
    }

    private static Optional<Packet> packetV6(ByteBuffer frame, int ip) {
        int protocol = frame.get(ip + 6) & 0xff;
        int upper = ip + IPV6_HEADER;
        boolean first = true;
        if (protocol == IPV6_FRAGMENT) {
            protocol = frame.get(upper) & 0xff;
            first = (frame.getShort(upper + 2) & 0xfff8) == 0;
            upper += 8;
        }
        int type = frame.get(upper) & 0xff;
        boolean multicast = frame.get(ip + 24) == (byte) 0xff;
        if (multicast || (protocol == ICMP_V6 && first && type >= FIRST_DISCOVERY && type <= LAST_DISCOVERY)) {
            return Optional.empty();
        }
        boolean ports = first && (protocol == UDP || protocol == 6) && frame.limit() >= upper + 4;
        return Optional.of(new Packet(
                addressV6(frame, ip + 8),
                addressV6(frame, ip + 24),
                protocol,
                ports ? frame.getShort(upper) & 0xffff : 0,
                ports ? frame.getShort(upper + 2) & 0xffff : 0,
                IPV6_HEADER + (frame.getShort(ip + 4) & 0xffff)));
    }

    private static String addressV6(ByteBuffer frame, int at) {
        byte[] address = new byte[16];
        frame.get(at, address);
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String address(ByteBuffer frame, int at) {
        return (frame.get(at) & 0xff) + "." + (frame.get(at + 1) & 0xff) + "." + (frame.get(at + 2) & 0xff) + "."
                + (frame.get(at + 3) & 0xff);
    }
}

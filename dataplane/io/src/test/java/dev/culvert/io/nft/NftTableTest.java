package dev.culvert.io.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.io.OwnNetworkNamespace;
import dev.culvert.io.nft.PacketFilter.Pair;
import dev.culvert.io.nft.PacketFilter.Passage;
import dev.culvert.io.nft.PacketFilter.Rules;
import dev.culvert.io.program.HostProgram;
import dev.culvert.io.tun.TunDevice;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel's own filter, in a network namespace of the test's own. */
class NftTableTest {
    private static final Pair PAIR = pair("10.2.0.0/16", "10.1.0.0/16");
    private static final Pair PAIR_V6 = pair("fd00:2::/32", "fd00:1::/32");
    private static final int PORT = 9;

    private final String tunnel = "cvt" + ProcessHandle.current().pid() % 1_000_000;
    private final String outside = "cvo" + ProcessHandle.current().pid() % 1_000_000;
    private final PacketFilter filter = PacketFilter.ofHost(tunnel);

    @BeforeEach
    void needsRootAndTun() throws IOException {
        OwnNetworkNamespace.assumeRoot();
        OwnNetworkNamespace.assumeTun();
    }

    /** A host whose network is the tunnel's local one, with a way to the outside beside the tunnel. */
    private interface Scene {
        void play(TunDevice inside, TunDevice wan, DatagramSocket server) throws Exception;
    }

    private void onHost(Scene scene) throws Exception {
        OwnNetworkNamespace.run(() -> {
            OwnNetworkNamespace.ip("address", "add", "10.1.0.1/32", "dev", "lo");
            try (TunDevice inside = TunDevice.open(tunnel, 1400);
                    TunDevice wan = TunDevice.open(outside, 1400);
                    DatagramSocket server = new DatagramSocket(PORT, InetAddress.getByName("10.1.0.1"))) {
                OwnNetworkNamespace.ip("link", "set", tunnel, "up");
                OwnNetworkNamespace.ip("link", "set", outside, "up");
                OwnNetworkNamespace.ip("route", "add", "10.2.0.0/16", "dev", tunnel);
                OwnNetworkNamespace.ip("route", "add", "default", "dev", outside);
                server.setSoTimeout(10_000);
                scene.play(inside, wan, server);
            }
        });
    }

    /** RFC 4301 §5.2. */
    @Test
    void whatIsToComeThroughTheTunnelComesByNoOtherDevice() throws Exception {
        onHost((inside, wan, server) -> {
            filter.apply(rules());
            arrive(wan, "10.2.0.7", 1, PORT, 1);
            arrive(wan, "10.2.0.7", 4500, 4500, 2);
            arrive(wan, "10.9.0.1", 1, PORT, 3);
            assertThat(next(server)).as("the first that is let in").isEqualTo(3);
            arrive(inside, "10.2.0.7", 1, PORT, 4);
            assertThat(next(server)).isEqualTo(4);
            assertThat(filter.refused()).isEqualTo(1);
            assertThat(filter.refusedByPair()).containsExactlyInAnyOrderEntriesOf(Map.of(PAIR, 1L, PAIR_V6, 0L));
        });
    }

    @Test
    void passagesDecideInTheirOrder() throws Exception {
        onHost((inside, wan, server) -> {
            Passage discard = new Passage(false, List.of(local(PORT, PORT)), List.of(remote(7, 8)));
            Passage bypass = new Passage(true, List.of(local(1, 100)), List.of(remote(0, 0xffff)));
            filter.apply(rules(discard, bypass));
            arrive(wan, "10.2.0.7", 7, PORT, 1);
            arrive(wan, "10.2.0.7", 9, PORT, 2);
            assertThat(next(server)).isEqualTo(2);
            filter.apply(rules(bypass, discard));
            arrive(wan, "10.2.0.7", 7, PORT, 3);
            assertThat(next(server)).isEqualTo(3);
            assertThat(filter.refused()).as("the count outlives a change").isEqualTo(1);
        });
    }

    /** Such a packet has our own sockets' mark, by which routes lead it past the tunnel. */
    @Test
    void whatIsLetPastTheTunnelsIsMarked() throws Exception {
        onHost((inside, wan, server) -> {
            OwnNetworkNamespace.ip("rule", "add", "fwmark", "0x1000/0x1000", "lookup", "77");
            OwnNetworkNamespace.ip("route", "add", "default", "dev", outside, "table", "77");
            filter.apply(rules(new Passage(true, List.of(local(PORT, PORT)), List.of(remote(80, 80)))));
            send(server, 81);
            send(server, 80);
            assertThat(read(wan)).isEqualTo(80);
            assertThat(read(inside)).isEqualTo(81);
        });
    }

    @Test
    void nothingIsLeftBehindAndALeftoverIsReplaced() throws Exception {
        onHost((inside, wan, server) -> {
            filter.apply(rules());
            arrive(wan, "10.2.0.7", 1, PORT, 1);
            PacketFilter next = PacketFilter.ofHost(tunnel);
            next.apply(new Rules(Set.of(PAIR), List.of(), Set.of(4500), true));
            assertThat(next.refusedByPair()).containsOnlyKeys(PAIR);
            next.apply(new Rules(Set.of(PAIR_V6), List.of(), Set.of(), false));
            assertThat(next.refusedByPair()).containsOnlyKeys(PAIR_V6);
            arrive(wan, "10.2.0.7", 1, PORT, 2);
            assertThat(next(server)).isEqualTo(2);
            next.remove();
            assertThat(nft("list", "ruleset")).isEmpty();
        });
    }

    /** What fails changes nothing. */
    @Test
    void pairsThatOverlapAreRefusedAsAWhole() throws Exception {
        onHost((inside, wan, server) -> {
            filter.apply(rules());
            String before = nft("list", "ruleset");
            assertThatThrownBy(() -> filter.apply(
                            new Rules(Set.of(PAIR, pair("10.2.8.0/24", "10.1.0.0/16")), List.of(), Set.of(), false)))
                    .isInstanceOf(IOException.class);
            assertThat(nft("list", "ruleset")).isEqualTo(before);
        });
    }

    private static Rules rules(Passage... passages) {
        return new Rules(Set.of(PAIR, PAIR_V6), List.of(passages), Set.of(), false);
    }

    private static TrafficSelector local(int first, int last) {
        return ports(PAIR.destination(), first, last);
    }

    private static TrafficSelector remote(int first, int last) {
        return ports(PAIR.source(), first, last);
    }

    private static TrafficSelector ports(IpPrefix network, int first, int last) {
        return new TrafficSelector(IpProtocol.UDP, first, last, network.first(), network.last());
    }

    private static Pair pair(String source, String destination) {
        return new Pair(IpPrefix.parse(source), IpPrefix.parse(destination));
    }

    private static void arrive(TunDevice by, String from, int fromPort, int port, int content) throws IOException {
        PacketBatch batch = new PacketBatch(1, 1500);
        PacketBuffer packet = batch.add();
        byte[] bytes = Packets.udp(
                UdpAddress.of(from, fromPort), UdpAddress.of("10.1.0.1", port), new byte[] {(byte) content});
        System.arraycopy(bytes, 0, packet.array, packet.offset, bytes.length);
        packet.length = bytes.length;
        by.write(batch);
    }

    private static int next(DatagramSocket server) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[1], 1);
        server.receive(packet);
        return packet.getData()[0];
    }

    private static void send(DatagramSocket from, int port) throws IOException {
        from.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName("10.2.0.7"), port));
    }

    /** The destination port of the next UDP packet to the other side that leaves by a device. */
    private static int read(TunDevice by) throws IOException {
        PacketBatch batch = new PacketBatch(8, 1500);
        long end = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() - end < 0) {
            by.read(batch);
            for (int i = 0; i < batch.size(); i++) {
                PacketBuffer packet = batch.buffer(i);
                if (Ipv4Header.version(packet.array, packet.offset) == 4) {
                    return BigEndian.u16(packet.array, packet.offset + Ipv4Header.MINIMUM_LENGTH + 2);
                }
            }
            batch.clear();
            Thread.onSpinWait();
        }
        throw new AssertionError("no packet in 10 s");
    }

    private static String nft(String... arguments) throws IOException {
        return new HostProgram("nft").run(List.of(arguments), "");
    }
}

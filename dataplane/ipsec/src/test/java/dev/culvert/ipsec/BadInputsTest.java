package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.PacketCiphers;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ipsec.sad.Limit;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines of "bad inputs and faults" for the data plane, each by its number. */
class BadInputsTest {
    private static final long LAST = 0xffff_ffffL;

    private final SaBuilder pair = new SaBuilder();
    private final Gateway left = Gateway.left();
    private final Gateway right = Gateway.right();

    @Test
    void line46_duplicatesAreDropped() {
        connect();
        byte[] sealed = left.seal(Inner.ping(8));
        fromLeft(sealed, sealed);
        fromLeft(sealed);
        assertThat(right.toTun).hasSize(1);
        assertThat(right.drops()).containsExactly("IN_REPLAYED=2");
        assertThat(right.dataPath.association(0x2001).orElseThrow().in().replayed())
                .isEqualTo(2);
    }

    @Test
    void line46_whatIsLeftOfTheWindowIsDropped() {
        connect();
        byte[] first = left.seal(Inner.ping(8));
        for (int i = 0; i < 64; i++) {
            fromLeft(left.seal(Inner.ping(8)));
        }
        fromLeft(first);
        assertThat(right.toTun).hasSize(64);
        assertThat(right.drops()).containsExactly("IN_TOO_OLD=1");
    }

    @Test
    void line46_sequenceNumber0IsDropped() {
        connect();
        fromLeft(sealed(0, Inner.ping(8), 4));
        assertThat(right.toTun).isEmpty();
        assertThat(right.drops()).containsExactly("IN_REPLAYED=1");
    }

    @Test
    void line46_theWindowMovesOnlyAfterTheIcv() {
        connect();
        byte[] first = left.seal(Inner.ping(8));
        byte[] second = left.seal(Inner.ping(9));
        byte[] forged = second.clone();
        forged[forged.length - 1] ^= 1;
        fromLeft(forged, second, first);
        assertThat(right.toTun).containsExactly(Inner.ping(9), Inner.ping(8));
        assertThat(right.drops()).containsExactly("IN_BAD_ICV=1");
    }

    @Test
    void line46_packetsOutOfOrderWithinTheWindowPass() {
        connect();
        List<byte[]> sealed = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            sealed.add(left.seal(Inner.ping(i)));
        }
        Collections.reverse(sealed);
        fromLeft(sealed.toArray(byte[][]::new));
        assertThat(right.toTun).hasSize(64);
    }

    @Test
    void line47_aHugeJumpWithABadIcvLeavesTheWindow() {
        connect();
        byte[] genuine = left.seal(Inner.ping(8));
        byte[] forged = genuine.clone();
        BigEndian.putInt32(forged, 4, 0xfffffff0);
        fromLeft(forged, genuine);
        assertThat(right.toTun).hasSize(1);
        assertThat(right.dataPath.association(0x2001).orElseThrow().in().sequence())
                .isEqualTo(1);
    }

    @Test
    void line48_theSequenceNumberStopsBeforeItWraps() {
        left.dataPath.install(SaBuilder.inProgress(pair.build(), 0xefff_ffffL, 0));
        left.send(Inner.ping(8));
        assertThat(left.events).isEmpty();
        left.send(Inner.ping(8), Inner.ping(8));
        assertThat(left.events)
                .containsExactly(new DataPathEvent.Expire("branch", "net", 0x1001, Limit.SEQUENCE, false));
    }

    @Test
    void line48_afterTheLastNumberNothingGoesOut() {
        left.dataPath.install(SaBuilder.inProgress(pair.build(), LAST - 2, 0));
        left.send(Inner.ping(1), Inner.ping(2), Inner.ping(3), Inner.ping(4));
        assertThat(left.toUdp).hasSize(2);
        assertThat(BigEndian.u32(left.toUdp.getLast(), 4)).isEqualTo(LAST);
        assertThat(left.drops()).containsExactly("OUT_NO_SA=1", "OUT_SEQUENCE_EXHAUSTED=1");
        assertThat(left.events(DataPathEvent.Expire.class))
                .extracting(DataPathEvent.Expire::hard)
                .containsExactly(false, true);
        assertThat(left.dataPath.association(0x1001).orElseThrow().out().expired())
                .isTrue();
        assertThat(left.dataPath.association(0x1001).orElseThrow().in().expired())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aes128gcm16-esn", "chacha20poly1305-esn", "aes128-sha256-esn"})
    void line49_esnReorderedAcross2To32(String keywords) {
        pair.suiteOf(keywords);
        left.dataPath.install(SaBuilder.inProgress(pair.build(), LAST - 20, 0));
        right.dataPath.install(SaBuilder.inProgress(pair.mirrored(), 0, LAST - 20));
        List<byte[]> sealed = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sealed.add(left.seal(Inner.ping(i)));
        }
        Collections.shuffle(sealed, new Random(1));
        fromLeft(sealed.toArray(byte[][]::new));
        assertThat(right.drops()).isEmpty();
        assertThat(right.toTun).hasSize(40);
        assertThat(right.dataPath.association(0x2001).orElseThrow().in().sequence())
                .isEqualTo(LAST + 20);
        fromLeft(sealed.toArray(byte[][]::new));
        assertThat(right.drops()).containsExactly("IN_REPLAYED=40");
        assertThat(left.events).isEmpty();
    }

    @Test
    void line51_badPaddingIsDropped() {
        connect();
        byte[] inner = Inner.ping(9);
        byte[] plain = Arrays.copyOf(inner, 40);
        plain[37] = 2;
        plain[38] = 1;
        plain[39] = 4;
        fromLeft(sealedPlain(1, plain));
        // A pad length beyond the payload.
        plain[38] = (byte) 200;
        fromLeft(sealedPlain(2, plain));
        plain[37] = 1;
        plain[38] = 1;
        fromLeft(sealedPlain(3, plain));
        assertThat(right.drops()).containsExactly("IN_BAD_PADDING=2");
        assertThat(right.toTun).containsExactly(inner);
        assertThat(right.dataPath.association(0x2001).orElseThrow().in().malformed())
                .isEqualTo(2);
    }

    @Test
    void line51_innerPacketsThatAreNotOnesAreDropped() {
        connect();
        fromLeft(sealed(1, new byte[0], 4));
        fromLeft(sealed(2, Inner.cut(Inner.ping(20), 30), 4));
        byte[] shortHeader = Inner.ping(20);
        shortHeader[0] = 0x44;
        fromLeft(sealed(3, shortHeader, 4));
        byte[] version5 = Inner.ping(20);
        version5[0] = 0x55;
        fromLeft(sealed(4, version5, 4));
        assertThat(right.drops()).containsExactly("IN_MALFORMED=4");
        // Transport mode, or a next header that contradicts the packet.
        fromLeft(sealed(5, Inner.ping(20), 1), sealed(6, Inner.ping(20), 41), sealed(7, Inner.ping6(20), 4));
        assertThat(right.drops(DropReason.IN_BAD_NEXT_HEADER)).isEqualTo(3);
        assertThat(right.toTun).isEmpty();
    }

    @Test
    void line52_dummyPacketsAreDiscarded() {
        connect();
        fromLeft(sealed(1, Inner.pattern(100), 59), sealed(2, new byte[0], 59));
        assertThat(right.toTun).isEmpty();
        assertThat(right.drops()).containsExactly("IN_DUMMY=2");
        assertThat(right.events).isEmpty();
        // They are authentic: their numbers are used up.
        fromLeft(sealed(2, Inner.ping(8), 4));
        assertThat(right.drops()).contains("IN_REPLAYED=1");
    }

    @Test
    void line52_tfcPaddingIsTrimmed() {
        connect();
        for (int padding = 0; padding < 600; padding += 37) {
            byte[] inner = Inner.ping(20);
            byte[] padded = Arrays.copyOf(inner, inner.length + padding);
            Arrays.fill(padded, inner.length, padded.length, (byte) 0xaa);
            fromLeft(sealed(1 + padding, padded, 4));
            assertThat(right.toTun.removeLast()).isEqualTo(inner);
        }
        byte[] inner6 = Inner.ping6(20);
        fromLeft(sealed(1000, Arrays.copyOf(inner6, 300), 41));
        assertThat(right.toTun.removeLast()).isEqualTo(inner6);
    }

    @Test
    void line53_innerAddressesOutsideTheSelectorsAreDroppedAndAudited() {
        connect();
        byte[] wrongSource = Inner.udp("10.3.0.1", 5, "10.2.0.9", 6);
        byte[] wrongDestination = Inner.udp("10.1.0.5", 5, "10.9.0.9", 6);
        fromLeft(
                sealed(1, wrongSource, 4), sealed(2, wrongDestination, 4), sealed(3, Inner.reversed(Inner.ping(8)), 4));
        assertThat(right.toTun).isEmpty();
        assertThat(right.drops()).containsExactly("IN_SELECTOR_MISMATCH=3");
        assertThat(right.events(DataPathEvent.Audit.class).getFirst())
                .isEqualTo(new DataPathEvent.Audit(
                        DropReason.IN_SELECTOR_MISMATCH,
                        0x2001,
                        1,
                        SaBuilder.LEFT,
                        /* inStream= */ false,
                        "branch",
                        "net",
                        host("10.2.0.9", 6),
                        host("10.3.0.1", 5)));
    }

    @Test
    void line53_protocolAndPortsCountToo() {
        TrafficSelector web =
                new TrafficSelector(17, 80, 80, IpAddress.parse("10.2.0.0"), IpAddress.parse("10.2.255.255"));
        pair.selectors(SaBuilder.LEFT_NETWORKS, List.of(web));
        connect();
        fromLeft(
                sealed(1, Inner.udp("10.1.0.5", 5, "10.2.0.9", 80), 4),
                sealed(2, Inner.udp("10.1.0.5", 5, "10.2.0.9", 81), 4),
                sealed(3, Inner.ping(8), 4));
        assertThat(right.toTun).hasSize(1);
        assertThat(right.drops()).containsExactly("IN_SELECTOR_MISMATCH=2");
    }

    @Test
    void line54_unknownAndReservedSpisAreDropped() {
        connect();
        byte[] sealed = left.seal(Inner.ping(8));
        for (int spi : new int[] {1, 255}) {
            BigEndian.putInt32(sealed, 0, spi);
            fromLeft(sealed);
        }
        for (int spi : new int[] {256, 0x2002, 0x1001, -1, 0x80000000}) {
            BigEndian.putInt32(sealed, 0, spi);
            fromLeft(sealed);
        }
        assertThat(right.toTun).isEmpty();
        assertThat(right.toIke).isEmpty();
        assertThat(right.drops()).containsExactlyInAnyOrder("IN_RESERVED_SPI=2", "IN_UNKNOWN_SPI=5");
    }

    @Test
    void line54_aFloodOfThemIsCountedInFullAndToldOfAFewTimesASecond() {
        connect();
        byte[] sealed = left.seal(Inner.ping(8));
        BigEndian.putInt32(sealed, 0, 0x9999);
        for (int i = 0; i < 10_000; i++) {
            right.now += 1_000_000;
            fromLeft(sealed);
        }
        assertThat(right.drops()).containsExactly("IN_UNKNOWN_SPI=10000");
        assertThat(right.events).hasSizeBetween(10, 16);
    }

    @Test
    void line55_cleartextThatAPolicyProtectsIsDroppedWhileTheTunnelIsDown() {
        left.send(Inner.ping(8), Inner.ping6(8));
        assertThat(left.toUdp).isEmpty();
        assertThat(left.toTun).isEmpty();
        assertThat(left.drops()).containsExactly("OUT_NO_SA=2");
        connect();
        left.send(Inner.ping(8));
        assertThat(left.toUdp).hasSize(1);
        left.dataPath.remove(0x1001);
        left.send(Inner.ping(8));
        assertThat(left.toUdp).hasSize(1);
        assertThat(left.drops()).containsExactly("OUT_NO_SA=3");
    }

    @Test
    void line55_whatNoPolicyNamesIsDropped() {
        connect();
        left.send(Inner.udp("10.1.0.5", 1, "10.9.0.1", 2), Inner.udp("10.7.0.5", 1, "10.2.0.1", 2));
        left.send(new byte[0], new byte[] {0x45}, Inner.cut(Inner.ping(50), 60));
        assertThat(left.toUdp).isEmpty();
        assertThat(left.drops()).containsExactlyInAnyOrder("OUT_NO_POLICY=2", "OUT_MALFORMED=3");
    }

    @Test
    void line57_udp4500IsDemultiplexed() {
        HexFormat hex = HexFormat.of();
        right.receive(new byte[0]);
        right.receive(hex.parseHex("ff"));
        right.receive(hex.parseHex("00"), hex.parseHex("fe"), hex.parseHex("ffff"), hex.parseHex("ffffff"));
        right.receive(hex.parseHex("000000"), hex.parseHex("00000000"), hex.parseHex("ffffffff"));
        right.receive(hex.parseHex("01020304050607"));
        assertThat(right.toTun).isEmpty();
        assertThat(right.toIke).isEmpty();
        assertThat(right.drops()).containsExactlyInAnyOrder("IN_EMPTY=1", "IN_RUNT=8");
        assertThat(right.dataPath.totals().keepalives()).isEqualTo(1);
        right.receive(hex.parseHex("000000000102030405"));
        assertThat(right.toIke).containsExactly(hex.parseHex("0102030405"));
        assertThat(right.dataPath.totals().ikeDatagrams()).isEqualTo(1);
    }

    @Test
    void line57_ikeFloodsAreDroppedBeyondTheBatch() {
        right.ikeCapacity = 2;
        byte[] ike = new byte[40];
        right.receive(ike, ike, ike, ike);
        assertThat(right.toIke).hasSize(2);
        assertThat(right.drops()).containsExactly("IN_IKE_QUEUE_FULL=2");
    }

    @Test
    void line57_aPeersNewAddressCountsOnlyAfterAuthentication() {
        connect();
        UdpAddress moved = UdpAddress.of("203.0.113.9", 61000);
        byte[] first = left.seal(Inner.ping(1));
        byte[] second = left.seal(Inner.ping(2));
        byte[] forged = second.clone();
        forged[30] ^= 1;
        right.receiveFrom(moved, forged);
        assertThat(right.events(DataPathEvent.PeerMoved.class)).isEmpty();
        right.receiveFrom(moved, second);
        assertThat(right.events(DataPathEvent.PeerMoved.class))
                .containsExactly(new DataPathEvent.PeerMoved(
                        "branch", "net", 0x2001, SaBuilder.LEFT, SaBuilder.RIGHT, moved, Carrier.UDP));
        // An authentic packet that was held back says nothing of where the peer is now.
        right.now += 10_000_000_000L;
        right.receiveFrom(UdpAddress.of("203.0.113.66", 4500), first);
        assertThat(right.toTun).hasSize(2);
        assertThat(right.events(DataPathEvent.PeerMoved.class)).hasSize(1);
        // Until IKE says so, we send to the old address.
        right.send(Inner.pingBack(1));
        assertThat(right.destinations).containsExactly(SaBuilder.LEFT);
        right.dataPath.update(0x2001, Carrier.UDP, SaBuilder.RIGHT, moved, 1500);
        right.send(Inner.pingBack(1));
        assertThat(right.destinations).containsExactly(SaBuilder.LEFT, moved);
        right.receiveFrom(moved, left.seal(Inner.ping(3)));
        assertThat(right.events(DataPathEvent.PeerMoved.class)).hasSize(1);
    }

    /** Nobody here agrees on IPComp (RFC 3173), so nothing is ever blown up: behind ESP it is refused, within it passed on. */
    @Test
    void line58_nothingIsDecompressed() {
        connect();
        fromLeft(sealed(1, Inner.pattern(100), 108));
        assertThat(right.drops()).containsExactly("IN_BAD_NEXT_HEADER=1");
        assertThat(right.toTun).isEmpty();
        byte[] carried = Inner.ping(20);
        carried[Ipv4Header.PROTOCOL] = 108;
        fromLeft(sealed(2, carried, 4));
        assertThat(right.toTun).containsExactly(carried);
    }

    @Test
    void line59_theSameInboundSpiTwiceIsRefused() {
        left.dataPath.install(pair.build(), 0);
        SaParameters same =
                new SaBuilder().names("other", "net").spis(0x1001, 0x3001).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> left.dataPath.install(same, 0))
                .withMessageContaining("1001");
        left.dataPath.remove(0x1001);
        left.dataPath.policies(
                List.of(new Policy.Protect("other", "net", SaBuilder.LEFT_NETWORKS, SaBuilder.RIGHT_NETWORKS)));
        left.dataPath.install(same, 0);
        assertThat(BigEndian.int32(left.seal(Inner.ping(1)), 0)).isEqualTo(0x3001);
    }

    private void connect() {
        left.dataPath.install(pair.build(), left.now);
        right.dataPath.install(pair.mirrored(), right.now);
    }

    private void fromLeft(byte[]... datagrams) {
        right.receiveFrom(SaBuilder.LEFT, datagrams);
    }

    /** What a peer could seal that {@link Outbound} never would. */
    private byte[] sealed(int sequence, byte[] inner, int nextHeader) {
        int padding = -(inner.length + 2) & 3;
        byte[] plain = Arrays.copyOf(inner, inner.length + padding + 2);
        for (int i = 0; i < padding; i++) {
            plain[inner.length + i] = (byte) (i + 1);
        }
        plain[plain.length - 2] = (byte) padding;
        plain[plain.length - 1] = (byte) nextHeader;
        return sealedPlain(sequence, plain);
    }

    private byte[] sealedPlain(int sequence, byte[] plain) {
        SaParameters peer = pair.build();
        try (PacketCipher cipher = PacketCiphers.forChild(
                peer.suite(), peer.encryptionKeyOut(), peer.integrityKeyOut(), RandomSource.seeded(3))) {
            byte[] packet = new byte[cipher.overhead() + plain.length];
            BigEndian.putInt32(packet, 0, peer.spiOut());
            BigEndian.putInt32(packet, 4, sequence);
            System.arraycopy(plain, 0, packet, 8 + cipher.ivLength(), plain.length);
            cipher.seal(packet, 0, plain.length, sequence);
            return packet;
        }
    }

    private static TrafficSelector host(String address, int port) {
        IpAddress ip = IpAddress.parse(address);
        return new TrafficSelector(17, port, port, ip, ip);
    }
}

package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.mtu.MssClamp;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.TcpHeader;
import org.junit.jupiter.api.Test;

/** A SYN through both gateways: each lowers what it sends and what it receives to what fits its own way to the peer. */
class MssClampTest {
    private static final MssClamp OFF = new MssClamp.Off();

    private final Gateway left = Gateway.left();
    private final Gateway right = Gateway.right();

    @Test
    void whatLeavesTheTunIsLowered() {
        connect(1400, SizePolicy.USUAL, 1500, SizePolicy.USUAL.withMssClamp(OFF));
        // 1338 fit: OutboundTest
        assertThat(through(false)).isEqualTo(1298);
        assertThat(through(true)).isEqualTo(1278);
    }

    @Test
    void whatWasDecryptedIsLowered() {
        connect(1500, SizePolicy.USUAL.withMssClamp(OFF), 1400, SizePolicy.USUAL);
        assertThat(through(false)).isEqualTo(1298);
        assertThat(through(true)).isEqualTo(1278);
    }

    @Test
    void aFixedValueTakesTheMtusPlaceAndOffLeavesItAlone() {
        SizePolicy off = SizePolicy.USUAL.withMssClamp(OFF);
        connect(1500, SizePolicy.USUAL.withMssClamp(new MssClamp.Fixed(1200)), 1500, off);
        assertThat(through(false)).isEqualTo(1200);
        assertThat(through(true)).isEqualTo(1200);
        left.dataPath.resize(0x1001, 1500, off);
        assertThat(through(false)).isEqualTo(8960);
    }

    @Test
    void anInnerLimitCountsIfItIsSmaller() {
        connect(1500, SizePolicy.USUAL.withInnerLimit(1300), 1500, SizePolicy.USUAL.withMssClamp(OFF));
        assertThat(through(false)).isEqualTo(1260);
        left.dataPath.resize(0x1001, 1400, SizePolicy.USUAL.withInnerLimit(9000));
        assertThat(through(false)).isEqualTo(1298);
    }

    @Test
    void inTransportModeNothingIsChanged() {
        SaBuilder pair = new SaBuilder().raw().transport().outerMtu(1000);
        Gateway own =
                new Gateway().protecting(pair.build().local(), pair.build().remote());
        Gateway peer = new Gateway()
                .protecting(pair.mirrored().local(), pair.mirrored().remote());
        own.dataPath.install(pair.build(), 0);
        peer.dataPath.install(pair.mirrored(), 0);
        byte[] syn = syn(SaBuilder.LEFT.address(), SaBuilder.RIGHT.address());
        own.send(syn);
        peer.receiveRaw(own.toUdp.getFirst());
        assertThat(BigEndian.u16(peer.toTun.getFirst(), syn.length - 2)).isEqualTo(8960);
    }

    private void connect(int leftMtu, SizePolicy leftSizes, int rightMtu, SizePolicy rightSizes) {
        left.dataPath.install(new SaBuilder().outerMtu(leftMtu).sizes(leftSizes).build(), 0);
        right.dataPath.install(
                new SaBuilder().outerMtu(rightMtu).sizes(rightSizes).mirrored(), 0);
    }

    /** The maximum segment size with which a SYN that asks for 8960 comes out. */
    private int through(boolean v6) {
        byte[] syn = v6 ? syn(Inner.LEFT_HOST6, Inner.RIGHT_HOST6) : syn(Inner.LEFT_HOST, Inner.RIGHT_HOST);
        right.receiveFrom(SaBuilder.LEFT, left.seal(syn));
        byte[] out = right.toTun.removeLast();
        assertThat(Checksum.ofUpperLayer(out, 0, IpProtocol.TCP, out.length - 24, 24))
                .as("TCP checksum")
                .isZero();
        return BigEndian.u16(out, out.length - 2);
    }

    static byte[] syn(IpAddress from, IpAddress to) {
        byte[] packet = Packets.ip(from, to, IpProtocol.TCP, 24);
        int tcp = packet.length - 24;
        BigEndian.putU16(packet, tcp + TcpHeader.SOURCE_PORT, 40000);
        BigEndian.putU16(packet, tcp + TcpHeader.DESTINATION_PORT, 443);
        packet[tcp + TcpHeader.DATA_OFFSET] = 6 << 4;
        packet[tcp + TcpHeader.FLAGS] = TcpHeader.SYN | TcpHeader.ACK;
        BigEndian.putInt32(packet, tcp + 20, 0x02040000 | 8960);
        BigEndian.putU16(packet, tcp + TcpHeader.CHECKSUM, Checksum.ofUpperLayer(packet, 0, IpProtocol.TCP, tcp, 24));
        return packet;
    }
}

package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.UdpAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An IPv6 packet that its source had cut and that is put together, since there is transport mode elsewhere, goes through a
 * tunnel in pieces no longer than they were: no router behind the peer could cut it.
 */
class CutAgainTest {
    private final Gateway left = Gateway.left();
    private final Gateway right = Gateway.right();

    @ParameterizedTest
    @ValueSource(ints = {1280, 1300, 1400, 1500})
    void ipv6ThatItsSourceHadCut(int sourceMtu) {
        SaBuilder tunnel = new SaBuilder().raw();
        left.dataPath.install(tunnel.build(), 0);
        left.dataPath.install(
                new SaBuilder()
                        .names("own", "own")
                        .spis(0x1003, 0x2003)
                        .raw()
                        .transport()
                        .build(),
                0);
        right.dataPath.install(tunnel.mirrored(), 0);
        byte[] packet = Packets.udp(
                new UdpAddress(Inner.LEFT_HOST6, 1), new UdpAddress(Inner.RIGHT_HOST6, 2), Inner.pattern(4000));
        left.send(Fragments.cut(packet, sourceMtu).toArray(byte[][]::new));
        assertThat(left.drops()).isEmpty();
        assertThat(left.toUdp).hasSizeGreaterThan(2).allMatch(outer -> outer.length <= 1500);
        right.receiveRaw(left.toUdp.toArray(byte[][]::new));
        List<byte[]> fragments = right.toTun;
        assertThat(fragments).allMatch(fragment -> fragment.length <= sourceMtu);
        assertThat(Fragments.together(fragments)).isEqualTo(packet);
    }
}

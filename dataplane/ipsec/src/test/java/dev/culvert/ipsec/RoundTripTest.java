package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.mtu.EffectiveMtu;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaSnapshot;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class RoundTripTest {
    static final List<String> SUITES = SaBuilder.SUITES;

    /** What does not encrypt. */
    static final List<String> READABLE =
            List.of("null-sha256", "null-aesxcbc-esn", "aes128gmac", "aes192gmac", "aes256gmac-esn");

    private final Gateway left = Gateway.left();
    private final Gateway right = Gateway.right();

    @ParameterizedTest
    @FieldSource({"SUITES", "READABLE"})
    void everyLengthPassesBothWays(String keywords) {
        connect(new SaBuilder().suiteOf(keywords));
        for (int payload = 0; payload <= 1300; payload += payload < 70 ? 1 : 41) {
            byte[] ping = Inner.ping(payload);
            right.receiveFrom(SaBuilder.LEFT, left.seal(ping));
            assertThat(right.toTun.removeLast()).isEqualTo(ping);
            byte[] back = Inner.reversed(ping);
            left.receive(right.seal(back));
            assertThat(left.toTun.removeLast()).isEqualTo(back);
        }
        assertThat(left.drops()).isEmpty();
        assertThat(right.drops()).isEmpty();
        assertThat(left.events).isEmpty();
        assertThat(right.events).isEmpty();
    }

    @ParameterizedTest
    @FieldSource({"SUITES", "READABLE"})
    void theLongestInnerPacketFitsTheOuterMtuExactlyOrAlmost(String keywords) {
        connect(new SaBuilder().suiteOf(keywords));
        int mtu = EffectiveMtu.udpEncapsulated(SaBuilder.suite(keywords), 4, 1500);
        byte[] longest = left.seal(Inner.withDontFragment(Inner.ping(mtu - 28)));
        assertThat(28 + longest.length).isBetween(1500 - 15, 1500);
        left.send(Inner.withDontFragment(Inner.ping(mtu - 27)));
        assertThat(left.drops()).containsExactly("OUT_TOO_BIG=1");
    }

    @Test
    void nothingOfTheInnerPacketIsReadableOutside() {
        for (String keywords : SUITES) {
            Gateway gateway = Gateway.left();
            gateway.dataPath.install(new SaBuilder().suiteOf(keywords).build(), 0);
            byte[] ping = Inner.ping(200);
            String sealed = HexFormat.of().formatHex(gateway.seal(ping));
            for (int at = 0; at + 6 <= ping.length; at++) {
                assertThat(sealed).doesNotContain(HexFormat.of().formatHex(ping, at, at + 6));
            }
        }
    }

    @Test
    void ipv6WithinIpv4() {
        connect(new SaBuilder());
        byte[] ping = Inner.ping6(100);
        right.receiveFrom(SaBuilder.LEFT, left.seal(ping));
        assertThat(right.toTun.removeLast()).isEqualTo(ping);
    }

    @Test
    void aBatchKeepsItsOrderAndGoesToThePeer() {
        connect(new SaBuilder());
        List<byte[]> pings = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            pings.add(Inner.ping(i * 10));
        }
        left.send(pings.toArray(byte[][]::new));
        assertThat(left.destinations).hasSize(40).containsOnly(SaBuilder.RIGHT);
        right.receiveFrom(SaBuilder.LEFT, left.toUdp.toArray(byte[][]::new));
        assertThat(right.toTun).containsExactlyElementsOf(pings);
    }

    @Test
    void countersTellWhatPassed() {
        connect(new SaBuilder());
        left.now = 77;
        for (int i = 0; i < 3; i++) {
            right.receiveFrom(SaBuilder.LEFT, left.seal(Inner.ping(72)));
        }
        SaSnapshot out = left.dataPath.association(0x1001).orElseThrow();
        assertThat(out.out().packets()).isEqualTo(3);
        assertThat(out.out().bytes()).isEqualTo(300);
        assertThat(out.out().sequence()).isEqualTo(3);
        assertThat(out.out().lastUsedNanos()).isEqualTo(77);
        assertThat(out.out().spi()).isEqualTo(0x2001);
        assertThat(out.innerMtu()).isEqualTo(1438);
        SaSnapshot in = right.dataPath.association(0x2001).orElseThrow();
        assertThat(in.in().packets()).isEqualTo(3);
        assertThat(in.in().bytes()).isEqualTo(300);
        assertThat(in.in().sequence()).isEqualTo(3);
        assertThat(left.dataPath.totals().packetsOut()).isEqualTo(3);
        assertThat(right.dataPath.totals().bytesIn()).isEqualTo(300);
    }

    private void connect(SaBuilder pair) {
        left.dataPath.install(pair.build(), left.now);
        right.dataPath.install(pair.mirrored(), right.now);
    }
}

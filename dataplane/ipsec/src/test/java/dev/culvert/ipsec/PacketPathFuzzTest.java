package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.PacketCiphers;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** No packet from outside or from the TUN device makes the packet path throw, and each is accounted for. */
class PacketPathFuzzTest {
    private static final List<TrafficSelector> ANY =
            List.of(TrafficSelector.parse("0.0.0.0/0"), TrafficSelector.parse("::/0"));

    /** From anybody. */
    @FuzzTest
    void datagram(byte[] datagram) {
        for (String suite : new String[] {"aes128gcm16-esn", "aes128-sha256", "chacha20poly1305"}) {
            Gateway gateway = new Gateway();
            gateway.dataPath.install(new SaBuilder().suiteOf(suite).build(), 0);
            gateway.receive(Arrays.copyOf(datagram, Math.min(datagram.length, 2000)));
            accounted(gateway, 1);
            assertThat(gateway.toTun).isEmpty();
        }
    }

    /** From anybody, without UDP: a whole IP packet with ESP or AH, options, extension headers, or what looks like it. */
    @FuzzTest
    void rawPacket(byte[] packet) {
        for (SaBuilder pair : List.of(
                new SaBuilder().raw(),
                new SaBuilder().raw().transport(),
                new SaBuilder().ah("sha256"),
                new SaBuilder().ah("sha1-esn").transport())) {
            Gateway gateway = new Gateway();
            gateway.dataPath.install(pair.build(), 0);
            gateway.receiveRaw(Arrays.copyOf(packet, Math.min(packet.length, 2000)));
            accounted(gateway, 1);
            assertThat(gateway.toTun).isEmpty();
        }
    }

    /** From a program on the host: packets and fragments that AH and transport mode take apart and put together. */
    @FuzzTest
    void fragments(byte[] input) {
        List<byte[]> packets = new ArrayList<>();
        for (int at = 0; at < input.length && packets.size() < 60; ) {
            int end = Math.min(input.length, at + 1 + (input[at] & 0xff));
            packets.add(Arrays.copyOfRange(input, at + 1, end));
            at = end;
        }
        for (SaBuilder pair : List.of(
                new SaBuilder().raw().transport().selectors(ANY, ANY),
                new SaBuilder().ah("sha256").transport().selectors(ANY, ANY))) {
            Gateway gateway = new Gateway().protecting(ANY, ANY);
            gateway.dataPath.install(pair.build(), 0);
            gateway.send(packets.toArray(byte[][]::new));
            assertThat(gateway.dataPath.totals().packetsOut() + dropped(gateway))
                    .isLessThanOrEqualTo(packets.size());
        }
    }

    /** What an authenticated peer may put within: the plaintext with its trailer. */
    @FuzzTest
    void plaintext(byte[] input) {
        byte[] plain = Arrays.copyOf(input, Math.min(input.length, 1900) + 3 & ~3);
        SaParameters peer = new SaBuilder().mirrored();
        byte[] packet;
        try (PacketCipher cipher = PacketCiphers.forChild(
                peer.suite(), peer.encryptionKeyOut(), peer.integrityKeyOut(), RandomSource.seeded(3))) {
            packet = new byte[cipher.overhead() + plain.length];
            BigEndian.putInt32(packet, 0, peer.spiOut());
            BigEndian.putInt32(packet, 4, 1);
            System.arraycopy(plain, 0, packet, 8 + cipher.ivLength(), plain.length);
            cipher.seal(packet, 0, plain.length, 1);
        }
        Gateway gateway = new Gateway();
        gateway.dataPath.install(new SaBuilder().build(), 0);
        gateway.receive(packet);
        accounted(gateway, 1);
        assertThat(gateway.drops(DropReason.IN_BAD_ICV)).isZero();
        for (byte[] inner : gateway.toTun) {
            assertThat(plain).startsWith(inner);
        }
    }

    /** From a program on the host with a raw socket. */
    @FuzzTest
    void innerPacket(byte[] packet) {
        for (int outerMtu : new int[] {1500, 200}) {
            Gateway gateway = Gateway.left();
            gateway.dataPath.install(new SaBuilder().outerMtu(outerMtu).build(), 0);
            gateway.send(Arrays.copyOf(packet, Math.min(packet.length, 2000)));
            long passed = gateway.dataPath.totals().packetsOut() > 0 ? 1 : 0;
            assertThat(passed + dropped(gateway)).isEqualTo(1);
        }
    }

    private static void accounted(Gateway gateway, long received) {
        DataPathTotals totals = gateway.dataPath.totals();
        assertThat(totals.packetsIn() + totals.keepalives() + totals.ikeDatagrams() + dropped(gateway))
                .isEqualTo(received);
        assertThat(gateway.toTun).hasSize((int) totals.packetsIn());
        assertThat(gateway.toIke).hasSize((int) totals.ikeDatagrams());
    }

    private static long dropped(Gateway gateway) {
        Map<DropReason, Long> drops = gateway.dataPath.totals().drops();
        return drops.values().stream().mapToLong(Long::longValue).sum();
    }
}

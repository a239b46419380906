package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.PacketCiphers;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.ipsec.translate.Translation;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.TrafficSelector;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packet path allocates nothing but what the JDK's ciphers do, which is measured and taken off. The module's tests run
 * without escape analysis: what that leaves out differs from one run of the JIT to the next.
 */
class AllocationTest {
    private static final int BATCH = 64;
    private static final int ROUNDS = 50;
    private static final int ATTEMPTS = 15;

    /** Per packet; what a stray event of the JVM may cost. */
    private static final double TOLERANCE_BYTES = 1.0;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final PacketBatch tunIn = new PacketBatch(BATCH, 1500);
    private final PacketBatch toUdp = new PacketBatch(BATCH, 1500);
    private final PacketBatch toTun = new PacketBatch(BATCH, 1500);
    private final PacketBatch toIke = new PacketBatch(BATCH, 1500);
    private final DataPath left = new DataPath(RandomSource.seeded(1), event -> true);
    private final DataPath right = new DataPath(RandomSource.seeded(2), event -> true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aes128gcm16",
                "chacha20poly1305",
                "aes128-sha256",
                "aes256gcm16-esn",
                "aes128ctr-aesxcbc",
                "aes256ccm16",
                "aes128gmac",
                "null-aescmac"
            })
    void sealingAndOpeningAllocateOnlyWithinTheCipher(String keywords) {
        SaBuilder pair = new SaBuilder().suiteOf(keywords);
        manyPolicies();
        left.install(pair.build(), 0);
        right.install(pair.mirrored(), 0);
        byte[] ping = Inner.ping(1000);
        double cipher = cipherAlone(pair.build(), ping.length + 2);
        double path = bytesPerPacket(cipher + TOLERANCE_BYTES, ATTEMPTS, () -> {
            fill(tunIn, ping);
            left.outbound().process(tunIn, toUdp, toTun, 1);
            right.inbound().process(toUdp, toTun, toIke, 1);
            toTun.clear();
        });
        assertThat(right.totals().packetsIn())
                .isEqualTo(left.totals().packetsOut())
                .isPositive();
        assertThat(path - cipher)
                .as("%.1f bytes per packet, %.1f of them the cipher's", path, cipher)
                .isLessThan(TOLERANCE_BYTES);
    }

    @Test
    void withoutUdpAndInTransportModeNothingMoreIsAllocated() {
        SaBuilder pair = new SaBuilder().suiteOf("aes128gcm16").raw().transport();
        left.policies(List.of(new Policy.Protect(
                "branch", "net", pair.build().local(), pair.build().remote())));
        left.install(pair.build(), 0);
        right.install(pair.mirrored(), 0);
        byte[] packet = Packets.udp(SaBuilder.LEFT.withPort(7), SaBuilder.RIGHT.withPort(8), Inner.pattern(1000));
        double cipher = cipherAlone(pair.build(), packet.length - Ipv4Header.MINIMUM_LENGTH + 2);
        double path = bytesPerPacket(cipher + TOLERANCE_BYTES, ATTEMPTS, () -> {
            fill(tunIn, packet);
            left.outbound().process(tunIn, toUdp, toTun, 1);
            right.inbound().processRaw(toUdp, toTun, 1);
            toTun.clear();
        });
        assertThat(right.totals().packetsIn())
                .isEqualTo(left.totals().packetsOut())
                .isPositive();
        assertThat(path - cipher)
                .as("%.1f bytes per packet, %.1f of them the cipher's", path, cipher)
                .isLessThan(TOLERANCE_BYTES);
    }

    @Test
    void droppingAllocatesNothing() {
        manyPolicies();
        byte[] noSa = Inner.ping(100);
        byte[] noPolicy = Inner.udp("10.1.0.5", 1, "10.200.0.1", 2);
        byte[] malformed = Inner.cut(Inner.ping(100), 50);
        assertThat(bytesPerPacket(TOLERANCE_BYTES, ATTEMPTS, () -> {
                    fill(tunIn, noSa, noPolicy, malformed);
                    left.outbound().process(tunIn, toUdp, toTun, 1);
                }))
                .isLessThan(TOLERANCE_BYTES);
        left.install(new SaBuilder().build(), 0);
        byte[] unknownSpi = Inner.pattern(100);
        byte[] ike = new byte[60];
        byte[] keepalive = {-1};
        byte[] sequence0 = Inner.pattern(100);
        BigEndian.putInt64(sequence0, 0, 0x1001_0000_0000L);
        assertThat(bytesPerPacket(TOLERANCE_BYTES, ATTEMPTS, () -> {
                    fill(tunIn, unknownSpi, ike, keepalive, sequence0, new byte[0]);
                    left.inbound().process(tunIn, toTun, toIke, 1);
                    toIke.clear();
                }))
                .isLessThan(TOLERANCE_BYTES);
        assertThat(left.totals().drops(DropReason.IN_REPLAYED)).isPositive();
    }

    @Test
    void loweringSegmentSizesAllocatesNothing() {
        SaBuilder pair = new SaBuilder().suiteOf("aes128gcm16");
        manyPolicies();
        left.install(pair.build(), 0);
        right.install(pair.mirrored(), 0);
        byte[] syn = MssClampTest.syn(Inner.LEFT_HOST, Inner.RIGHT_HOST);
        double cipher = cipherAlone(pair.build(), syn.length + 2);
        double path = bytesPerPacket(cipher + TOLERANCE_BYTES, ATTEMPTS, () -> {
            fill(tunIn, syn);
            left.outbound().process(tunIn, toUdp, toTun, 1);
            right.inbound().process(toUdp, toTun, toIke, 1);
            toTun.clear();
        });
        assertThat(right.totals().packetsIn()).isPositive();
        assertThat(path - cipher)
                .as("%.1f bytes per packet, %.1f of them the cipher's", path, cipher)
                .isLessThan(TOLERANCE_BYTES);
    }

    @ParameterizedTest
    @EnumSource(Translation.Type.class)
    void translatingAllocatesNothing(Translation.Type ofOurs) {
        boolean oneToOne = ofOurs == Translation.Type.ONE_TO_ONE;
        List<TrafficSelector> us = List.of(TrafficSelector.parse("10.101.0.0/16"));
        SaBuilder pair = new SaBuilder().suiteOf("aes128gcm16").selectors(us, SaBuilder.RIGHT_NETWORKS);
        left.policies(List.of(new Policy.Protect(
                "branch",
                "net",
                SaBuilder.LEFT_NETWORKS,
                SaBuilder.RIGHT_NETWORKS,
                false,
                List.of(new Translation(
                        Translation.Side.LOCAL,
                        ofOurs,
                        IpPrefix.parse("10.1.0.0/16"),
                        IpPrefix.parse(oneToOne ? "10.101.0.0/16" : "10.101.0.5/32"))))));
        right.policies(List.of(new Policy.Protect("branch", "net", SaBuilder.RIGHT_NETWORKS, us)));
        left.install(pair.build(), 0);
        right.install(pair.mirrored(), 0);
        byte[] request = Inner.udp("10.1.0.5", 1000, "10.2.0.9", 2000);
        byte[] answer = Inner.udp("10.2.0.9", 2000, "10.101.0.5", 1000);
        double cipher = cipherAlone(pair.build(), request.length + 2);
        double path = bytesPerPacket(2 * cipher + TOLERANCE_BYTES, ATTEMPTS, () -> {
            fill(tunIn, request);
            left.outbound().process(tunIn, toUdp, toTun, 1);
            right.inbound().process(toUdp, toTun, toIke, 1);
            toTun.clear();
            fill(tunIn, answer);
            right.outbound().process(tunIn, toUdp, toTun, 1);
            left.inbound().process(toUdp, toTun, toIke, 1);
            toTun.clear();
        });
        assertThat(left.totals().packetsIn())
                .isEqualTo(left.totals().packetsOut())
                .isPositive();
        assertThat(path - 2 * cipher)
                .as("%.1f bytes per packet, %.1f of them the cipher's", path, 2 * cipher)
                .isLessThan(TOLERANCE_BYTES);
    }

    @Test
    void fragmentingAndAnsweringTooBigAllocateNothing() {
        manyPolicies();
        left.install(new SaBuilder().suiteOf("aes128-sha256").outerMtu(600).build(), 0);
        byte[] df = Inner.withDontFragment(Inner.ping(1000));
        assertThat(bytesPerPacket(TOLERANCE_BYTES, ATTEMPTS, () -> {
                    fill(tunIn, df);
                    left.outbound().process(tunIn, toUdp, toTun, 1);
                    toTun.clear();
                }))
                .isLessThan(TOLERANCE_BYTES);
        assertThat(left.totals().tooBigAnswers()).isEqualTo(100);
    }

    private void manyPolicies() {
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            policies.add(new Policy.Protect(
                    "other", "c" + i, SaBuilder.LEFT_NETWORKS, List.of(TrafficSelector.parse("10.9." + i + ".0/24"))));
        }
        policies.add(new Policy.Protect("branch", "net", SaBuilder.LEFT_NETWORKS, SaBuilder.RIGHT_NETWORKS));
        left.policies(policies);
    }

    private static void fill(PacketBatch batch, byte[]... packets) {
        batch.clear();
        for (int i = 0; i < BATCH; i++) {
            PacketBuffer buffer = batch.add();
            byte[] packet = packets[i % packets.length];
            System.arraycopy(packet, 0, buffer.array, buffer.offset, packet.length);
            buffer.length = packet.length;
            buffer.remote = SaBuilder.LEFT;
        }
    }

    private static double cipherAlone(SaParameters parameters, int plainLength) {
        try (PacketCipher seal = cipher(parameters);
                PacketCipher open = cipher(parameters)) {
            int padded = (plainLength + seal.padBlock() - 1) / seal.padBlock() * seal.padBlock();
            byte[] packet = new byte[2000];
            byte[] plain = new byte[2000];
            long[] sequence = {0};
            return bytesPerPacket(0, 5, () -> {
                for (int i = 0; i < BATCH; i++) {
                    seal.seal(packet, 0, padded, ++sequence[0]);
                    open.open(packet, 0, padded + seal.overhead(), 0, plain, 0);
                }
            });
        }
    }

    private static PacketCipher cipher(SaParameters parameters) {
        return PacketCiphers.forChild(
                parameters.suite(),
                parameters.encryptionKeyOut(),
                parameters.integrityKeyOut(),
                RandomSource.seeded(1));
    }

    /** The least of several measurements, since what runs first loads classes: until one is good enough, or for a while. */
    private static double bytesPerPacket(double enough, int attempts, Runnable batch) {
        double least = Double.MAX_VALUE;
        for (int attempt = 0; attempt < attempts && least >= enough; attempt++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUNDS; i++) {
                batch.run();
            }
            long after = THREADS.getCurrentThreadAllocatedBytes();
            least = Math.min(least, (double) (after - before) / (ROUNDS * BATCH));
        }
        return least;
    }
}

package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.ipsec.sad.SaSnapshot;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DataPathTest {
    private final Gateway left = Gateway.left();

    @Test
    void keysMayBeClosedAfterInstallation() {
        SaParameters parameters = new SaBuilder().build();
        left.dataPath.install(parameters, 0);
        parameters.encryptionKeyIn().close();
        parameters.encryptionKeyOut().close();
        Gateway right = Gateway.right();
        right.dataPath.install(new SaBuilder().mirrored(), 0);
        right.receiveFrom(SaBuilder.LEFT, left.seal(Inner.ping(1)));
        assertThat(right.toTun).hasSize(1);
    }

    @Test
    void keysOfTheWrongLengthAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> left.dataPath.install(
                        new SaBuilder().keys(new byte[19], new byte[0]).build(), 0));
        assertThat(left.dataPath.associations()).isEmpty();
    }

    @Test
    void associationsAreListedOldestFirst() {
        for (int i = 5; i > 0; i--) {
            left.dataPath.install(new SaBuilder().spis(0x1000 + i, 0x2000 + i).build(), i);
        }
        assertThat(left.dataPath.associations())
                .extracting(SaSnapshot::installedNanos)
                .containsExactly(5L, 4L, 3L, 2L, 1L);
        assertThat(left.dataPath.association(0x1003)).isPresent();
        assertThat(left.dataPath.association(0x2003)).isEmpty();
    }

    @Test
    void removalReturnsTheLastCounters() {
        left.dataPath.install(new SaBuilder().build(), 0);
        left.send(Inner.ping(72));
        assertThat(left.dataPath.remove(0x1001).orElseThrow().out().bytes()).isEqualTo(100);
        assertThat(left.dataPath.remove(0x1001)).isEmpty();
        assertThat(left.dataPath.associations()).isEmpty();
        assertThat(left.dataPath.totals().bytesOut()).isEqualTo(100);
    }

    @Test
    void policiesMayComeBeforeAndAfterTheirSas() {
        Gateway gateway = new Gateway();
        gateway.dataPath.install(new SaBuilder().build(), 0);
        gateway.send(Inner.ping(1));
        assertThat(gateway.drops()).containsExactly("OUT_NO_POLICY=1");
        List<Policy> policies =
                List.of(new Policy.Protect("branch", "net", SaBuilder.LEFT_NETWORKS, SaBuilder.RIGHT_NETWORKS));
        gateway.dataPath.policies(policies);
        gateway.send(Inner.ping(1));
        gateway.dataPath.policies(List.copyOf(policies));
        gateway.dataPath.policies(List.of());
        gateway.send(Inner.ping(1));
        gateway.dataPath.policies(policies);
        gateway.send(Inner.ping(1));
        assertThat(gateway.toUdp).hasSize(2);
        assertThat(gateway.drops()).containsExactly("OUT_NO_POLICY=2");
    }

    @Test
    void closingForgetsEverything() {
        left.dataPath.install(new SaBuilder().build(), 0);
        left.dataPath.close();
        left.send(Inner.ping(1));
        assertThat(left.toUdp).isEmpty();
        assertThat(left.dataPath.associations()).isEmpty();
    }

    /** SAs come and go while a worker seals: every packet is sealed with the keys of the SPI that it carries. */
    @Test
    @Timeout(60)
    void changesDuringTrafficNeverMixKeys() throws Exception {
        DataPath sender = left.dataPath;
        Gateway receiver = Gateway.right();
        for (int i = 0; i < 40; i++) {
            receiver.dataPath.install(
                    new SaBuilder().spis(0x1100 + i, 0x2100 + i).mirrored(), 0);
        }
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread worker = Thread.ofPlatform().start(() -> {
            PacketBatch in = new PacketBatch(16, 1500);
            PacketBatch udp = new PacketBatch(16, 1500);
            PacketBatch tun = new PacketBatch(16, 1500);
            PacketBatch ike = new PacketBatch(1, 1500);
            byte[] ping = Inner.ping(100);
            try {
                while (!stop.get()) {
                    for (int i = 0; i < 16; i++) {
                        PacketBuffer buffer = in.add();
                        System.arraycopy(ping, 0, buffer.array, buffer.offset, ping.length);
                        buffer.length = ping.length;
                    }
                    sender.outbound().process(in, udp, tun, System.nanoTime());
                    receiver.dataPath.inbound().process(udp, tun, ike, System.nanoTime());
                    tun.clear();
                }
            } catch (RuntimeException e) {
                failure.set(e);
            }
        });
        for (int i = 0; i < 40; i++) {
            sender.install(new SaBuilder().spis(0x1100 + i, 0x2100 + i).build(), 0);
            long seen = sender.totals().packetsOut();
            while (sender.totals().packetsOut() < seen + 100 && worker.isAlive()) {
                Thread.onSpinWait();
            }
            sender.remove(0x1100 + i);
        }
        stop.set(true);
        worker.join();
        assertThat(failure).hasNullValue();
        assertThat(receiver.drops()).isEmpty();
        assertThat(receiver.dataPath.totals().packetsIn())
                .isEqualTo(sender.totals().packetsOut())
                .isGreaterThan(4_000);
    }
}

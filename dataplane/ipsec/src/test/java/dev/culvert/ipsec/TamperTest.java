package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaSnapshot;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** bad-inputs line 51, for each suite: nothing but the packet itself passes, and nothing else changes any state. */
class TamperTest {
    static final List<String> SUITES = SaBuilder.SUITES;
    static final List<String> READABLE = RoundTripTest.READABLE;

    private final Gateway right = Gateway.right();

    @ParameterizedTest
    @FieldSource({"SUITES", "READABLE"})
    void line51_everyBitFlippedInTurnIsDropped(String keywords) {
        byte[] sealed = seal(keywords);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (0x80 >>> bit % 8);
            right.receiveFrom(SaBuilder.LEFT, flipped);
            assertThat(right.toTun).as("bit %d", bit).isEmpty();
        }
        long dropped = right.dataPath.totals().drops().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        // A flipped bit in the SPI's first byte cannot make IKE or a keepalive of the packet.
        assertThat(dropped).isEqualTo(sealed.length * 8L);
        unmovedAndStillOpen(sealed);
    }

    @ParameterizedTest
    @FieldSource({"SUITES", "READABLE"})
    void line51_truncationAtEveryLengthIsDropped(String keywords) {
        byte[] sealed = seal(keywords);
        for (int length = 0; length < sealed.length; length++) {
            right.receiveFrom(SaBuilder.LEFT, Inner.cut(sealed, length));
            assertThat(right.toTun).as("%d bytes", length).isEmpty();
        }
        for (int more = 1; more < 40; more++) {
            right.receiveFrom(SaBuilder.LEFT, Inner.cut(sealed, sealed.length + more));
        }
        assertThat(right.toTun).isEmpty();
        assertThat(right.drops(DropReason.IN_EMPTY)).isEqualTo(1);
        unmovedAndStillOpen(sealed);
    }

    @ParameterizedTest
    @FieldSource({"SUITES", "READABLE"})
    void randomBytesAreDropped(String keywords) {
        byte[] sealed = seal(keywords);
        Random random = new Random(5);
        for (int i = 0; i < 3_000; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                System.arraycopy(sealed, 0, noise, 0, Math.min(8, noise.length));
            }
            right.receiveFrom(SaBuilder.LEFT, noise);
        }
        assertThat(right.toTun).isEmpty();
        unmovedAndStillOpen(sealed);
    }

    private byte[] seal(String keywords) {
        SaBuilder pair = new SaBuilder().suiteOf(keywords);
        Gateway left = Gateway.left();
        left.dataPath.install(pair.build(), 0);
        right.dataPath.install(pair.mirrored(), 0);
        return left.seal(Inner.ping(40));
    }

    private void unmovedAndStillOpen(byte[] sealed) {
        SaSnapshot before = right.dataPath.association(0x2001).orElseThrow();
        assertThat(before.in().sequence()).isZero();
        assertThat(before.in().packets()).isZero();
        assertThat(right.events(DataPathEvent.PeerMoved.class)).isEmpty();
        right.receiveFrom(SaBuilder.LEFT, sealed);
        assertThat(right.toTun).containsExactly(Inner.ping(40));
    }
}

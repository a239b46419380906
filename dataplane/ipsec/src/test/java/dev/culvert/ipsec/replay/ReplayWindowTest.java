package dev.culvert.ipsec.replay;

import static dev.culvert.ipsec.replay.ReplayWindow.Verdict.NEW;
import static dev.culvert.ipsec.replay.ReplayWindow.Verdict.REPLAYED;
import static dev.culvert.ipsec.replay.ReplayWindow.Verdict.TOO_OLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayWindowTest {
    private static final long TWO_32 = 1L << 32;

    @Test
    void takesEachNumberOnce() {
        ReplayWindow window = new ReplayWindow(32, false);
        assertThat(window.check(0)).isEqualTo(REPLAYED);
        for (long sequence : new long[] {1, 3, 2, 40, 9}) {
            assertThat(window.check(sequence)).isEqualTo(NEW);
            window.advance(sequence);
            assertThat(window.check(sequence)).isEqualTo(REPLAYED);
        }
        assertThat(window.check(8)).isEqualTo(TOO_OLD);
        assertThat(window.check(10)).isEqualTo(NEW);
        assertThat(window.highest()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 33, 63, 64, 65, 100, 128, 1024, 4095, 4096})
    void isExactlyAsWideAsItSays(int size) {
        ReplayWindow window = new ReplayWindow(size, false);
        long highest = 100_000;
        window.advance(highest);
        assertThat(window.check(highest - size)).isEqualTo(TOO_OLD);
        for (long sequence = highest - size + 1; sequence < highest; sequence++) {
            assertThat(window.check(sequence)).as("%d", sequence).isEqualTo(NEW);
            window.advance(sequence);
            assertThat(window.check(sequence)).as("%d", sequence).isEqualTo(REPLAYED);
        }
        assertThat(window.highest()).isEqualTo(highest);
    }

    @Test
    void forgetsEverythingAfterAJumpBeyondItself() {
        ReplayWindow window = new ReplayWindow(64, false);
        for (long sequence = 1; sequence <= 200; sequence++) {
            window.advance(sequence);
        }
        window.advance(1_000_000);
        for (long sequence = 1_000_000 - 63; sequence < 1_000_000; sequence++) {
            assertThat(window.check(sequence)).isEqualTo(NEW);
        }
    }

    @Test
    void worksAtTheEndOf32Bits() {
        ReplayWindow window = new ReplayWindow(32, false);
        window.advance(TWO_32 - 2);
        assertThat(window.check(window.sequence(-1))).isEqualTo(NEW);
        window.advance(window.sequence(-1));
        assertThat(window.highest()).isEqualTo(TWO_32 - 1);
        assertThat(window.check(window.sequence(0))).isEqualTo(REPLAYED);
        assertThat(window.check(window.sequence(1))).isEqualTo(TOO_OLD);
    }

    @Test
    void switchedOffTakesEverything() {
        ReplayWindow window = new ReplayWindow(0, false);
        assertThat(window.check(5)).isEqualTo(NEW);
        assertThat(window.advance(5)).isTrue();
        assertThat(window.check(5)).isEqualTo(NEW);
        assertThat(window.advance(5)).isFalse();
        assertThat(window.check(0)).isEqualTo(NEW);
    }

    @Test
    void line50_esnWithoutAWindowIsRejected() {
        assertThatThrownBy(() -> new ReplayWindow(0, true)).isInstanceOf(IllegalArgumentException.class);
    }

    /** RFC 4303 §A2.2: highest so far, low half received, the number meant; window 64. */
    @ParameterizedTest
    @CsvSource({
        "0x0,         0x1,        0x1",
        "0x0,         0xffffffff, -1",
        "0x3e,        0xffffffff, -1",
        "0x3f,        0xffffffff, 0xffffffff",
        "0xfffffff0,  0x5,        0x100000005",
        "0xfffffff0,  0xffffffb1, 0xffffffb1",
        "0xfffffff0,  0xffffffb0, 0x1ffffffb0",
        "0x100000005, 0xfffffff0, 0xfffffff0",
        "0x100000005, 0xffffffc6, 0xffffffc6",
        "0x100000005, 0xffffffc5, 0x1ffffffc5",
        "0x100000005, 0x0,        0x100000000",
        "0x10000003f, 0x0,        0x100000000",
        "0x100000040, 0x0,        0x200000000",
        "0x500000040, 0x80000000, 0x580000000",
    })
    void line49_reorderedAcross2To32GetsTheRightHighBits(String highest, String low, String expected) {
        ReplayWindow window = new ReplayWindow(64, true, Long.decode(highest));
        assertThat(window.sequence((int) (long) Long.decode(low))).isEqualTo(Long.decode(expected));
    }

    /** A million steps against a set of what was seen and a highest number. */
    @ParameterizedTest
    @CsvSource({
        "0,false",
        "32,false",
        "64,false",
        "100,false",
        "4096,false",
        "32,true",
        "64,true",
        "100,true",
        "1000,true",
        "4096,true"
    })
    void agreesWithANaiveModel(int size, boolean esn) {
        agreesWithANaiveModel(size, esn, 1_000_000);
    }

    /** Every size there is, with fewer steps, which still go around the window. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everySizeAgreesWithANaiveModel(boolean esn) {
        for (int size = 32; size <= 4096; size++) {
            agreesWithANaiveModel(size, esn, 500);
        }
    }

    private static void agreesWithANaiveModel(int size, boolean esn, int steps) {
        Random random = new Random(size * 2L + (esn ? 1 : 0));
        // Starts before 2^32 so that ESN crosses it; without ESN the numbers stay below.
        long start = esn ? TWO_32 - steps / 5 : 0;
        ReplayWindow window = new ReplayWindow(size, esn, start);
        NaiveWindow model = new NaiveWindow(size, start);
        for (int step = 0; step < steps; step++) {
            long sequence = Math.max(start == 0 ? 0 : 1, model.highest + distance(random, size));
            boolean authentic = random.nextInt(8) != 0;
            boolean inferable = model.highest - sequence < size;
            if (esn && inferable) {
                assertThat(window.sequence((int) sequence))
                        .as("step %d, %x after %x", step, sequence, model.highest)
                        .isEqualTo(sequence);
            }
            ReplayWindow.Verdict verdict = window.check(sequence);
            if (verdict != model.check(sequence)) {
                throw new AssertionError("step " + step + ": " + verdict + " for " + sequence + " after "
                        + model.highest + ", the model says " + model.check(sequence));
            }
            if (authentic && verdict == NEW) {
                assertThat(window.advance(sequence)).isEqualTo(sequence > model.highest);
                model.advance(sequence);
            }
            if (window.highest() != model.highest) {
                throw new AssertionError("step " + step + ": highest " + window.highest() + ", not " + model.highest);
            }
        }
    }

    /** Mostly the next number, often one in the window, sometimes left of it or a jump. */
    private static long distance(Random random, int size) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> 1;
            case 4, 5, 6 -> -random.nextInt(size + 1);
            case 7 -> -random.nextInt(2 * size + 100);
            case 8 -> random.nextInt(70);
            default -> random.nextInt(100) == 0 ? random.nextInt(3 * size + 64) : 2;
        };
    }

    private static final class NaiveWindow {
        private final int size;
        private final long start;
        private final Set<Long> seen = new HashSet<>();
        private final Deque<Long> order = new ArrayDeque<>();
        private long highest;

        NaiveWindow(int size, long start) {
            this.size = size;
            this.start = start;
            highest = start;
        }

        ReplayWindow.Verdict check(long sequence) {
            if (size == 0) {
                return NEW;
            }
            if (sequence == 0) {
                return REPLAYED;
            }
            if (sequence <= highest - size) {
                return TOO_OLD;
            }
            return sequence <= start || seen.contains(sequence) ? REPLAYED : NEW;
        }

        void advance(long sequence) {
            highest = Math.max(highest, sequence);
            seen.add(sequence);
            order.add(sequence);
            if (order.size() > 20_000) {
                seen.remove(order.poll());
            }
        }
    }
}

package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    /** RFC 1071 as it says: 16-bit words, carries added back, one at a time. */
    private static int naive(byte[] a, int offset, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += (a[offset + i] & 0xff) << 8 | (i + 1 < length ? a[offset + i + 1] & 0xff : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    /** RFC 1071 §3: the words 0001 f203 f4f5 f6f7 add up to ddf2. */
    @Test
    void theExampleOfRfc1071() {
        assertThat(Checksum.of(HexFormat.of().parseHex("0001f203f4f5f6f7"), 0, 8))
                .isEqualTo(~0xddf2 & 0xffff);
    }

    @Test
    void equalsTheNaiveSumAtEveryLengthAndOffset() {
        Random random = new Random(1071);
        byte[] a = new byte[400];
        for (int round = 0; round < 20; round++) {
            random.nextBytes(a);
            if (round == 0) {
                Arrays.fill(a, (byte) 0xff);
            }
            for (int length = 0; length < 130; length++) {
                int offset = random.nextInt(a.length - length);
                assertThat(Checksum.of(a, offset, length))
                        .as("%d bytes at %d", length, offset)
                        .isEqualTo(naive(a, offset, length));
            }
        }
    }

    @Test
    void theLongestPacketOfOnesFoldsRight() {
        byte[] a = new byte[65_535];
        Arrays.fill(a, (byte) 0xff);
        assertThat(Checksum.of(a, 0, a.length)).isEqualTo(naive(a, 0, a.length));
        assertThatThrownBy(() -> Checksum.of(a, 1, a.length)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void partialSumsOfEvenPartsAdd() {
        byte[] a = new byte[101];
        new Random(5).nextBytes(a);
        for (int cut = 0; cut <= 100; cut += 2) {
            assertThat(Checksum.finish(Checksum.partialSum(a, 0, cut) + Checksum.partialSum(a, cut, 101 - cut)))
                    .isEqualTo(naive(a, 0, 101));
        }
    }

    /** RFC 1624 §3: the incremental update, also where the older equation gives the other zero. */
    @Test
    void updatesAsIfComputedAnew() {
        assertThat(Checksum.update(0xdd2f, 0x5555, 0x3285)).as("RFC 1624 §4").isEqualTo(0x0000);
        Random random = new Random(1624);
        byte[] a = new byte[40];
        for (int round = 0; round < 10_000; round++) {
            random.nextBytes(a);
            int before = Checksum.of(a, 0, 40);
            int old = BigEndian.u16(a, 8);
            int fresh = random.nextInt(0x10000);
            BigEndian.putU16(a, 8, fresh);
            assertThat(Checksum.update(before, old, fresh)).isEqualTo(Checksum.of(a, 0, 40));
        }
    }
}

package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SecretBytesTest {
    @Test
    void closingZeroesTheArrayItTookOver() {
        byte[] bytes = {1, 2, 3};
        SecretBytes secret = SecretBytes.wrap(bytes);
        secret.close();
        secret.close();
        assertThat(bytes).containsOnly(0);
        assertThatThrownBy(secret::bytes).isInstanceOf(IllegalStateException.class);
        assertThat(secret.length()).isEqualTo(3);
    }

    @Test
    void copiesAndSlicesOutliveTheirOrigin() {
        byte[] bytes = {1, 2, 3};
        SecretBytes secret = SecretBytes.copyOf(bytes);
        SecretBytes slice = secret.slice(1, 2);
        SecretBytes copy = secret.copy();
        secret.close();
        assertThat(bytes).containsExactly(1, 2, 3);
        assertThat(slice.bytes()).containsExactly(2, 3);
        assertThat(copy.bytes()).containsExactly(1, 2, 3);
    }

    @Test
    void sliceChecksItsBounds() {
        SecretBytes secret = SecretBytes.wrap(new byte[4]);
        assertThat(secret.slice(4, 0).length()).isZero();
        for (int[] bad : new int[][] {{-1, 1}, {0, 5}, {5, 0}, {1, -1}, {1, Integer.MAX_VALUE}}) {
            assertThatThrownBy(() -> secret.slice(bad[0], bad[1])).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void isNeverPrinted() {
        assertThat(SecretBytes.wrap(new byte[] {0x5e, 0x5e})).hasToString("SecretBytes[2 octets]");
    }

    @Test
    void comparesItsOctets() {
        SecretBytes secret = SecretBytes.concat(new byte[] {1}, new byte[0], new byte[] {2, 3});
        assertThat(secret.constantTimeEquals(new byte[] {1, 2, 3})).isTrue();
        assertThat(secret.constantTimeEquals(new byte[] {1, 2, 4})).isFalse();
        assertThat(secret.constantTimeEquals(new byte[] {1, 2})).isFalse();
        assertThat(secret.constantTimeEquals(SecretBytes.empty())).isFalse();
    }

    @Test
    void seededRandomnessRepeatsAndSecureRandomnessDoesNot() {
        assertThat(RandomSource.seeded(1).bytes(32))
                .isEqualTo(RandomSource.seeded(1).bytes(32))
                .isNotEqualTo(RandomSource.seeded(2).bytes(32));
        assertThat(RandomSource.secure().bytes(32))
                .isNotEqualTo(RandomSource.secure().bytes(32));
        RandomSource counting = target -> {
            for (int i = 0; i < target.length; i++) {
                target[i] = (byte) (0xf0 + i);
            }
        };
        assertThat(counting.nextInt()).isEqualTo(0xf0f1f2f3);
        assertThat(counting.nextLong()).isEqualTo(0xf0f1f2f3_f0f1f2f3L);
    }
}

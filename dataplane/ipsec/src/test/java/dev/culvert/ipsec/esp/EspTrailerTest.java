package dev.culvert.ipsec.esp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EspTrailerTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void endsOnTheBlockAndReadsBack(int block) {
        for (int payload = 0; payload < 100; payload++) {
            byte[] a = new byte[200];
            int trailer = EspTrailer.append(a, 10 + payload, payload, block, 4);
            assertThat((payload + trailer) % block).isZero();
            assertThat(trailer).isBetween(EspTrailer.LENGTH, EspTrailer.LENGTH + block - 1);
            assertThat(EspTrailer.payloadLength(a, 10, payload + trailer)).isEqualTo(payload);
            assertThat(EspTrailer.nextHeader(a, 10, payload + trailer)).isEqualTo(4);
        }
    }

    /** RFC 4303 §2.4: up to 255 bytes of padding, more than any alignment needs. */
    @Test
    void takesTheLongestPadding() {
        byte[] a = new byte[300];
        for (int i = 0; i < 255; i++) {
            a[3 + i] = (byte) (i + 1);
        }
        a[258] = (byte) 255;
        a[259] = 4;
        assertThat(EspTrailer.payloadLength(a, 0, 260)).isEqualTo(3);
    }

    @Test
    void refusesPaddingThatIsLongerThanThePlaintextOrNotTheDefault() {
        byte[] a = {9, 1, 2, 3, 3, 4};
        assertThat(EspTrailer.payloadLength(a, 0, 6)).isEqualTo(1);
        for (int i = 1; i <= 3; i++) {
            byte[] wrong = a.clone();
            wrong[i] ^= (byte) 0x80;
            assertThat(EspTrailer.payloadLength(wrong, 0, 6)).isEqualTo(EspTrailer.MALFORMED);
        }
        for (int padding = 5; padding <= 255; padding++) {
            a[4] = (byte) padding;
            assertThat(EspTrailer.payloadLength(a, 0, 6)).isEqualTo(EspTrailer.MALFORMED);
        }
        assertThat(EspTrailer.payloadLength(a, 0, 1)).isEqualTo(EspTrailer.MALFORMED);
        assertThat(EspTrailer.payloadLength(a, 0, 0)).isEqualTo(EspTrailer.MALFORMED);
    }
}

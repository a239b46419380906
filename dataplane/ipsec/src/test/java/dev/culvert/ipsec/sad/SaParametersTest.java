package dev.culvert.ipsec.sad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaParametersTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255})
    void line54_reservedSpisAreNeverInstalled(int spi) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SaBuilder().spis(spi, 0x2001).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SaBuilder().spis(0x1001, spi).build());
    }

    @Test
    void spisAreUnsigned() {
        assertThatNoException()
                .isThrownBy(() -> new SaBuilder().spis(0x80000000, -1).build());
    }

    @Test
    void line50_esnWithReplayWindow0IsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SaBuilder()
                        .suiteOf("aes128gcm16-esn")
                        .replayWindow(0)
                        .build())
                .withMessageContaining("extended sequence numbers");
        assertThatNoException().isThrownBy(() -> new SaBuilder().replayWindow(0).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 31, 4097})
    void replayWindowsAre32To4096(int window) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SaBuilder().replayWindow(window).build());
    }

    @Test
    void anSaHasSelectors() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SaBuilder()
                        .selectors(List.of(), SaBuilder.RIGHT_NETWORKS)
                        .build());
    }

    @Test
    void keysAreNotPrinted() {
        assertThat(new SaBuilder().build().toString()).contains("SecretBytes[20 octets]");
    }
}

package dev.culvert.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "4h,PT4H",
        "1h30m,PT1H30M",
        "10s,PT10S",
        "500ms,PT0.5S",
        "0s,PT0S",
        "1h1m1s1ms,PT1H1M1.001S",
        "99999h,PT99999H",
        "1m1m,PT2M"
    })
    void readsKubernetesDurations(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4", "h", "4 h", "1.5h", "-1h", "1d", "4H", "100000h", "1h1h1h1h1h", "1h\n", "PT1H"})
    void refusesOthersSayingWhatIsAllowed(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not a duration; allowed: numbers with h, m, s or ms, such as 1h30m");
    }
}

package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    /** The IPv6 ones with the examples of RFC 5952 §4 and of RFC 4291 §2.2. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8::ABCD, 2001:db8::abcd",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "::ffff:192.0.2.1, 192.0.2.1"
    })
    void readsAndPrintsCanonically(String text, String canonical) {
        assertThat(IpAddress.parse(text)).hasToString(canonical);
        assertThat(IpAddress.parse(canonical)).isEqualTo(IpAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "10.1",
                "10.0.1",
                "010.0.0.1",
                "10.0.0.256",
                "10.0.0.1.",
                "10.0.0.1 ",
                "gateway.example",
                "fe80::1%1",
                "[2001:db8::1]",
                "2001:db8::1::",
                "2001:db8"
            })
    void refusesWhatIsNoPlainLiteral(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/",
                "10.0.0.0/-0",
                "10.0.0.0/+8",
                "10.0.0.0/08",
                "10.0.0.0/33",
                "10.0.0.1/8",
                "10/8",
                "::/129"
            })
    void refusesWhatIsNoPrefix(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse(text));
    }
}

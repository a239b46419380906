package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Text that a user or a resource holds: refused with {@link IllegalArgumentException} or read, printed, read the same. */
class AddressFuzzTest {
    @FuzzTest
    void address(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        IpAddress address;
        try {
            address = IpAddress.parse(text);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
        assertThat(IpAddress.of(address.toBytes())).isEqualTo(address);
    }

    @FuzzTest
    void prefix(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        IpPrefix prefix;
        try {
            prefix = IpPrefix.parse(text);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(IpPrefix.parse(prefix.toString())).isEqualTo(prefix);
        assertThat(prefix.contains(prefix.first())).isTrue();
        assertThat(prefix.contains(prefix.last())).isTrue();
    }

    @FuzzTest
    void trafficSelector(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        TrafficSelector selector;
        try {
            selector = TrafficSelector.parse(text);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(selector.toPrefixes())
                .singleElement()
                .extracting(TrafficSelector::of)
                .isEqualTo(selector);
        assertThat(selector.contains(selector)).isTrue();
    }
}

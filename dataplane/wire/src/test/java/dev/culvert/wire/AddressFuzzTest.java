package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;

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

    /** An address range such as a peer may send: 2 × 4 or 2 × 16 octets. */
    @FuzzTest
    void range(byte[] octets) {
        int version = octets.length < 32 ? 4 : 6;
        WireReader in = WireReader.of(octets);
        IpAddress one = in.address(version);
        IpAddress other = in.address(version);
        if (in.overran()) {
            return;
        }
        IpAddress start = one.compareTo(other) <= 0 ? one : other;
        IpAddress end = start.equals(one) ? other : one;
        List<IpPrefix> prefixes = new TrafficSelector(0, 0, 0xffff, start, end).toPrefixes();
        assertThat(prefixes).hasSizeBetween(1, version == 4 ? 62 : 254);
        assertThat(prefixes.getFirst().first()).isEqualTo(start);
        assertThat(prefixes.getLast().last()).isEqualTo(end);
        for (int i = 1; i < prefixes.size(); i++) {
            IpPrefix before = prefixes.get(i - 1);
            assertThat(before.last()).isLessThan(prefixes.get(i).first());
            assertThat(new BigInteger(1, prefixes.get(i).first().toBytes()))
                    .isEqualTo(new BigInteger(1, before.last().toBytes()).add(BigInteger.ONE));
        }
    }
}

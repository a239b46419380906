package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranges come from peers: they are cut into few networks, and quickly. */
class TrafficSelectorPrefixesTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 255.255.255.255, 0.0.0.0/0",
        "10.0.0.0, 10.0.0.0, 10.0.0.0/32",
        "10.0.0.0, 10.0.0.255, 10.0.0.0/24",
        "10.0.0.1, 10.0.0.6, 10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32",
        "10.0.0.0, 10.0.2.255, 10.0.0.0/23 10.0.2.0/24",
        "255.255.255.254, 255.255.255.255, 255.255.255.254/31",
        "0.0.0.0, 0.0.0.2, 0.0.0.0/31 0.0.0.2/32",
        "::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ::/0",
        "2001:db8::, 2001:db8::ffff:ffff:ffff:ffff, 2001:db8::/64",
        "2001:db8:0:0:ffff:ffff:ffff:ffff, 2001:db8:0:1::, 2001:db8::ffff:ffff:ffff:ffff/128 2001:db8:0:1::/128"
    })
    void cutsRangesIntoTheFewestNetworks(String start, String end, String prefixes) {
        assertThat(range(start, end).toPrefixes().stream()
                        .map(IpPrefix::toString)
                        .collect(Collectors.joining(" ")))
                .isEqualTo(prefixes);
    }

    @Test
    void worstRangesHave62And254Networks() {
        List<IpPrefix> v4 = range("0.0.0.1", "255.255.255.254").toPrefixes();
        List<IpPrefix> v6 =
                range("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe").toPrefixes();
        assertThat(v4).hasSize(62);
        assertThat(v6).hasSize(254);
        assertThat(v6.getLast().last()).hasToString("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
    }

    @Test
    void printsOneNetworkAsSuchAndOthersAsRange() {
        assertThat(range("10.0.0.0", "10.255.255.255")).hasToString("10.0.0.0/8");
        assertThat(range("10.0.0.1", "10.0.0.6")).hasToString("10.0.0.1-10.0.0.6");
    }

    private static TrafficSelector range(String start, String end) {
        return new TrafficSelector(0, 0, 0xffff, IpAddress.parse(start), IpAddress.parse(end));
    }
}

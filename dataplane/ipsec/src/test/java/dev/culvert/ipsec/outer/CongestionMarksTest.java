package dev.culvert.ipsec.outer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CongestionMarksTest {
    /** RFC 6040 §4.2, figure 4: the outgoing header by those that arrive; 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0", "0, 2, 0", "0, 1, 0", "0, 3, drop",
        "2, 0, 2", "2, 2, 2", "2, 1, 1", "2, 3, 3",
        "1, 0, 1", "1, 2, 1", "1, 1, 1", "1, 3, 3",
        "3, 0, 3", "3, 2, 3", "3, 1, 3", "3, 3, 3",
    })
    void combinesAsTheTableSays(int inner, int outer, String result) {
        byte[] v4 = new byte[20];
        Ipv4Header.write(v4, 0, 20, 59, 0x0a010005, 0x0a020009);
        Ipv4Header.tos(v4, 0, 0xb8 | inner);
        Ipv4Header.fillChecksum(v4, 0);
        byte[] v6 = new byte[40];
        Ipv6Header.write(v6, 0, 0, 59, IpAddress.ANY_V6, IpAddress.ANY_V6);
        Ipv6Header.trafficClass(v6, 0, 0xb8 | inner);

        boolean kept = CongestionMarks.decapsulate(v4, 0, 0x28 | outer);
        assertThat(CongestionMarks.decapsulate(v6, 0, 0x28 | outer)).isEqualTo(kept);
        assertThat(kept).isEqualTo(!result.equals("drop"));
        if (kept) {
            assertThat(Ipv4Header.tos(v4, 0)).as("with the inner DSCP").isEqualTo(0xb8 | Integer.parseInt(result));
            assertThat(Ipv6Header.trafficClass(v6, 0)).isEqualTo(0xb8 | Integer.parseInt(result));
            assertThat(Ipv4Header.checksumIsRight(v4, 0)).isTrue();
        }
    }
}

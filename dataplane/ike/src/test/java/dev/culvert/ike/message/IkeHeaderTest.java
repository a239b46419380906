package dev.culvert.ike.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The header as octets and as a value, both ways, after the diagram of RFC 7296 §3.1. */
class IkeHeaderTest {
    private static final String SPIS = "0102030405060708" + "1112131415161718";

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of("2e202308 00000001", header(2, 0, 35, true, false, false, 1)),
                Arguments.of("2e202320 ffffffff", header(2, 0, 35, false, false, true, -1)),
                Arguments.of("00212510 80000000", header(2, 1, 37, false, true, false, Integer.MIN_VALUE)),
                Arguments.of("002ff038 00000000", header(2, 15, 240, true, true, true, 0)),
                Arguments.of("00f00000 00000000", header(15, 0, 0, false, false, false, 0)));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void bothWays(String fromNextPayloadToMessageId, IkeHeader header) {
        byte[] octets = Messages.hex(SPIS + fromNextPayloadToMessageId + "0000001c");
        assertThat(IkeHeader.parse(octets)).isEqualTo(header);
        assertThat(IkeHeader.length(octets)).isEqualTo(IkeHeader.LENGTH);
        byte[] written = IkeMessage.of(header).encode();
        octets[16] = 0;
        assertThat(written).isEqualTo(octets);
    }

    @Test
    void firstPayloadIsNamed() {
        byte[] octets = Messages.hex(SPIS + "2e202308 00000001 0000001c");
        assertThat(IkeHeader.nextPayload(octets)).isEqualTo(PayloadType.SK.id());
    }

    /** RFC 7296 §3.1: reserved bits are ignored. */
    @Test
    void reservedFlagsAreIgnored() {
        byte[] octets = Messages.hex(SPIS + "002023c7 00000001 0000001c");
        assertThat(IkeHeader.parse(octets)).isEqualTo(header(2, 0, 35, false, false, false, 1));
    }

    private static IkeHeader header(
            int major, int minor, int exchange, boolean initiator, boolean version, boolean response, int messageId) {
        return new IkeHeader(
                Messages.SPI_I, Messages.SPI_R, major, minor, exchange, initiator, version, response, messageId);
    }
}

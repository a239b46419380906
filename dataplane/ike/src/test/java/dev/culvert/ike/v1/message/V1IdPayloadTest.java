package dev.culvert.ike.v1.message;

import static dev.culvert.ike.v1.message.V1Messages.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The identities of quick mode (RFC 2407 §4.6.2). */
class V1IdPayloadTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 4, 0a010000ffff0000",
        "0.0.0.0/0, 4, 0000000000000000",
        "192.0.2.7/32, 1, c0000207",
        "2001:db8::/32, 6, 20010db8000000000000000000000000ffffffff000000000000000000000000",
        "2001:db8::1/128, 5, 20010db8000000000000000000000001",
    })
    void networksAndAddresses(String network, int type, String data) {
        IdPayload id = IdPayload.of(TrafficSelector.parse(network));
        assertThat(id).isEqualTo(IdPayload.of(type, bytes(data)));
        assertThat(id.selector()).contains(TrafficSelector.parse(network));
    }

    @Test
    void rangeWithProtocolAndPort() {
        TrafficSelector selector =
                new TrafficSelector(17, 53, 53, IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.6"));
        IdPayload id = IdPayload.of(selector);
        assertThat(id).isEqualTo(new IdPayload(7, 17, 53, bytes("0a0000010a000006")));
        assertThat(id.selector()).contains(selector);
    }

    @Test
    void rangesOfPortsCannotBeSaid() {
        TrafficSelector ports =
                new TrafficSelector(6, 80, 90, IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.1"));
        assertThatThrownBy(() -> IdPayload.of(ports)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A mask with holes, a range that ends before it starts, names: no traffic at all, rather than some. */
    @ParameterizedTest
    @CsvSource({"4, 0a000000ff00ff00", "7, 0a0000020a000001", "2, 6578616d706c65", "9, 3000", "11, 0a000001", "200, 00"
    })
    void line45_identityOfTheWrongTypeNamesNoTraffic(int type, String data) {
        assertThat(IdPayload.of(type, bytes(data)).selector()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01000000 0a0000",
                "04000000 0a000000ff0000",
                "05000000 0a000001",
                "06000000",
                "07000000 0a000001"
            })
    void line45_identityOfTheWrongLengthIsRefused(String body) {
        assertThat(V1Message.decode(V1Messages.withBody(PayloadType.ID.id(), bytes(body))))
                .isInstanceOfSatisfying(
                        V1Problem.class,
                        problem -> assertThat(problem.answer()).isEqualTo(NotifyType.INVALID_ID_INFORMATION));
    }
}

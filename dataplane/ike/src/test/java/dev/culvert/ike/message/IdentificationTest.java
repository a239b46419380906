package dev.culvert.ike.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.IpAddress;
import org.junit.jupiter.api.Test;

class IdentificationTest {
    @Test
    void printsForPeople() {
        assertThat(Identification.ofAddress(IpAddress.parse("192.0.2.1"))).hasToString("192.0.2.1");
        assertThat(Identification.ofFqdn("gw.example")).hasToString("gw.example");
        assertThat(Identification.ofKeyId(Bytes.ofHex("0a0b"))).hasToString("KEY_ID:0a0b");
        assertThat(new Identification(200, Bytes.ofHex("0a"))).hasToString("ID type 200:0a");
    }

    /** A peer chooses these octets: they must not break a log line. */
    @Test
    void escapesWhatCouldBreakALogLine() {
        assertThat(Identification.ofFqdn("a\n\u001b[31mb\\")).hasToString("a\\u000a\\u001b[31mb\\u005c");
        assertThat(Identification.of(IdType.FQDN, Bytes.ofHex("ff"))).hasToString("\\ufffd");
    }

    /** RFC 7296 §2.15: AUTH covers the reserved bits as they came. */
    @Test
    void restOfPayloadKeepsReservedBits() {
        IdiPayload idi = new IdiPayload(Identification.ofKeyId(Bytes.ofHex("ff")), 0x010203);
        assertThat(idi.restOfPayload()).isEqualTo(Bytes.ofHex("0b010203ff"));
    }

    @Test
    void equalByTypeAndOctets() {
        assertThat(Identification.ofFqdn("a")).isEqualTo(Identification.ofFqdn("a"));
        assertThat(Identification.ofFqdn("a")).isNotEqualTo(Identification.ofEmail("a"));
    }
}

package dev.culvert.ipsec.mtu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.sad.SaBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectiveMtuTest {
    /** By hand: outer IP, UDP 8, ESP 8, IV, ICV; then down to the block; then 2 for the trailer. */
    @ParameterizedTest
    @CsvSource({
        "aes128gcm16,      4, 1500, 1438",
        "aes256gcm16,      4, 1400, 1338",
        "aes256gcm16,      6, 1500, 1418",
        "chacha20poly1305, 4, 1500, 1438",
        "aes128-sha1,      4, 1500, 1422",
        "aes128-sha256,    4, 1500, 1422",
        "aes256-sha384,    4, 1500, 1422",
        "aes256-sha512,    4, 1500, 1406",
        "aes128-sha256,    6, 1500, 1406",
        "aes128-sha256,    4, 1492, 1422",
        "aes128-sha256,    4, 1491, 1406",
        "aes128ctr-sha256, 4, 1500, 1438",
        "aes256ccm8,       4, 1500, 1446",
        "aes256ccm12,      4, 1500, 1442",
        "aes128gmac,       4, 1500, 1438",
        "3des-sha1,        4, 1500, 1438",
        "null-sha256,      4, 1500, 1446",
        "null-aesxcbc,     4, 1500, 1450",
        "aes128gcm16,      4, 40,   0",
    })
    void followsFromTheSuite(String keywords, int outerVersion, int outerMtu, int expected) {
        assertThat(EffectiveMtu.udpEncapsulated(SaBuilder.suite(keywords), outerVersion, outerMtu))
                .isEqualTo(expected);
    }
}

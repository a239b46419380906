package dev.culvert.ipsec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.wire.TrafficSelector;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packets of another implementation: scapy/generate.py says how they were made. */
class ScapyTest {
    private static final HexFormat HEX = HexFormat.of();

    record Packet(String suite, int spi, long sequence, String key, String integrityKey, String inner, String esp) {
        static Packet parse(String line) {
            String[] fields = line.split(" ", -1);
            return new Packet(
                    fields[0],
                    HexFormat.fromHexDigits(fields[1]),
                    HexFormat.fromHexDigitsToLong(fields[2]),
                    fields[3],
                    fields[4].equals("-") ? "" : fields[4],
                    fields[5],
                    fields[6]);
        }

        SaBuilder pair() {
            return new SaBuilder().suiteOf(suite).spis(spi, spi).keys(HEX.parseHex(key), HEX.parseHex(integrityKey));
        }

        @Override
        public String toString() {
            return suite + " " + sequence;
        }
    }

    static List<Packet> packets() throws IOException {
        try (InputStream in = Objects.requireNonNull(ScapyTest.class.getResourceAsStream("scapy/esp-packets.txt"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(Packet::parse)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("packets")
    void opensWhatScapySealed(Packet packet) {
        Gateway gateway = new Gateway();
        gateway.dataPath.install(SaBuilder.inProgress(packet.pair().build(), 0, packet.sequence() - 1));
        gateway.receive(HEX.parseHex(packet.esp()));
        assertThat(gateway.drops()).isEmpty();
        assertThat(gateway.toTun).containsExactly(HEX.parseHex(packet.inner()));
    }

    /** AEADs only: the IV of CBC is random. */
    @ParameterizedTest
    @MethodSource("packets")
    void sealsAsScapyDoes(Packet packet) {
        if (!packet.integrityKey().isEmpty()) {
            return;
        }
        Gateway gateway = Gateway.right();
        gateway.dataPath.install(SaBuilder.inProgress(packet.pair().mirrored(), packet.sequence() - 1, 0));
        assertThat(gateway.seal(HEX.parseHex(packet.inner()))).isEqualTo(HEX.parseHex(packet.esp()));
    }

    /** RFC 7634 appendix A: a ping of 84 bytes in tunnel mode, sequence number 5. */
    @Test
    void opensTheExampleOfRfc7634() {
        Gateway gateway = new Gateway();
        gateway.dataPath.install(
                new SaBuilder()
                        .suiteOf("chacha20poly1305")
                        .spis(0x01020304, 0x01020304)
                        .keys(
                                HEX.parseHex(
                                        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3"),
                                new byte[0])
                        .selectors(
                                List.of(TrafficSelector.parse("192.0.2.5")),
                                List.of(TrafficSelector.parse("198.51.100.5")))
                        .build(),
                0);
        gateway.receive(HEX.parseHex("0102030400000005" + "1011121314151617"
                + "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099"
                + "d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b50"
                + "2773f6fb94e664da9165b82829f641e076aaa8266b7fb0f7b11b369907e1ad43"));
        assertThat(gateway.drops()).isEmpty();
        assertThat(gateway.toTun)
                .containsExactly(HEX.parseHex("45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec10"
                        + "0007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b"
                        + "2c2d2e2f3031323334353637"));
    }
}

package dev.culvert.ipsec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.UdpAddress;
import dev.culvert.wire.UdpHeader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole IP packets of another implementation: scapy/generate-ip.py says how they were made. */
class ScapyIpTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final UdpAddress LEFT6 = UdpAddress.of("2001:db8::1", 4500);
    private static final UdpAddress RIGHT6 = UdpAddress.of("2001:db8::2", 4500);

    record Packet(
            SaMode mode,
            boolean udp,
            String suite,
            int spi,
            long sequence,
            String key,
            String integrityKey,
            String before,
            String wire) {
        static Packet parse(String line) {
            String[] fields = line.split(" ", -1);
            return new Packet(
                    fields[0].equals("tunnel") ? SaMode.TUNNEL : SaMode.TRANSPORT,
                    fields[1].equals("udp"),
                    fields[2],
                    HexFormat.fromHexDigits(fields[3]),
                    HexFormat.fromHexDigitsToLong(fields[4]),
                    fields[5].equals("-") ? "" : fields[5],
                    fields[6].equals("-") ? "" : fields[6],
                    fields[7],
                    fields[8]);
        }

        SaBuilder pair() {
            SaBuilder pair = (isAh() ? new SaBuilder().ah(suite) : new SaBuilder().suiteOf(suite))
                    .spis(spi, spi)
                    .keys(HEX.parseHex(key), HEX.parseHex(integrityKey));
            if (wire.startsWith("6")) {
                pair.outer(LEFT6, RIGHT6);
            }
            if (mode == SaMode.TRANSPORT) {
                pair.transport();
            }
            return udp ? pair : pair.raw();
        }

        private boolean isAh() {
            return suite.startsWith("sha");
        }

        /** What a raw socket sees, or what a UDP socket leaves of it. */
        byte[] received() {
            byte[] whole = HEX.parseHex(wire);
            return udp ? Arrays.copyOfRange(whole, Ipv4Header.MINIMUM_LENGTH + UdpHeader.LENGTH, whole.length) : whole;
        }

        /** Nothing in it is random. */
        boolean isReproducible() {
            return integrityKey.isEmpty() || key.isEmpty();
        }

        @Override
        public String toString() {
            return (udp ? "udp" : "native") + " " + mode + " " + suite + " IPv" + before.charAt(0) + " in IPv"
                    + wire.charAt(0) + " " + before.length();
        }
    }

    static List<Packet> packets() throws IOException {
        try (InputStream in = Objects.requireNonNull(ScapyIpTest.class.getResourceAsStream("scapy/ip-packets.txt"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(Packet::parse)
                    .toList();
        }
    }

    static Stream<Packet> reproducible() throws IOException {
        return packets().stream().filter(Packet::isReproducible);
    }

    @ParameterizedTest
    @MethodSource("packets")
    void opensWhatScapySealed(Packet packet) {
        Gateway gateway = new Gateway();
        gateway.dataPath.install(SaBuilder.inProgress(packet.pair().build(), 0, packet.sequence() - 1));
        if (packet.udp()) {
            gateway.receive(packet.received());
        } else {
            gateway.receiveRaw(packet.received());
        }
        assertThat(gateway.drops()).isEmpty();
        assertThat(gateway.toTun).hasSize(1);
        byte[] before = HEX.parseHex(packet.before());
        if (packet.udp() && packet.mode() == SaMode.TRANSPORT) {
            // The header is the UDP socket's, which keeps neither identification, TTL nor, in this test, DSCP.
            int header = Ipv4Header.MINIMUM_LENGTH;
            assertThat(Arrays.copyOfRange(gateway.toTun.getFirst(), header, before.length))
                    .isEqualTo(Arrays.copyOfRange(before, header, before.length));
            assertThat(Ipv4Header.protocol(gateway.toTun.getFirst(), 0)).isEqualTo(Ipv4Header.protocol(before, 0));
            assertThat(Ipv4Header.source(gateway.toTun.getFirst(), 0)).isEqualTo(Ipv4Header.source(before, 0));
            assertThat(Ipv4Header.checksumIsRight(gateway.toTun.getFirst(), 0)).isTrue();
        } else {
            assertThat(gateway.toTun).containsExactly(before);
        }
    }

    @ParameterizedTest
    @MethodSource("reproducible")
    void sealsAsScapyDoes(Packet packet) {
        Gateway gateway = packet.mode() == SaMode.TUNNEL
                ? Gateway.right()
                : new Gateway()
                        .protecting(
                                packet.pair().mirrored().local(),
                                packet.pair().mirrored().remote());
        gateway.dataPath.install(SaBuilder.inProgress(packet.pair().mirrored(), packet.sequence() - 1, 0));
        gateway.send(HEX.parseHex(packet.before()));
        assertThat(gateway.drops()).isEmpty();
        assertThat(gateway.toUdp).containsExactly(packet.received());
        assertThat(gateway.destinations.getFirst().port()).isEqualTo(packet.udp() ? 4500 : 0);
    }
}

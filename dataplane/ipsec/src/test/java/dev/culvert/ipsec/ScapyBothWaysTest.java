package dev.culvert.ipsec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scapy opens what we seal and we open what scapy seals: ESP and AH, in tunnel and transport mode, over IPv4 and IPv6, native
 * and in UDP, in every suite that scapy has. AH does not go in UDP. One scapy/both-ways.py, of Debian's python3-scapy, for all.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScapyBothWaysTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int SPI = 0xc0de0001;
    private static final UdpAddress LEFT6 = UdpAddress.of("2001:db8::1", 4500);
    private static final UdpAddress RIGHT6 = UdpAddress.of("2001:db8::2", 4500);

    /** Scapy 2.5.0 lacks AES-GMAC, short ICVs of AES-GCM, AES-XCBC and the 96 bits of HMAC-SHA2-256: a Linux kernel has them. */
    private static final List<String> ESP = List.of(
            "aes128gcm16",
            "aes192gcm16",
            "aes256gcm16",
            "aes128ccm8",
            "aes192ccm12",
            "aes256ccm16",
            "aes128ccm16",
            "aes256ccm8",
            "chacha20poly1305",
            "aes128-sha1",
            "aes128-sha256",
            "aes192-sha384",
            "aes256-sha512",
            "aes256-aescmac",
            "aes128ctr-aescmac",
            "aes192ctr-sha1",
            "aes256ctr-sha256",
            "aes256ctr-sha512",
            "3des-sha1",
            "3des-sha256",
            "null-sha1",
            "null-sha256",
            "null-sha384",
            "null-sha512",
            "null-aescmac");

    private static final List<String> AH = List.of("sha1", "sha256", "sha384", "sha512", "aescmac");

    /** One packet, and what became of it here and there. */
    private record Case(String suite, boolean ah, SaMode mode, boolean udp, int outer, String before) {
        SaBuilder pair() {
            SaBuilder pair = ah ? new SaBuilder().ah(suite) : new SaBuilder().suiteOf(suite);
            pair.spis(SPI, SPI).keys(key(true), key(false));
            if (outer == 6) {
                pair.outer(LEFT6, RIGHT6);
            }
            if (mode == SaMode.TRANSPORT) {
                pair.transport();
            }
            return udp ? pair : pair.raw();
        }

        private byte[] key(boolean encryption) {
            SaParameters sizes = (ah ? new SaBuilder().ah(suite) : new SaBuilder().suiteOf(suite)).build();
            byte[] key = new byte
                    [encryption
                            ? sizes.suite().encryptionKeyLength()
                            : sizes.suite().integrityKeyLength()];
            new Random(suite.hashCode() + (encryption ? 1 : 0)).nextBytes(key);
            return key;
        }

        /** With ESN one whose upper half is not zero. */
        long sequence() {
            return suite.endsWith("-esn") ? 0x1_0000_0005L : 5;
        }

        byte[] sealed() {
            SaParameters parameters = pair().build();
            Gateway left = new Gateway().protecting(parameters.local(), parameters.remote());
            left.dataPath.install(SaBuilder.inProgress(parameters, sequence() - 1, 0));
            left.send(HEX.parseHex(before));
            assertThat(left.drops()).as("%s", this).isEmpty();
            return left.toUdp.getLast();
        }

        String opened(String scapys) {
            Gateway right = new Gateway();
            right.dataPath.install(SaBuilder.inProgress(pair().mirrored(), 0, sequence() - 1));
            if (udp) {
                right.receiveFrom(outer == 6 ? LEFT6 : SaBuilder.LEFT, HEX.parseHex(scapys));
            } else {
                right.receiveRaw(HEX.parseHex(scapys));
            }
            assertThat(right.drops()).as("%s", this).isEmpty();
            assertThat(right.toTun).as("%s", this).hasSize(1);
            return HEX.formatHex(right.toTun.getFirst());
        }

        /** In UDP the outer header is the socket's, which keeps of one in transport mode neither identification nor TTL. */
        String comparable(String packet) {
            int header = outer == 4 ? 20 : 40;
            return udp && mode == SaMode.TRANSPORT && packet.length() > 2 * header
                    ? packet.substring(2 * header)
                    : packet;
        }

        String line() {
            return String.join(
                    " ",
                    suite,
                    mode == SaMode.TUNNEL ? "tunnel" : "transport",
                    udp ? "udp" : "native",
                    Integer.toString(outer),
                    HEX.toHexDigits(SPI),
                    HEX.toHexDigits(sequence()),
                    orDash(key(true)),
                    orDash(key(false)),
                    before,
                    HEX.formatHex(sealed()));
        }

        private static String orDash(byte[] key) {
            return key.length == 0 ? "-" : HEX.formatHex(key);
        }

        @Override
        public String toString() {
            return (ah ? "AH " : "ESP ") + suite + " " + mode + (udp ? " in UDP" : "") + " over IPv" + outer + ", "
                    + before.length() / 2 + " octets of IPv" + before.charAt(0);
        }
    }

    /** Scapy's word for a case. */
    private record Answer(Case given, String opened, String sealed) {}

    @TempDir
    private static Path directory = Path.of("");

    private List<Answer> answers = List.of();

    @BeforeAll
    void askScapy() throws IOException, URISyntaxException, InterruptedException {
        List<Case> cases = suites().flatMap(ScapyBothWaysTest::casesOf).toList();
        Path script = Path.of(Objects.requireNonNull(getClass().getResource("scapy/both-ways.py"))
                .toURI());
        Path questions = directory.resolve("questions");
        Files.write(questions, cases.stream().map(Case::line).toList(), US_ASCII);
        Path said = directory.resolve("answers");
        Path complaints = directory.resolve("complaints");
        // Debian's Python, which has Debian's scapy
        Process scapy = new ProcessBuilder("/usr/bin/python3", script.toString())
                .redirectInput(questions.toFile())
                .redirectOutput(said.toFile())
                .redirectError(complaints.toFile())
                .start();
        assertThat(scapy.waitFor())
                .as(
                        "exit status of scapy; without it: apt-get install python3-scapy; it said %s",
                        Files.readString(complaints))
                .isZero();
        List<String> lines = Files.readAllLines(said, US_ASCII);
        assertThat(lines).hasSameSizeAs(cases);
        List<Answer> read = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String[] parts = lines.get(i).split(" ", -1);
            read.add(new Answer(cases.get(i), parts[0], parts[1]));
        }
        answers = read;
    }

    static Stream<String> suites() {
        return Stream.concat(ESP.stream(), AH.stream().map(suite -> "ah:" + suite))
                .flatMap(suite -> Stream.of(suite, suite + "-esn"));
    }

    @ParameterizedTest
    @MethodSource("suites")
    void scapyOpensWhatWeSeal(String suite) {
        for (Answer answer : of(suite)) {
            assertThat(answer.given().comparable(answer.opened()))
                    .as("%s", answer.given())
                    .isEqualTo(answer.given().comparable(answer.given().before()));
        }
    }

    @ParameterizedTest
    @MethodSource("suites")
    void weOpenWhatScapySeals(String suite) {
        for (Answer answer : of(suite)) {
            String opened = answer.given().opened(answer.sealed());
            assertThat(answer.given().comparable(opened))
                    .as("%s", answer.given())
                    .isEqualTo(answer.given().comparable(answer.given().before()));
        }
    }

    /** Two modes, two carriers (of AH one), and in tunnel mode four pairs of IP versions, in transport mode two. */
    @Test
    void nothingIsMissing() {
        assertThat(answers).hasSize(2 * ESP.size() * 2 * 6 + 2 * AH.size() * 6);
        assertThat(answers.stream()
                        .map(a -> a.given().toString().replaceAll(", \\d+ octets", ""))
                        .collect(Collectors.toSet()))
                .hasSameSizeAs(answers);
    }

    private List<Answer> of(String suite) {
        List<Answer> found = answers.stream()
                .filter(a ->
                        suite.equals((a.given().ah() ? "ah:" : "") + a.given().suite()))
                .toList();
        assertThat(found).hasSizeGreaterThanOrEqualTo(6);
        return found;
    }

    private static Stream<Case> casesOf(String suite) {
        boolean ah = suite.startsWith("ah:");
        String keywords = suite.substring(ah ? 3 : 0);
        List<Case> cases = new ArrayList<>();
        for (boolean udp : ah ? new boolean[] {false} : new boolean[] {false, true}) {
            for (int outer : new int[] {4, 6}) {
                for (int inner : new int[] {4, 6}) {
                    // every remainder of a block of sixteen octets has its turn
                    byte[] payload = Inner.pattern(1 + Math.floorMod(cases.size() + keywords.hashCode(), 128));
                    UdpAddress from = inner == 4 ? UdpAddress.of("10.1.0.5", 7) : new UdpAddress(Inner.LEFT_HOST6, 7);
                    UdpAddress to = inner == 4 ? UdpAddress.of("10.2.0.9", 8) : new UdpAddress(Inner.RIGHT_HOST6, 8);
                    cases.add(new Case(keywords, ah, SaMode.TUNNEL, udp, outer, packet(from, to, payload)));
                }
                UdpAddress from = (outer == 4 ? SaBuilder.LEFT : LEFT6).withPort(7);
                UdpAddress to = (outer == 4 ? SaBuilder.RIGHT : RIGHT6).withPort(8);
                String own = packet(from, to, Inner.pattern(20 + cases.size()));
                cases.add(new Case(keywords, ah, SaMode.TRANSPORT, udp, outer, own));
            }
        }
        return cases.stream();
    }

    private static String packet(UdpAddress from, UdpAddress to, byte[] payload) {
        byte[] packet = Packets.udp(from, to, payload);
        if (from.address().isV4()) {
            Ipv4Header.identification(packet, 0, 77);
            Ipv4Header.fillChecksum(packet, 0);
        }
        return HEX.formatHex(packet);
    }
}

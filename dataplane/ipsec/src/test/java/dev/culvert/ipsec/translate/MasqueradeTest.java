package dev.culvert.ipsec.translate;

import static dev.culvert.ipsec.translate.TestPackets.assertRight;
import static dev.culvert.ipsec.translate.TestPackets.ends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.ipsec.translate.Translation.Side;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TcpHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our hosts, 10.1.0.0/16, are 10.101.0.1 to the peer, whose 10.1.0.0/16 is 10.102.0.0/16 to them. */
class MasqueradeTest {
    private static final Translation REMOTE = OneToOneTest.rule(Side.REMOTE, "10.1.0.0/16", "10.102.0.0/16");

    private final Translator.Scratch scratch = new Translator.Scratch();
    private Translator translator = translator("10.101.0.1/32", 65_536);
    private long now = 1_000_000_000L;

    private static Translator translator(String pool, int sessions) {
        return new Translator(List.of(masquerade("10.1.0.0/16", pool), REMOTE), sessions, 42);
    }

    private static Translation masquerade(String from, String pool) {
        return new Translation(Side.LOCAL, Translation.Type.MASQUERADE, IpPrefix.parse(from), IpPrefix.parse(pool));
    }

    private Outcome out(byte[] packet) {
        return translator.outbound(packet, 0, packet.length, scratch, now);
    }

    private Outcome in(byte[] packet) {
        return translator.inbound(packet, 0, packet.length, scratch, now);
    }

    /** What the peer gets. */
    private String sent(byte[] packet) {
        assertThat(out(packet)).isEqualTo(Outcome.DONE);
        assertRight(packet);
        return ends(packet);
    }

    /** What our host gets; nothing if it is refused. */
    private String received(byte[] packet) {
        if (in(packet) != Outcome.DONE) {
            return "";
        }
        assertRight(packet);
        return ends(packet);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void hostsShareAnAddressAndGetTheirAnswers() {
        assertThat(sent(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 20)))
                .isEqualTo("10.101.0.1:5000 > 10.1.0.9:53");
        String other = sent(TestPackets.udp("10.1.0.6", 5000, "10.102.0.9", 53, 20));
        assertThat(other).matches("10\\.101\\.0\\.1:\\d+ > 10\\.1\\.0\\.9:53").doesNotContain(":5000 ");
        assertThat(received(TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 7)))
                .isEqualTo("10.102.0.9:53 > 10.1.0.5:5000");
        assertThat(received(TestPackets.udp("10.1.0.9", 53, "10.101.0.1", outerPort(other), 7)))
                .isEqualTo("10.102.0.9:53 > 10.1.0.6:5000");
    }

    private static int outerPort(String ends) {
        return Integer.parseInt(ends.replaceAll("[^:]*:(\\d+) .*", "$1"));
    }

    /** RFC 4787 §4.1, REQ-1. */
    @Test
    void aPortOfAHostHasOnePortOutsideWhoeverItTalksTo() {
        assertThat(sent(TestPackets.udp("10.1.0.6", 5000, "10.102.0.9", 53, 20)))
                .contains(":5000 ");
        int port = outerPort(sent(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 20)));
        assertThat(port).isNotEqualTo(5000);
        for (int i = 0; i < 50; i++) {
            assertThat(outerPort(sent(TestPackets.udp("10.1.0.5", 5000, "10.102.1." + i, 53 + i, 20))))
                    .isEqualTo(port);
        }
    }

    @Test
    void onlyAnswersComeIn() {
        assertThat(received(TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 7)))
                .isEmpty();
        assertThat(received(TestPackets.tcp("10.1.0.9", 4000, "10.101.0.1", 80, TcpHeader.SYN)))
                .isEmpty();
        assertThat(received(TestPackets.echo("10.1.0.9", "10.101.0.1", 7))).isEmpty();
        assertThat(sent(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 20)))
                .isNotEmpty();
        assertThat(received(TestPackets.udp("10.1.0.8", 53, "10.101.0.1", 5000, 7)))
                .isEmpty();
        assertThat(received(TestPackets.udp("10.1.0.9", 54, "10.101.0.1", 5000, 7)))
                .isEmpty();
        assertThat(received(TestPackets.tcp("10.1.0.9", 53, "10.101.0.1", 5000, TcpHeader.SYN)))
                .isEmpty();
        assertThat(received(TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 7)))
                .isNotEmpty();
    }

    @Test
    void identifiersOfPings() {
        assertThat(sent(TestPackets.echo("10.1.0.5", "10.102.0.9", 7))).isEqualTo("10.101.0.1:7 > 10.1.0.9");
        String other = sent(TestPackets.echo("10.1.0.6", "10.102.0.9", 7));
        assertThat(outerPort(other)).isNotEqualTo(7);
        assertThat(received(TestPackets.echoReply("10.1.0.9", "10.101.0.1", 7))).isEqualTo("10.102.0.9 > 10.1.0.5:7");
        assertThat(received(TestPackets.echoReply("10.1.0.9", "10.101.0.1", outerPort(other))))
                .isEqualTo("10.102.0.9 > 10.1.0.6:7");
        assertThat(received(TestPackets.echoReply("10.1.0.8", "10.101.0.1", 7))).isEmpty();
        // A request to the number that stands for a host is none of its own pings.
        assertThat(received(TestPackets.echo("10.1.0.9", "10.101.0.1", 7))).isEmpty();
    }

    @Test
    void v6() {
        translator = new Translator(
                List.of(
                        masquerade("fd00:1::/48", "fd00:101::/124"),
                        OneToOneTest.rule(Side.REMOTE, "fd00:1::/48", "fd00:102::/48")),
                256,
                42);
        byte[] packet = TestPackets.tcp("fd00:1::5", 40000, "fd00:102::9", 80, TcpHeader.SYN);
        assertThat(sent(packet)).matches("fd00:101::[0-9a-f]?:40000 > fd00:1::9:80");
        IpAddress outside = IpAddress.parse(ends(packet).replaceAll(":40000 .*", ""));
        assertThat(received(TestPackets.tcp("fd00:1::9", 80, "" + outside, 40000, TcpHeader.SYN | TcpHeader.ACK)))
                .isEqualTo("fd00:102::9:80 > fd00:1::5:40000");
        byte[] ping = TestPackets.echo("fd00:1::5", "fd00:102::9", 7);
        assertThat(sent(ping)).isEqualTo(outside + ":7 > fd00:1::9");
        assertThat(received(TestPackets.echoReply("fd00:1::9", "" + outside, 7)))
                .isEqualTo("fd00:102::9 > fd00:1::5:7");
    }

    /** RFC 4787 §4.2, REQ-3 and REQ-4: no port for two, the same parity, and well-known ports stay among themselves. */
    @ParameterizedTest
    @ValueSource(ints = {5000, 5001, 123, 1022})
    void portsThatAreTakenGiveWayToOthersOfTheirKind(int port) {
        Set<Integer> given = new HashSet<>();
        for (int host = 1; host <= 200; host++) {
            int outside = outerPort(sent(TestPackets.udp("10.1.0." + host, port, "10.102.0.9", 53, 20)));
            assertThat(given.add(outside)).isTrue();
            assertThat(outside % 2).isEqualTo(port % 2);
            assertThat(outside < 1024).isEqualTo(port < 1024);
        }
    }

    /** RFC 4787 §4.1, REQ-2. */
    @Test
    void aHostKeepsItsAddressOfThePool() {
        translator = translator("10.101.0.0/28", 65_536);
        Map<Integer, Set<String>> byHost = new HashMap<>();
        Set<String> all = new HashSet<>();
        for (int host = 0; host < 256; host++) {
            for (int port = 0; port < 4; port++) {
                String address = sent(TestPackets.udp("10.1.7." + host, 5000 + port, "10.102.0." + port, 53, 20))
                        .replaceAll(":.*", "");
                byHost.computeIfAbsent(host, _ -> new HashSet<>()).add(address);
                all.add(address);
            }
        }
        assertThat(byHost.values())
                .allSatisfy(addresses -> assertThat(addresses).hasSize(1));
        assertThat(all).hasSize(16).allMatch(address -> address.startsWith("10.101.0."));
    }

    /** RFC 4787 §4.3 REQ-5, RFC 5508 §3.2 REQ-2. */
    @ParameterizedTest
    @CsvSource({"udp,299,301", "echo,59,61"})
    void idleSessionsEnd(String kind, long before, long after) {
        Runnable send = () -> assertThat(sent(
                        "udp".equals(kind)
                                ? TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 20)
                                : TestPackets.echo("10.1.0.5", "10.102.0.9", 5000)))
                .isNotEmpty();
        Runnable answered = () -> assertThat(received(
                        "udp".equals(kind)
                                ? TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 7)
                                : TestPackets.echoReply("10.1.0.9", "10.101.0.1", 5000)))
                .isNotEmpty();
        send.run();
        pass(Duration.ofSeconds(before));
        answered.run();
        pass(Duration.ofSeconds(before));
        send.run();
        pass(Duration.ofSeconds(before));
        answered.run();
        pass(Duration.ofSeconds(after));
        assertThat(received(TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 7)))
                .isEmpty();
        assertThat(received(TestPackets.echoReply("10.1.0.9", "10.101.0.1", 5000)))
                .isEmpty();
        send.run();
        answered.run();
    }

    /** RFC 5382 §5, REQ-5. */
    @Test
    void tcpConnectionsMayBeIdleForTwoHoursOnceTheyAreThere() {
        handshake(40000);
        pass(Duration.ofMinutes(123));
        assertThat(answer(40000, TcpHeader.ACK)).isNotEmpty();
        pass(Duration.ofMinutes(123));
        assertThat(own(40000, TcpHeader.ACK)).isNotEmpty();
        pass(Duration.ofMinutes(125));
        assertThat(answer(40000, TcpHeader.ACK)).isEmpty();
    }

    @Test
    void halfOpenAndClosedTcpConnectionsHaveFourMinutes() {
        assertThat(own(40000, TcpHeader.SYN)).isNotEmpty();
        pass(Duration.ofSeconds(239));
        assertThat(answer(40000, TcpHeader.SYN | TcpHeader.ACK)).isNotEmpty();
        pass(Duration.ofSeconds(241));
        assertThat(answer(40000, TcpHeader.SYN | TcpHeader.ACK)).isEmpty();

        handshake(40002);
        assertThat(own(40002, TcpHeader.FIN | TcpHeader.ACK)).isNotEmpty();
        pass(Duration.ofSeconds(241));
        assertThat(answer(40002, TcpHeader.FIN | TcpHeader.ACK)).isNotEmpty();
        pass(Duration.ofSeconds(241));
        assertThat(answer(40002, TcpHeader.ACK)).isEmpty();

        handshake(40004);
        assertThat(answer(40004, TcpHeader.RST)).isNotEmpty();
        pass(Duration.ofSeconds(241));
        assertThat(answer(40004, TcpHeader.ACK)).isEmpty();
    }

    @Test
    void aClosedConnectionsPortsCanBeUsedAtOnce() {
        handshake(40000);
        assertThat(answer(40000, TcpHeader.RST)).isNotEmpty();
        handshake(40000);
        pass(Duration.ofMinutes(123));
        assertThat(answer(40000, TcpHeader.ACK)).isNotEmpty();
    }

    private void handshake(int port) {
        assertThat(own(port, TcpHeader.SYN)).isNotEmpty();
        assertThat(answer(port, TcpHeader.SYN | TcpHeader.ACK)).isNotEmpty();
        assertThat(own(port, TcpHeader.ACK)).isNotEmpty();
    }

    private String own(int port, int flags) {
        return sent(TestPackets.tcp("10.1.0.5", port, "10.102.0.9", 80, flags));
    }

    private String answer(int port, int flags) {
        return received(TestPackets.tcp("10.1.0.9", 80, "10.101.0.1", port, flags));
    }

    @Test
    void theTableIsBoundedAndIdleSessionsMakeRoom() {
        translator = translator("10.101.0.1/32", 256);
        for (int i = 0; i < 256; i++) {
            assertThat(out(TestPackets.udp("10.1.0.5", 5000 + i, "10.102.0.9", 53, 20)))
                    .isEqualTo(Outcome.DONE);
        }
        assertThat(out(TestPackets.udp("10.1.0.5", 9000, "10.102.0.9", 53, 20))).isEqualTo(Outcome.FULL);
        assertThat(out(TestPackets.udp("10.1.0.5", 5255, "10.102.0.9", 53, 20))).isEqualTo(Outcome.DONE);
        pass(Duration.ofSeconds(299));
        assertThat(out(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 20))).isEqualTo(Outcome.DONE);
        pass(Duration.ofSeconds(2));
        assertThat(out(TestPackets.udp("10.1.0.5", 9000, "10.102.0.9", 53, 20))).isEqualTo(Outcome.DONE);
        assertThat(received(TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 7)))
                .endsWith("10.1.0.5:5000");
        assertThat(received(TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5001, 7)))
                .isEmpty();
        for (int i = 0; i < 254; i++) {
            assertThat(out(TestPackets.udp("10.1.0.6", 5000 + i, "10.102.0.9", 53, 20)))
                    .isEqualTo(Outcome.DONE);
        }
        assertThat(out(TestPackets.udp("10.1.0.6", 9000, "10.102.0.9", 53, 20))).isEqualTo(Outcome.FULL);
    }

    /** Half of the ports below 1024 are of one parity, and one is left out. */
    @Test
    void withoutAPortLeftItIsFullUntilSomeAreIdle() {
        int hosts = 0;
        while (out(TestPackets.udp("10.1." + hosts / 250 + "." + (1 + hosts % 250), 111, "10.102.0.9", 53, 20))
                == Outcome.DONE) {
            hosts++;
        }
        assertThat(hosts).isEqualTo(511);
        pass(Duration.ofMinutes(6));
        assertThat(out(TestPackets.udp("10.1.9.9", 111, "10.102.0.9", 53, 20))).isEqualTo(Outcome.DONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {47, 50, 132, 136})
    void otherProtocolsAreRefused(int protocol) {
        assertThat(out(Packets.ip(IpAddress.parse("10.1.0.5"), IpAddress.parse("10.102.0.9"), protocol, 40)))
                .isEqualTo(Outcome.REFUSED);
        assertThat(in(Packets.ip(IpAddress.parse("10.1.0.9"), IpAddress.parse("10.101.0.1"), protocol, 40)))
                .isEqualTo(Outcome.REFUSED);
    }

    @Test
    void answersToPingsAndFragmentsAreRefused() {
        assertThat(out(TestPackets.echoReply("10.1.0.5", "10.102.0.9", 7))).isEqualTo(Outcome.REFUSED);
        byte[] later = TestPackets.udp("10.1.0.5", 1, "10.102.0.9", 2, 100);
        later[7] = 5;
        assertThat(out(later)).isEqualTo(Outcome.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(ints = {28, 576})
    void errorsAboutOurPacketsReachWhoSentThem(int quoted) {
        byte[] before = TestPackets.tcp("10.1.0.6", 40000, "10.102.0.9", 80, TcpHeader.SYN);
        assertThat(sent(before)).contains(":40000 ");
        byte[] packet = TestPackets.tcp("10.1.0.5", 40000, "10.102.0.9", 80, TcpHeader.SYN);
        byte[] original = packet.clone();
        assertThat(sent(packet)).doesNotContain(":40000 ");
        byte[] error = TestPackets.error("10.1.0.1", "10.101.0.1", 11, 0, packet, quoted);
        assertThat(received(error)).isEqualTo("10.102.0.1 > 10.1.0.5");
        assertThat(TestPackets.quote(error)).isEqualTo(Arrays.copyOf(original, Math.min(quoted, 45)));
        // RFC 5508 §4, REQ-6: it does not keep the session up.
        pass(Duration.ofSeconds(241));
        assertThat(received(TestPackets.error("10.1.0.1", "10.101.0.1", 11, 0, packet, quoted)))
                .isEmpty();
    }

    @Test
    void errorsAboutPingsHaveTheirIdentifierBack() {
        assertThat(sent(TestPackets.echo("10.1.0.6", "10.102.0.9", 7))).isNotEmpty();
        byte[] ping = TestPackets.echo("10.1.0.5", "10.102.0.9", 7);
        byte[] original = ping.clone();
        assertThat(sent(ping)).isNotEmpty();
        byte[] error = TestPackets.error("10.1.0.9", "10.101.0.1", 3, 1, ping, 576);
        assertThat(received(error)).isEqualTo("10.102.0.9 > 10.1.0.5");
        assertThat(TestPackets.quote(error)).isEqualTo(original);
    }

    @Test
    void errorsAboutWhatNobodySentAreRefused() {
        byte[] foreign = TestPackets.udp("10.101.0.1", 5000, "10.1.0.9", 53, 20);
        assertThat(received(TestPackets.error("10.1.0.9", "10.101.0.1", 3, 3, foreign, 28)))
                .isEmpty();
        byte[] neverReceived = TestPackets.udp("10.102.0.9", 53, "10.1.0.5", 5000, 20);
        assertThat(out(TestPackets.error("10.1.0.5", "10.102.0.9", 3, 3, neverReceived, 28)))
                .isEqualTo(Outcome.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.5", "10.1.0.1"})
    void errorsOfOursComeFromTheSharedAddress(String reporter) {
        assertThat(sent(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 20)))
                .isNotEmpty();
        byte[] answer = TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 50);
        byte[] original = answer.clone();
        assertThat(received(answer)).isNotEmpty();
        byte[] error = TestPackets.error(reporter, "10.102.0.9", 3, 3, answer, 576);
        assertThat(sent(error)).isEqualTo("10.101.0.1 > 10.1.0.9");
        assertThat(TestPackets.quote(error)).isEqualTo(original);
    }

    /** Servers have addresses of their own, and everybody else shares one. */
    @Test
    void someAreOneToOneAndTheRestMasqueraded() {
        translator = new Translator(
                List.of(
                        OneToOneTest.rule(Side.LOCAL, "10.1.5.0/24", "10.101.5.0/24"),
                        masquerade("10.1.0.0/16", "10.101.0.1/32"),
                        REMOTE),
                256,
                1);
        assertThat(sent(TestPackets.udp("10.1.5.7", 53, "10.102.0.9", 5000, 9)))
                .isEqualTo("10.101.5.7:53 > 10.1.0.9:5000");
        assertThat(received(TestPackets.echo("10.1.0.9", "10.101.5.7", 3))).isEqualTo("10.102.0.9:3 > 10.1.5.7");
        assertThat(sent(TestPackets.udp("10.1.6.7", 1053, "10.102.0.9", 53, 9)))
                .isEqualTo("10.101.0.1:1053 > 10.1.0.9:53");
    }

    @Test
    void impossibleRulesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> masquerade("10.1.0.0/16", "10.101.0.0/16"))
                .withMessageContaining("10.101.0.0/16");
        assertThatIllegalArgumentException().isThrownBy(() -> masquerade("10.1.0.0/16", "fd00::1/128"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OneToOneTest.rule(Side.LOCAL, "10.1.0.0/16", "10.101.0.0/24"));
    }

    /** Against a map of who was seen as what. */
    @Test
    void everyAnswerReachesWhoAsked() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        translator = translator("10.101.0.0/30", 8192);
        Map<String, String> askedBy = new HashMap<>();
        List<String> sessions = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            String host = "10.1.0." + random.nextInt(200);
            int port = 1024 + random.nextInt(8);
            String server = "0." + random.nextInt(3);
            String seen = sent(TestPackets.udp(host, port, "10.102." + server, 53, 4));
            if (askedBy.put(seen, host + ":" + port) == null) {
                sessions.add(seen);
            }
            String key = sessions.get(random.nextInt(sessions.size()));
            String[] ends = key.split(" > |:", -1);
            assertThat(received(TestPackets.udp(ends[2], 53, ends[0], Integer.parseInt(ends[1]), 4)))
                    .as("seed %d, step %d, %s", seed, i, key)
                    .endsWith(" > " + askedBy.get(key));
        }
    }

    /** One worker sends and another receives, while sessions begin and tables grow. */
    @Test
    void workersDoNotDisturbEachOther() throws Exception {
        translator = translator("10.101.0.1/32", 65_536);
        int hosts = 20_000;
        byte[][] answers = new byte[hosts][];
        AtomicInteger ready = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread receiver = Thread.ofPlatform().start(() -> {
            try {
                Translator.Scratch own = new Translator.Scratch();
                int i = 0;
                while (i < hosts && !Thread.interrupted()) {
                    if (i >= ready.get()) {
                        Thread.onSpinWait();
                        continue;
                    }
                    byte[] answer = answers[i];
                    assertThat(translator.inbound(answer, 0, answer.length, own, now))
                            .isEqualTo(Outcome.DONE);
                    assertThat(ends(answer)).endsWith("> " + host(i) + ":" + (2000 + i % 3));
                    i++;
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        for (int i = 0; i < hosts; i++) {
            byte[] packet = TestPackets.udp(host(i), 2000 + i % 3, "10.102.0.9", 53, 4);
            assertThat(translator.outbound(packet, 0, packet.length, scratch, now))
                    .isEqualTo(Outcome.DONE);
            answers[i] = TestPackets.udp("10.1.0.9", 53, "10.101.0.1", outerPort(ends(packet)), 4);
            ready.set(i + 1);
            byte[] again = TestPackets.udp("10.1.0.0", 2000, "10.102.0.9", 53, 4);
            assertThat(translator.outbound(again, 0, again.length, scratch, now))
                    .isEqualTo(Outcome.DONE);
        }
        receiver.join();
        assertThat(failure).hasNullValue();
    }

    private static String host(int number) {
        return "10.1." + number / 250 + "." + number % 250;
    }
}

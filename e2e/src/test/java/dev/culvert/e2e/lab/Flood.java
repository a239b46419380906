package dev.culvert.e2e.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Somebody on the wide area network who sends IKE_SA_INIT requests from 131,072 addresses that are nobody's. What is
 * answered to them gets lost in the router.
 */
public final class Flood implements AutoCloseable {
    private static final String SOURCES = "198.18.0.0/15";
    private static final Pattern SENT = Pattern.compile("sent (\\d+) in");

    private final Netns attacker;
    private final Path directory;
    private int count;

    /** Connects the attacker to the router. */
    public Flood(Topology topology, Path directory) {
        this.directory = directory;
        attacker = Netns.create("attacker");
        Netns.cable(topology.wan(), "attacker", attacker, "wan");
        topology.wan().ip("addr add 192.0.2.1/24 dev attacker");
        topology.wan().ip("route replace blackhole " + SOURCES);
        topology.wan().sysctl("net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.attacker.rp_filter=0");
        attacker.ip("addr add 192.0.2.66/24 dev wan");
        attacker.ip("route add default via 192.0.2.1");
        attacker.ip("route add local " + SOURCES + " dev lo");
    }

    /** A flood that runs. */
    public record Running(Background sender) implements AutoCloseable {
        /** Waits for its end; how many datagrams were sent. */
        public long await(Duration patience) {
            sender.awaitEnd(patience);
            Matcher sent = SENT.matcher(sender.log());
            if (!sent.find()) {
                throw new LabException("the flood ended early:\n" + sender.log());
            }
            return Long.parseLong(sent.group(1));
        }

        public boolean isAlive() {
            return sender.isAlive();
        }

        @Override
        public void close() {
            sender.close();
        }
    }

    /** Starts it; returns when it sends. */
    public Running start(String target, int port, int perSecond, Duration duration) {
        Background sender = attacker.start(
                directory.resolve("flood" + ++count + ".log"),
                Map.of(),
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FloodSender.class.getName(),
                target,
                Integer.toString(port),
                Integer.toString(perSecond),
                Long.toString(duration.toSeconds()));
        sender.awaitReady(Duration.ofSeconds(15), () -> sender.log().contains("sending"));
        return new Running(sender);
    }

    @Override
    public void close() {
        attacker.close();
    }
}

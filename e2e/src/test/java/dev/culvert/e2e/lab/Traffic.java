package dev.culvert.e2e.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pings, and TCP transfers by iperf3. */
public final class Traffic {
    private static final Pattern SEQUENCE = Pattern.compile("icmp_seq=(\\d+) ttl");
    private static final Pattern RECEIVED = Pattern.compile("(\\d+) received");

    private static final Pattern TOO_LONG = Pattern.compile("Frag needed|Packet too big|[Mm]essage too long");

    private Traffic() {}

    /**
     * Sends echo requests, 50 ms apart, until {@code count} are answered or three seconds are over: on a busy machine an
     * answer may well take a second.
     *
     * @return how many were answered
     */
    public static int ping(Netns from, String address, int count) {
        return ping(from, address, count, Duration.ofSeconds(3));
    }

    /**
     * Two echo requests with so many bytes behind the ICMP header; how many were answered within five seconds. If the
     * first is answered with the path's MTU (RFC 1191), ping ends, and two more are sent, which know it.
     */
    public static int pingOf(Netns from, String address, int bytes) {
        Commands.Result result = twoPings(from, address, bytes);
        if (result.out().contains("Frag needed")) {
            result = twoPings(from, address, bytes);
        }
        Matcher matcher = RECEIVED.matcher(result.out());
        // while it waits for the last answer it may ask once more
        return matcher.find() ? Math.min(2, Integer.parseInt(matcher.group(1))) : 0;
    }

    private static Commands.Result twoPings(Netns from, String address, int bytes) {
        return from.attempt(
                Duration.ofSeconds(20),
                "ping",
                "-n",
                "-c",
                "2",
                "-i",
                "0.2",
                "-w",
                "5",
                "-s",
                Integer.toString(bytes),
                address);
    }

    /**
     * Sends echo requests with so many bytes behind the ICMP header, one after the other, until one is answered. After an
     * ICMP error that says how long a packet may be, the kernel sends the next one in fragments that fit.
     *
     * @return false after three of which nothing was heard at all
     */
    public static boolean arrives(Netns from, String address, int bytes) {
        return arrives(from, Optional.empty(), address, bytes);
    }

    /** The same from one of several addresses. */
    public static boolean arrives(Netns from, String source, String address, int bytes) {
        return arrives(from, Optional.of(source), address, bytes);
    }

    private static boolean arrives(Netns from, Optional<String> source, String address, int bytes) {
        List<String> command =
                new ArrayList<>(List.of("ping", "-n", "-c", "1", "-W", "2", "-s", Integer.toString(bytes)));
        source.ifPresent(s -> command.addAll(List.of("-I", s)));
        command.add(address);
        int silent = 0;
        for (int tries = 0; tries < 10 && silent < 3; tries++) {
            Commands.Result result = from.attempt(Duration.ofSeconds(20), command.toArray(String[]::new));
            if (result.succeeded()) {
                return true;
            }
            silent += TOO_LONG.matcher(result.all()).find() ? 0 : 1;
        }
        return false;
    }

    /** The same, for those that are not to be answered. */
    public static int pingInVain(Netns from, String address) {
        return ping(from, address, 1, Duration.ofSeconds(1));
    }

    private static int ping(Netns from, String address, int count, Duration patience) {
        Commands.Result result = from.attempt(
                Duration.ofSeconds(20),
                "ping",
                "-n",
                "-q",
                "-c",
                Integer.toString(count),
                "-i",
                "0.05",
                "-w",
                Long.toString(patience.toSeconds()),
                address);
        Matcher matcher = RECEIVED.matcher(result.out());
        // while it waits for the last answer it may ask once more
        return matcher.find() ? Math.min(count, Integer.parseInt(matcher.group(1))) : 0;
    }

    /** An endless ping, an echo request every {@code millis}; see {@link #stop}. */
    public static Background pinging(Netns from, String address, int millis, Path log) {
        return from.start(log, Map.of(), "ping", "-n", "-i", String.format("%.3f", millis / 1000.0), address);
    }

    /** The same with so many bytes behind the ICMP header. */
    public static Background pinging(Netns from, String address, int millis, int bytes, Path log) {
        String interval = String.format("%.3f", millis / 1000.0);
        return from.start(log, Map.of(), "ping", "-n", "-i", interval, "-s", Integer.toString(bytes), address);
    }

    /**
     * Ends an endless ping.
     *
     * @return how many echo requests before the last answered one had no answer
     */
    public static Lost stop(Background pinging) {
        pinging.interrupt(Duration.ofSeconds(20));
        BitSet answered = new BitSet();
        Matcher matcher = SEQUENCE.matcher(pinging.log());
        int around = 0;
        int last = 0;
        while (matcher.find()) {
            int sequence = Integer.parseInt(matcher.group(1));
            // 16 bits on the wire
            around += last - sequence > 0x8000 ? 0x10000 : 0;
            last = sequence;
            answered.set(around + sequence);
        }
        return new Lost(answered.length() - 1, answered.length() - 1 - answered.cardinality());
    }

    /** Echo requests that were sent, and those without an answer. */
    public record Lost(int sent, int unanswered) {}

    /** An iperf3 server on all addresses of the namespace; it serves one client after another. */
    public static Background iperfServer(Netns netns, Path log) {
        Background server = netns.start(log, Map.of(), "iperf3", "-s", "--forceflush");
        server.awaitReady(Duration.ofSeconds(5), () -> server.log().contains("Server listening"));
        return server;
    }

    /**
     * One TCP flow of {@code bytes}, to the server or, reversed, from it.
     *
     * @return what the receiver measured, in bits per second
     */
    public static double transfer(Netns client, String server, long bytes, boolean reversed) {
        return rate(iperf(client, server, reversed, "-n", Long.toString(bytes)));
    }

    /**
     * A TCP flow of so many Mbit/s until it is closed, with at most 32 KB on their way: more would be for the peer's
     * sockets to lose while it has no processor.
     */
    public static Background flowing(Netns client, String server, int megabits, Path log) {
        return client.start(
                log, Map.of(), "iperf3", "-c", server, "-t", "0", "-b", megabits + "M", "-w", "32K", "--forceflush");
    }

    /**
     * UDP datagrams of one size, 20 Mbit/s, to the server or, reversed, from it.
     *
     * @return which part of them arrived, 0 to 1
     */
    public static double datagrams(Netns client, String server, int bytes, int count, boolean reversed) {
        JsonNode sum = iperf(
                        client,
                        server,
                        reversed,
                        "-u",
                        "-b",
                        "20M",
                        "-l",
                        Integer.toString(bytes),
                        "-n",
                        Long.toString((long) bytes * count))
                .path("sum");
        return 1 - sum.path("lost_percent").asDouble() / 100;
    }

    /** One TCP flow for some seconds; see {@link #transfer}. */
    public static double flow(Netns client, String server, int seconds, boolean reversed) {
        return rate(iperf(client, server, reversed, "-t", Integer.toString(seconds)));
    }

    private static double rate(JsonNode end) {
        return end.path("sum_received").path("bits_per_second").asDouble();
    }

    /** What it said at its end. */
    private static JsonNode iperf(Netns client, String server, boolean reversed, String... what) {
        List<String> command = new ArrayList<>(List.of(
                "iperf3", "-c", server, "--connect-timeout", "3000", "--json", reversed ? "--reverse" : "--no-delay"));
        command.addAll(List.of(what));
        Commands.Result result = client.attempt(Duration.ofSeconds(60), command.toArray(String[]::new));
        if (!result.succeeded()) {
            throw new LabException("iperf3 to " + server + " failed:\n" + result.all());
        }
        try {
            return new ObjectMapper().readTree(result.out()).path("end");
        } catch (JsonProcessingException e) {
            throw new LabException("iperf3 printed no JSON: " + result.out());
        }
    }
}

package dev.culvert.e2e.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network namespace of this test run, named {@code cvt-PID-N-ROLE}. Creating the first one removes those whose
 * process is gone, with the programs that still run in them.
 */
public final class Netns implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("cvt-(\\d+)-\\d+-.*");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static boolean swept;

    private final String name;

    private Netns(String name) {
        this.name = name;
    }

    public static Netns create(String role) {
        sweep();
        Netns netns = new Netns("cvt-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-" + role);
        Commands.run("ip", "netns", "add", netns.name);
        netns.ip("link set lo up");
        // no neighbour discovery of IPv6 among what is captured
        netns.sysctl("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
        return netns;
    }

    /** A namespace that somebody else made and removes. */
    public static Netns existing(String name) {
        return new Netns(name);
    }

    /** Connects two namespaces with a cable. */
    public static void cable(Netns one, String device, Netns other, String otherDevice) {
        Commands.run(
                "ip",
                "-n",
                one.name,
                "link",
                "add",
                device,
                "type",
                "veth",
                "peer",
                "name",
                otherDevice,
                "netns",
                other.name);
        one.ip("link set " + device + " up");
        other.ip("link set " + otherDevice + " up");
    }

    public String name() {
        return name;
    }

    /** {@code ip} of iproute2 in this namespace, its arguments separated by blanks. */
    public String ip(String arguments) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments.split(" ", -1)));
        return Commands.run(command);
    }

    /** What the kernel lost here for want of room: at UDP sockets, and at devices. For the reports of failures. */
    public String losses() {
        StringBuilder losses = new StringBuilder(name);
        for (String line : run("cat", "/proc/net/snmp").split("\n", -1)) {
            if (line.startsWith("Udp:")) {
                losses.append("\n  ").append(line);
            }
        }
        return losses.append('\n').append(ip("-s link show type tun")).toString();
    }

    public void sysctl(String... settings) {
        List<String> command = new ArrayList<>(List.of("sysctl", "-qw"));
        command.addAll(List.of(settings));
        Commands.run(inside(command));
    }

    public String run(String... command) {
        return Commands.run(inside(List.of(command)));
    }

    public Commands.Result attempt(Duration patience, String... command) {
        return Commands.attempt(patience, inside(List.of(command)));
    }

    public Background start(Path log, Map<String, String> environment, String... command) {
        return Background.start(log, environment, inside(List.of(command)));
    }

    private List<String> inside(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(command);
        return whole;
    }

    /** Ends what still runs in the namespace and removes it with its devices. */
    @Override
    public void close() {
        remove(name);
    }

    private static void remove(String name) {
        for (String pid : Commands.attempt("ip", "netns", "pids", name).out().split("\\s+", -1)) {
            if (!pid.isEmpty()) {
                Commands.attempt("kill", "-KILL", pid);
            }
        }
        Commands.attempt("ip", "netns", "del", name);
    }

    private static synchronized void sweep() {
        if (swept) {
            return;
        }
        swept = true;
        for (String line : Commands.run("ip", "netns", "list").split("\n", -1)) {
            Matcher matcher = NAME.matcher(line.split(" ", -1)[0]);
            if (matcher.matches()
                    && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                remove(matcher.group());
            }
        }
    }
}

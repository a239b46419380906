package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** TCP connections that are answered with what came in by them, many at a time: so bytes go both ways in each. */
public final class Echo {
    private static final int PORT = 7007;
    /** Debian's, and in a guest too. */
    private static final String PYTHON = "/usr/bin/python3";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String SERVER = """
            import socket, threading
            def echo(connection):
                with connection:
                    while True:
                        some = connection.recv(65536)
                        if not some:
                            break
                        connection.sendall(some)
            server = socket.create_server(("::", %d), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
            print("listening", flush=True)
            while True:
                threading.Thread(target=echo, args=(server.accept()[0],), daemon=True).start()
            """.formatted(PORT);

    /** Its arguments: how many bytes, then source and destination of each connection; prints those that fail. */
    private static final String CLIENT = """
            import os, socket, sys, threading
            failed = []
            def through(source, destination, sent):
                try:
                    with socket.create_connection((destination, %d), 60, (source, 0)) as connection:
                        sender = threading.Thread(target=connection.sendall, args=(sent,), daemon=True)
                        sender.start()
                        got = bytearray()
                        while len(got) < len(sent):
                            some = connection.recv(65536)
                            if not some:
                                raise OSError("ended after %%d bytes" %% len(got))
                            got += some
                        if got != sent:
                            raise OSError("other bytes came back")
                except OSError as e:
                    failed.append("%%s > %%s: %%s" %% (source, destination, e))
            ends = sys.argv[2:]
            threads = [threading.Thread(target=through, args=(*pair, os.urandom(int(sys.argv[1]))))
                       for pair in zip(ends[::2], ends[1::2])]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            print(*failed, sep="\\n", end="")
            """.formatted(PORT);

    /** Where a connection begins and ends. */
    public record Ends(String source, String destination) {
        /** The other way round. */
        @SuppressWarnings("ArgumentSelectionDefectChecker") // That is the point of it.
        public Ends reversed() {
            return new Ends(destination, source);
        }
    }

    private Echo() {}

    /** Answers on all addresses of the namespace, with whom it ends at the latest. */
    public static Background serve(Netns netns, Path log) {
        Background server = netns.start(log, Map.of(), PYTHON, "-c", SERVER);
        server.awaitReady(Duration.ofSeconds(20), () -> server.log().contains("listening"));
        return server;
    }

    /** The same in a guest. */
    public static void serve(LinuxVm vm) {
        write(vm, "echo-server.py", SERVER);
        vm.run(PYTHON + """
                 /guest/echo-server.py > /guest/echo.log 2>&1 < /dev/null &
                for _ in $(seq 300); do grep -q listening /guest/echo.log && exit; sleep 0.1; done
                exit 1
                """);
    }

    /** Sends so many bytes in each connection, all at a time, and waits for them to return; which fail, and how. */
    public static List<String> through(Netns netns, List<Ends> connections, int bytes) {
        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", CLIENT));
        command.addAll(arguments(connections, bytes));
        return failures(netns.attempt(PATIENCE, command.toArray(String[]::new)));
    }

    /** The same in a guest. */
    public static List<String> through(LinuxVm vm, List<Ends> connections, int bytes) {
        write(vm, "echo-client.py", CLIENT);
        String arguments = String.join(" ", arguments(connections, bytes));
        return failures(vm.attempt(PATIENCE, PYTHON + " /guest/echo-client.py " + arguments));
    }

    private static List<String> arguments(List<Ends> connections, int bytes) {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(bytes)));
        connections.forEach(ends -> arguments.addAll(List.of(ends.source(), ends.destination())));
        return arguments;
    }

    private static List<String> failures(Commands.Result result) {
        return result.succeeded() ? result.out().lines().toList() : List.of(result.status() + ": " + result.all());
    }

    private static void write(LinuxVm vm, String name, String text) {
        try {
            Files.writeString(vm.directory().resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

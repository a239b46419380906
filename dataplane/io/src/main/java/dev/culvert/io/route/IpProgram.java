package dev.culvert.io.route;

import dev.culvert.io.program.HostProgram;
import java.io.IOException;
import java.util.List;

/** iproute2's {@code ip}. Blocking. */
final class IpProgram {
    private final HostProgram ip = new HostProgram("ip");

    /**
     * Carries out commands as one {@code ip -batch}, in order up to the first that fails.
     *
     * @throws IOException with what {@code ip} said
     */
    void batch(List<String> commands) throws IOException {
        if (!commands.isEmpty()) {
            ip.run(List.of("-batch", "-"), String.join("\n", commands) + "\n");
        }
    }

    /** Runs a command and returns its standard output. */
    String query(String... arguments) throws IOException {
        return ip.run(List.of(arguments), "");
    }
}

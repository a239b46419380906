package dev.culvert.agent.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine.Option;

/** {@code --http}: where {@code /healthz}, {@code /readyz} and {@code /metrics} are. */
final class HttpOption {
    private static final String DEFAULT = "127.0.0.1:9180";

    @Option(
            names = "--http",
            paramLabel = "ADDR",
            defaultValue = DEFAULT,
            converter = HttpAddress.class,
            description = "address and port of /healthz, /readyz and /metrics (default: ${DEFAULT-VALUE})")
    private InetSocketAddress address = new HttpAddress().convert(DEFAULT);

    InetSocketAddress address() {
        return address;
    }
}

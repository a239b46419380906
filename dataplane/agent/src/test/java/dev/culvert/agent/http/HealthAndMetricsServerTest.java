package dev.culvert.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.agent.StartupException;
import dev.culvert.agent.http.HealthAndMetricsServer.Probes;
import dev.culvert.agent.http.HealthAndMetricsServer.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class HealthAndMetricsServerTest {
    private final AtomicReference<Verdict> readiness = new AtomicReference<>(Verdict.OK);
    private final Probes probes = new Probes(() -> Verdict.OK, readiness::get, () -> "culvert_up 1\n");

    @Test
    void answersItsThreePathsAndNothingElse() throws Exception {
        try (HealthAndMetricsServer server = HealthAndMetricsServer.start(anyPort(), probes)) {
            assertThat(ask(server, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("ok\n");
            assertThat(ask(server, "GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .contains("text/plain; version=0.0.4")
                    .endsWith("culvert_up 1\n");
            assertThat(ask(server, "GET /else HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 404");
            assertThat(ask(server, "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"))
                    .startsWith("HTTP/1.1 405");
        }
    }

    /** Neither another host nor a page whose name leads here may read it. */
    @Test
    void debugDocumentsAreForThisHostAlone() throws Exception {
        Probes debug = new Probes(() -> Verdict.OK, readiness::get, () -> "", Map.of("sadb", () -> "{\"items\": []}"));
        try (HealthAndMetricsServer server = HealthAndMetricsServer.start(anyPort(), debug)) {
            assertThat(ask(server, "GET /debug/sadb HTTP/1.1\r\nHost: 127.0.0.1:9180\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .contains("application/json")
                    .endsWith("{\"items\": []}\n");
            assertThat(ask(server, "GET /debug/sadb HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(ask(server, "GET /debug/sadb HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                    .startsWith("HTTP/1.1 403");
            assertThat(ask(server, "GET /debug/else HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 404");
        }
    }

    @Test
    void debugDocumentsAreNotForOtherHosts() throws Exception {
        Optional<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
        Assumptions.assumeTrue(own.isPresent(), "a host with another address than loopback");
        Probes debug = new Probes(() -> Verdict.OK, readiness::get, () -> "", Map.of("sadb", () -> "{}"));
        try (HealthAndMetricsServer server = HealthAndMetricsServer.start(new InetSocketAddress(own.get(), 0), debug)) {
            assertThat(ask(server, "GET /debug/sadb HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void saysWhyItIsNotReady() throws Exception {
        readiness.set(new Verdict(false, "waiting for the Kubernetes API"));
        try (HealthAndMetricsServer server = HealthAndMetricsServer.start(anyPort(), probes)) {
            assertThat(ask(server, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 503")
                    .endsWith("waiting for the Kubernetes API\n");
        }
    }

    @Test
    void garbageIsRefused() throws Exception {
        try (HealthAndMetricsServer server = HealthAndMetricsServer.start(anyPort(), probes)) {
            assertThat(ask(server, "\u0000\u0001\u0002\r\n\r\n")).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void aPortInUseIsSaid() throws Exception {
        try (HealthAndMetricsServer server = HealthAndMetricsServer.start(anyPort(), probes)) {
            assertThatThrownBy(() -> HealthAndMetricsServer.start(server.address(), probes))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("--http");
        }
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static String ask(HealthAndMetricsServer server, String request) throws IOException {
        try (Socket socket = new Socket(
                        server.address().getAddress(), server.address().getPort());
                OutputStream out = socket.getOutputStream()) {
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

package dev.culvert.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.agent.StartupException;
import dev.culvert.agent.http.HealthAndMetricsServer.Probes;
import dev.culvert.agent.http.HealthAndMetricsServer.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
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

package dev.culvert.e2e.lab;

import dev.culvert.testkit.certificates.OpensslAuthority;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * An authority that publishes what it revokes, on the router between the gateways: OpenSSL's OCSP responder on port 8888
 * and its CRL by Python's HTTP server on port 8080. On port 8899 nobody answers.
 */
public final class Authority implements AutoCloseable {
    private static final int OCSP_PORT = 8888;
    private static final int HTTP_PORT = 8080;
    private static final int DEAD_PORT = 8899;

    private final TestAuthority root = TestAuthority.root("Publishing authority", "ecp256");
    private final OpensslAuthority openssl;
    private final Path pages;
    private final String address;
    private final Netns router;
    private final Path directory;
    private final Background web;
    private Background responder;
    private int pointers;

    /** @param address of the router */
    public Authority(Netns router, String address, Path directory) {
        this.router = router;
        this.directory = directory;
        this.address = address;
        this.openssl = new OpensslAuthority(root, directory.resolve("ca"));
        this.pages = directory.resolve("pages");
        try {
            Files.createDirectories(pages);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        publishCrl();
        responder = startResponder();
        web = start(
                directory.resolve("http.log"),
                HTTP_PORT,
                List.of("python3", "-m", "http.server", "--directory", pages.toString(), Integer.toString(HTTP_PORT)));
    }

    private Background startResponder() {
        List<String> command = openssl.responder(
                root.issue("CN=responder", "ecp256", issue -> issue.extendedKeyUsage("1.3.6.1.5.5.7.3.9")));
        command.addAll(List.of("-port", Integer.toString(OCSP_PORT), "-ndays", "1"));
        return start(directory.resolve("ocsp.log"), OCSP_PORT, command);
    }

    private Background start(Path log, int port, List<String> command) {
        Background server = router.start(log, Map.of(), command.toArray(String[]::new));
        server.awaitReady(
                Duration.ofSeconds(20),
                () -> router.run("ss", "-Hltn", "sport = :" + port).contains(":" + port));
        return server;
    }

    public TestAuthority root() {
        return root;
    }

    /** A certificate that points to the CRL, by a URL that nobody has fetched yet. */
    public Credential withCrl(String name) {
        String url = crlUrl() + "?" + ++pointers;
        return root.issue("CN=" + name, "ecp256", issue -> issue.dns(name).crlAt(url));
    }

    /** One that points to the responder. */
    public Credential withOcsp(String name) {
        return root.issue("CN=" + name, "ecp256", issue -> issue.dns(name).ocspAt(ocspUrl()));
    }

    /** One that points to where nobody is. */
    public Credential withDeadPointers(String name) {
        return root.issue(
                "CN=" + name,
                "ecp256",
                issue -> issue.dns(name)
                        .ocspAt("http://" + address + ":" + DEAD_PORT + "/")
                        .crlAt(deadUrl()));
    }

    public void good(Credential credential) {
        openssl.issued(credential.certificate());
        publish();
    }

    public void revoke(Credential credential) {
        openssl.revoked(credential.certificate(), Instant.now().minus(Duration.ofHours(1)), "keyCompromise");
        publish();
    }

    /** What it revoked so far, in PEM. */
    public String crlPem() {
        return openssl.crlPem("-crldays", "1");
    }

    public String crlUrl() {
        return "http://" + address + ":" + HTTP_PORT + "/ca.crl";
    }

    public String ocspUrl() {
        return "http://" + address + ":" + OCSP_PORT + "/";
    }

    public String deadUrl() {
        return "http://" + address + ":" + DEAD_PORT + "/ca.crl";
    }

    /** All of its hosts, as a tunnel allows them. */
    public String hosts() {
        return "[\"%1$s:%2$d\", \"%1$s:%3$d\", \"%1$s:%4$d\"]".formatted(address, OCSP_PORT, HTTP_PORT, DEAD_PORT);
    }

    private void publish() {
        publishCrl();
        // it would look at its index anew behind the next request only
        responder.close();
        responder = startResponder();
    }

    private void publishCrl() {
        try {
            Files.write(pages.resolve("ca.crl"), openssl.crl("-crldays", "1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        responder.close();
        web.close();
    }
}

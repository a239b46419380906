package dev.culvert.testkit.certificates;

import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** An authority whose CRLs and OCSP responses OpenSSL makes, from its index of certificates. */
public final class OpensslAuthority {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private final TestAuthority authority;
    private final Path directory;

    /** @param directory for its files, its own */
    public OpensslAuthority(TestAuthority authority, Path directory) {
        this.authority = authority;
        this.directory = directory;
        write("ca.pem", authority.pem());
        write("ca.key", TestKeys.pem(authority.key()));
        write("index.txt", "");
        write("index.txt.attr", "unique_subject = no\n");
        write("crlnumber", "01\n");
        write("ca.cnf", """
                [ca]
                default_ca = test
                [test]
                database = %1$s/index.txt
                crlnumber = %1$s/crlnumber
                certificate = %1$s/ca.pem
                private_key = %1$s/ca.key
                default_md = sha256
                crl_extensions = extensions
                [extensions]
                authorityKeyIdentifier = keyid
                """.formatted(directory));
    }

    /** Has later CRLs carry one more extension, a line of OpenSSL's configuration with what else belongs to it. */
    public OpensslAuthority withCrlExtension(String lines) {
        write("ca.cnf", new String(read("ca.cnf"), StandardCharsets.US_ASCII) + lines + "\n");
        return this;
    }

    public TestAuthority authority() {
        return authority;
    }

    /** Enters a certificate that is good. */
    public OpensslAuthority issued(X509Certificate certificate) {
        return index("V", "", certificate);
    }

    /**
     * Enters one that is revoked.
     *
     * @param reason as OpenSSL writes it, such as {@code keyCompromise}
     */
    public OpensslAuthority revoked(X509Certificate certificate, Instant since, String reason) {
        return index("R", TIME.format(since) + "," + reason, certificate);
    }

    /** Forgets all certificates. */
    public OpensslAuthority clear() {
        write("index.txt", "");
        return this;
    }

    /** A CRL in PEM; {@code options} such as {@code -crldays 1} or {@code -md sha1}. */
    public String crlPem(String... options) {
        List<String> command = new ArrayList<>(List.of("openssl", "ca", "-config", file("ca.cnf"), "-gencrl"));
        command.addAll(List.of(options));
        command.addAll(List.of("-out", file("crl.pem")));
        run(command);
        return new String(read("crl.pem"), StandardCharsets.US_ASCII);
    }

    /** A CRL in DER. */
    public byte[] crl(String... options) {
        crlPem(options);
        run(List.of("openssl", "crl", "-in", file("crl.pem"), "-outform", "DER", "-out", file("crl.der")));
        return read("crl.der");
    }

    /** What OpenSSL's responder answers to a request in DER, signed by {@code responder}. */
    public byte[] ocsp(byte[] request, Credential responder, String... options) {
        write(directory.resolve("request.der"), request);
        List<String> command = responder(responder);
        command.addAll(List.of("-reqin", file("request.der"), "-respout", file("response.der")));
        command.addAll(List.of(options));
        run(command);
        return read("response.der");
    }

    /** The command of OpenSSL's responder, to be followed by {@code -port} or {@code -reqin}. */
    public List<String> responder(Credential responder) {
        write("responder.pem", Credential.pem(List.of(responder.certificate())));
        write("responder.key", responder.keyPem());
        return new ArrayList<>(List.of(
                "openssl",
                "ocsp",
                "-index",
                file("index.txt"),
                "-CA",
                file("ca.pem"),
                "-rsigner",
                file("responder.pem"),
                "-rkey",
                file("responder.key")));
    }

    /** The authority as its own responder. */
    public Credential itself() {
        return new Credential(authority.keys(), authority.certificate(), List.of());
    }

    private OpensslAuthority index(String status, String revocation, X509Certificate certificate) {
        String serial = certificate.getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
        String line = String.join(
                        "\t",
                        status,
                        TIME.format(certificate.getNotAfter().toInstant()),
                        revocation,
                        serial.length() % 2 == 0 ? serial : "0" + serial,
                        "unknown",
                        "/CN=" + new BigInteger(serial, 16))
                + "\n";
        write("index.txt", new String(read("index.txt"), StandardCharsets.US_ASCII) + line);
        return this;
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private byte[] read(String name) {
        try {
            return Files.readAllBytes(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, String text) {
        write(directory.resolve(name), text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(List<String> command) {
        try {
            Path log = directory.resolve("openssl.log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + ":\n" + Files.readString(log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("openssl has to be installed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

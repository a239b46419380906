package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

/**
 * A branch office on the cluster's network: strongSwan, and behind it the host 10.50.0.10 with a web server that has a
 * file of 100 MB.
 */
public final class Branch implements AutoCloseable {
    public static final String NETWORK = "10.50.0.0/16";
    public static final String HOST = "10.50.0.10";
    static final String PODS = "10.244.0.0/16";
    private static final int FILE_BYTES = 100_000_000;

    private final Netns gateway;
    private final Netns host;
    private final String address;
    private final StrongSwan strongSwan;
    private final String fileDigest;

    public Branch(Cluster cluster, Path directory) {
        gateway = Netns.create("branch");
        host = Netns.create("branchhost");
        address = cluster.address(50);
        Netns.cable(cluster.network(), "branch", gateway, "wan");
        Netns.cable(gateway, "lan", host, "lan");
        cluster.network().ip("link set branch master lab0");
        gateway.ip("addr add " + address + "/24 dev wan");
        gateway.ip("route add default via " + cluster.address(1));
        gateway.ip("addr add 10.50.0.1/16 dev lan");
        gateway.sysctl("net.ipv4.ip_forward=1");
        host.ip("addr add " + HOST + "/16 dev lan");
        host.ip("route add default via 10.50.0.1");
        strongSwan = StrongSwan.start(gateway, directory.resolve("swan"));
        fileDigest = serveFile(directory);
    }

    private String serveFile(Path directory) {
        try {
            byte[] content = new byte[FILE_BYTES];
            new Random(1).nextBytes(content);
            Path folder = Files.createDirectories(directory.resolve("www"));
            Files.write(folder.resolve("file"), content);
            // ends with its namespace
            Background server = host.start(
                    directory.resolve("httpd.log"),
                    Map.of(),
                    "busybox",
                    "httpd",
                    "-f",
                    "-p",
                    "8080",
                    "-h",
                    folder.toString());
            server.awaitReady(
                    Duration.ofSeconds(10),
                    () -> host.attempt(
                                    Duration.ofSeconds(2),
                                    "busybox",
                                    "wget",
                                    "-q",
                                    "--spider",
                                    "http://127.0.0.1:8080/file")
                            .succeeded());
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    public Netns gateway() {
        return gateway;
    }

    public Netns host() {
        return host;
    }

    /** strongSwan's address on the cluster's network. */
    public String address() {
        return address;
    }

    public StrongSwan strongSwan() {
        return strongSwan;
    }

    /** SHA-256 in hexadecimal of {@code http://10.50.0.10:8080/file}. */
    public String fileDigest() {
        return fileDigest;
    }

    /** The configuration that fits the tunnel of {@link #tunnel}. */
    public SwanConfig config() {
        return new SwanConfig(address, "%any", "branch.example", "cluster.example", NETWORK, PODS);
    }

    /** An IPSecTunnel {@code branch} to this office, whose key is in the Secret {@code branch-psk}. */
    public TunnelFile tunnel() {
        return new TunnelFile(address, "cluster.example", "branch.example", PODS, NETWORK).gateway("default");
    }

    @Override
    public void close() {
        strongSwan.close();
        host.close();
        gateway.close();
    }
}

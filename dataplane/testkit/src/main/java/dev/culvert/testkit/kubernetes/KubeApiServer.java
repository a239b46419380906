package dev.culvert.testkit.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * etcd and kube-apiserver on loopback, with RBAC and without controllers: garbage is not collected, namespaces do not
 * finish to be deleted, and no ServiceAccount is made by itself.
 *
 * <p>The client of {@link #kubeconfig()} is {@code system:masters}; use impersonation to see what RBAC lets others do.
 * Closing ends both processes and removes their files.
 */
public final class KubeApiServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final String TOKEN = "culvert-test";

    private final KubernetesBinaries binaries;
    private final Path folder;
    private final int port;
    private final List<Process> processes = new ArrayList<>();

    private KubeApiServer(KubernetesBinaries binaries, Path folder, int port) {
        this.binaries = binaries;
        this.folder = folder;
        this.port = port;
    }

    /** Whether this machine has the programs; a test without them is skipped, not failed. */
    public static boolean isAvailable() {
        return KubernetesBinaries.find().isPresent();
    }

    /** One server for all tests of this JVM, started with the first call and ended with the JVM. */
    public static KubeApiServer shared() {
        return Shared.SERVER;
    }

    private static final class Shared {
        static final KubeApiServer SERVER = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close, "kube-apiserver-shutdown"));
        }
    }

    /**
     * Starts a server of one's own and waits until it is ready.
     *
     * @throws IllegalStateException without the programs, or if it does not start
     */
    public static KubeApiServer start() {
        KubernetesBinaries binaries = KubernetesBinaries.find()
                .orElseThrow(() -> new IllegalStateException(
                        "etcd, kube-apiserver and kubectl are missing: run script/cluster build"));
        try {
            KubeApiServer server =
                    new KubeApiServer(binaries, Files.createTempDirectory("culvert-kube-apiserver"), freePort());
            try {
                server.launch();
                return server;
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect to. */
    public URI url() {
        return URI.create("https://127.0.0.1:" + port);
    }

    /** A kubeconfig file of a client that may do everything. */
    public Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    /** What a kubectl said.
     *
     * @param output both its standard output and its standard error
     */
    public record Result(int status, String output) {
        public boolean isSuccess() {
            return status == 0;
        }
    }

    /**
     * Runs kubectl as the administrator.
     *
     * @param input its standard input
     */
    public Result kubectl(String input, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(binaries.program("kubectl"));
        command.add("--kubeconfig=" + kubeconfig());
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
                stdin.write(input);
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while kubectl ran", e);
        }
    }

    /** {@code kubectl apply --server-side -f -}, and waits until CustomResourceDefinitions in it are served. */
    public void apply(String yaml) {
        demand(kubectl(yaml, "apply", "--server-side", "-f", "-"));
        if (yaml.contains("kind: CustomResourceDefinition")) {
            demand(kubectl("", "wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"));
        }
    }

    /** Ends the processes and removes their files. */
    @Override
    public void close() {
        for (Process process : processes.reversed()) {
            process.destroyForcibly().onExit().join();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() throws IOException {
        int etcd = freePort();
        String etcdUrl = "http://127.0.0.1:" + etcd;
        String peerUrl = "http://127.0.0.1:" + freePort();
        run(
                "etcd",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + etcdUrl,
                "--advertise-client-urls=" + etcdUrl,
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=default=" + peerUrl,
                "--unsafe-no-fsync");
        Path tokens = Files.writeString(folder.resolve("tokens.csv"), TOKEN + ",admin,admin,system:masters\n");
        Path accountKey = Files.writeString(folder.resolve("accounts.key"), privateKey());
        run(
                "kube-apiserver",
                "--etcd-servers=" + etcdUrl,
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                "--secure-port=" + port,
                "--cert-dir=" + folder.resolve("certificates"),
                "--token-auth-file=" + tokens,
                "--authorization-mode=RBAC",
                "--service-cluster-ip-range=10.96.0.0/16",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + accountKey,
                "--service-account-signing-key-file=" + accountKey,
                "--endpoint-reconciler-type=none",
                "--disable-admission-plugins=ServiceAccount");
        Files.writeString(kubeconfig(), """
                apiVersion: v1
                kind: Config
                clusters:
                - name: test
                  cluster: {server: "%s", insecure-skip-tls-verify: true}
                users:
                - name: admin
                  user: {token: %s}
                contexts:
                - name: test
                  context: {cluster: test, user: admin}
                current-context: test
                """.formatted(url(), TOKEN));
        awaitReady();
    }

    private void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(binaries.program(program));
        command.addAll(List.of(arguments));
        processes.add(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(program).toFile())
                .start());
    }

    private void awaitReady() throws IOException {
        long start = System.nanoTime();
        while (!(kubectl("", "get", "--raw", "/readyz").isSuccess()
                && kubectl("", "get", "namespace", "default").isSuccess())) {
            boolean late = System.nanoTime() - start > START_LIMIT.toNanos();
            if (late || processes.stream().anyMatch(process -> !process.isAlive())) {
                throw new IllegalStateException(
                        (late ? "kube-apiserver is not ready after " + START_LIMIT : "a process has ended") + "\n"
                                + tail("etcd") + tail("kube-apiserver"));
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while kube-apiserver started", e);
        }
    }

    private Path log(String program) {
        return folder.resolve(program + ".log");
    }

    private String tail(String program) throws IOException {
        if (!Files.exists(log(program))) {
            return "";
        }
        List<String> lines = Files.readAllLines(log(program));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size())) + "\n";
    }

    private static void demand(Result result) {
        if (!result.isSuccess()) {
            throw new IllegalStateException("kubectl: " + result.output());
        }
    }

    private static String privateKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            String key = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
            return "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has RSA", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

package dev.culvert.io;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Runs a test body in a thread with a network namespace of its own: unshare(2) with CLONE_NEWNET concerns the calling
 * thread alone, its sockets and the programs that it starts. The namespace goes with the thread.
 */
public final class OwnNetworkNamespace {
    private static final int CLONE_NEWNET = 0x40000000;

    private OwnNetworkNamespace() {}

    /** A test's body. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    public static void run(Body body) throws Exception {
        assumeRoot();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name("own-network-namespace").start(() -> {
            try {
                unshare();
                ip("link", "set", "lo", "up");
                body.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        thread.join();
        switch (failure.get()) {
            case null -> {}
            case Exception e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new AssertionError(e);
        }
    }

    public static void assumeRoot() throws IOException {
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
                "not root: cannot make a network namespace");
    }

    public static void assumeTun() {
        assumeTrue(Files.isReadable(Path.of("/dev/net/tun")), "/dev/net/tun is missing");
    }

    /** Runs {@code ip} and gives back its output. */
    public static String ip(String... arguments) throws Exception {
        Process process = new ProcessBuilder(Stream.concat(Stream.of("ip"), List.of(arguments).stream())
                        .toList())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("ip %s: %s", String.join(" ", arguments), output)
                .isZero();
        return output;
    }

    @SuppressWarnings("restricted")
    private static void unshare() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle unshare = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("unshare"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        assertThat((int) unshare.invokeExact(CLONE_NEWNET))
                .as("unshare(CLONE_NEWNET)")
                .isZero();
    }
}

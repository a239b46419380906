package dev.culvert.e2e.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A gateway of the topology that is a machine of its own, with Debian's kernel, in QEMU: see {@code e2e/linux-vm.sh}. It
 * takes the cables and the addresses of the gateway's namespace, which becomes two bridges. Without KVM: right, not fast.
 */
public final class LinuxVm implements AutoCloseable {
    private static final Duration BOOT = Duration.ofMinutes(2);

    /** What stands for an answer when the guest is gone. */
    private static final String END = "end";

    private final Path directory;
    private final Background qemu;
    private final SocketChannel jobs;
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private int count;

    private LinuxVm(Path directory, Background qemu, SocketChannel jobs) {
        this.directory = directory;
        this.qemu = qemu;
        this.jobs = jobs;
    }

    /** Boots with this machine's own files and programs; {@code directory} is the guest's {@code /guest}. */
    public static LinuxVm start(Topology.Side side, Path directory) {
        return start(side, directory, Path.of("/"));
    }

    /** Boots with another root file system, of which the guest sees a throw-away copy. */
    public static LinuxVm start(Topology.Side side, Path directory, Path root) {
        return start(side, directory, root, Map.of());
    }

    /** A kernel that carries ESP in TCP, which Debian's does not, if {@code e2e/espintcp-kernel.sh} has built it. */
    public static Optional<Path> kernelWithEspInTcp() {
        Commands.Result cached = Commands.attempt(
                Duration.ofSeconds(10),
                List.of(Repository.root().resolve("e2e/espintcp-kernel.sh").toString(), "--cached"));
        return cached.succeeded() ? Optional.of(Path.of(cached.out().strip())) : Optional.empty();
    }

    /** The same with another kernel, which has what it needs without modules. */
    public static LinuxVm start(Topology.Side side, Path directory, Path root, Path kernel) {
        return start(side, directory, root, Map.of("CULVERT_GUEST_KERNEL", kernel.toString()));
    }

    private static LinuxVm start(Topology.Side side, Path directory, Path root, Map<String, String> environment) {
        Netns gateway = side.gateway();
        bridge(gateway, "wan", "tap0");
        bridge(gateway, "lan", "tap1");
        try {
            Files.createDirectories(directory.resolve("jobs"));
            Background qemu = gateway.start(
                    directory.resolve("qemu.log"),
                    environment,
                    Repository.root().resolve("e2e/linux-vm.sh").toString(),
                    directory.toString(),
                    root.toString(),
                    "tap0",
                    "tap1");
            Path socket = directory.resolve("jobs.sock");
            qemu.awaitReady(Duration.ofSeconds(30), () -> Files.exists(socket));
            LinuxVm vm = new LinuxVm(directory, qemu, SocketChannel.open(UnixDomainSocketAddress.of(socket)));
            Thread.ofVirtual().start(vm::readAnswers);
            try {
                vm.await("ready", BOOT);
                vm.run("""
                        ip link set eth0 up
                        ip link set eth1 up
                        ip addr add %s/24 dev eth0
                        ip addr add %s/24 dev eth1
                        ip route add default via %s
                        sysctl -qw net.ipv4.ip_forward=1
                        """.formatted(side.outerAddress(), side.innerAddress(), side.routerAddress()));
            } catch (LabException e) {
                vm.close();
                throw e;
            }
            return vm;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What came in by the cable goes to the guest, and the other way round. */
    private static void bridge(Netns gateway, String cable, String tap) {
        String bridge = cable + "br";
        gateway.ip("addr flush dev " + cable);
        gateway.ip("tuntap add " + tap + " mode tap");
        gateway.ip("link add " + bridge + " type bridge");
        for (String port : new String[] {cable, tap}) {
            gateway.ip("link set " + port + " master " + bridge + " up");
        }
        gateway.ip("link set " + bridge + " up");
    }

    /** What a bash script printed that runs in the guest as root; fails with all it printed when it does not succeed. */
    public String run(String script) {
        Commands.Result result = attempt(Duration.ofSeconds(60), script);
        if (!result.succeeded()) {
            throw new LabException("in the guest exited with " + result.status() + ":\n" + script + "\n" + result.all()
                    + "\nkernel:\n" + console());
        }
        return result.out();
    }

    /** How a script ended: 124 for one that took too long and was ended. One script runs at a time. */
    public synchronized Commands.Result attempt(Duration patience, String script) {
        String job = Integer.toString(++count);
        Path base = directory.resolve("jobs");
        try {
            Path file = Files.writeString(base.resolve(job + ".script"), script);
            Files.writeString(
                    base.resolve(job + ".sh"),
                    "exec timeout " + patience.toSeconds() + " bash /guest/jobs/" + file.getFileName() + "\n");
            ByteBuffer line = ByteBuffer.wrap((job + "\n").getBytes(StandardCharsets.US_ASCII));
            while (line.hasRemaining()) {
                jobs.write(line);
            }
            int status = await(job, patience.plusSeconds(20));
            return new Commands.Result(
                    status, Files.readString(base.resolve(job + ".out")), Files.readString(base.resolve(job + ".err")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Passes over the answers of jobs for which nobody waits any more. */
    private int await(String job, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                String line = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null || line.startsWith(END)) {
                    throw new LabException(
                            "the guest does not answer to " + job + ": " + line + "\n" + qemu.log() + console());
                }
                if (line.startsWith(job + " ")) {
                    return Integer.parseInt(line.substring(job.length() + 1).strip());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for the guest");
        }
    }

    private void readAnswers() {
        try (BufferedReader lines = new BufferedReader(Channels.newReader(jobs, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(line);
            }
            answers.add(END);
        } catch (IOException e) {
            answers.add(END + ": " + e);
        }
    }

    /** The folder that the guest sees as {@code /guest}. */
    public Path directory() {
        return directory;
    }

    /** What the guest's kernel said. */
    public String console() {
        try {
            Path file = directory.resolve("console.log");
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        qemu.close();
        try {
            jobs.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

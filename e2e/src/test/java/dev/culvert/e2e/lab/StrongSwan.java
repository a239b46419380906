package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A charon in a network namespace with its userspace ESP (kernel-libipsec), which always encapsulates in UDP and does
 * neither transport mode nor ESN. Driven over vici by swanctl.
 */
public final class StrongSwan implements AutoCloseable {
    private static final String PLUGINS = "random nonce openssl aes sha1 sha2 hmac gcm gmp curve25519 chapoly md5 kdf "
            + "cmac xcbc ctr ccm pem pkcs1 pkcs8 x509 pubkey constraints revocation kernel-libipsec kernel-netlink "
            + "socket-default vici updown";

    /** Connections that start are loaded no faster than they come up. */
    private static final Duration LOADING = Duration.ofMinutes(3);

    private final Netns netns;
    private final Path directory;
    private final Installation installation;
    private Background charon;

    private StrongSwan(Netns netns, Path directory, Installation installation, Background charon) {
        this.netns = netns;
        this.directory = directory;
        this.installation = installation;
        this.charon = charon;
    }

    /** Starts Debian's charon of this system; its files, the log among them, are in {@code directory}. */
    public static StrongSwan start(Netns netns, Path directory) {
        return start(netns, directory, Installation.ofThisSystem(directory));
    }

    /** Starts strongSwan 6.1, which has ML-KEM, out of its chroot ({@code e2e/chroot.sh} makes that). */
    public static StrongSwan startWithMlKem(Netns netns, Path directory) {
        return start(netns, directory, Installation.inChroot(directory));
    }

    /**
     * Where charon is.
     *
     * @param directory what charon calls the directory of its files
     * @param launch what a shell in a mount namespace of its own does to start it
     */
    private record Installation(Path directory, String launch) {
        /** Each charon wants /var/run to itself. */
        static Installation ofThisSystem(Path directory) {
            return new Installation(
                    directory,
                    "mount --bind '" + directory.resolve("run") + "' /var/run && rm -f /var/run/*.pid"
                            + " && exec /usr/lib/ipsec/charon");
        }

        static Installation inChroot(Path directory) {
            Commands.Result unpacked = Commands.attempt(
                    Duration.ofMinutes(10),
                    List.of(Repository.root().resolve("e2e/chroot.sh").toString(), "strongswan-6"));
            String chroot = unpacked.out().strip();
            if (!unpacked.succeeded()) {
                throw new LabException("strongSwan 6.1 is not there:\n" + unpacked.all());
            }
            return new Installation(
                    Path.of("/mnt"),
                    "mount --bind '" + directory + "' '" + chroot + "/mnt'"
                            + " && mount -t tmpfs tmpfs '" + chroot + "/run'"
                            + " && mount --bind /dev '" + chroot + "/dev'"
                            + " && mount -t proc proc '" + chroot + "/proc'"
                            + " && exec chroot '" + chroot
                            + "' env STRONGSWAN_CONF=/mnt/strongswan.conf /usr/lib/ipsec/charon");
        }
    }

    private static StrongSwan start(Netns netns, Path directory, Installation installation) {
        try {
            Files.createDirectories(directory.resolve("run"));
            Path settings = directory.resolve("strongswan.conf");
            Files.writeString(settings, """
                    charon {
                      load_modular = no
                      load = %s
                      install_routes = yes
                      accept_private_algs = yes
                      i_dont_care_about_security_and_use_aggressive_mode_psk = yes
                      retransmit_timeout = 1.0
                      retransmit_tries = 3
                      dos_protection = no
                      filelog { log { path = %s
                        flush_line = yes
                        default = 1
                        ike = 2
                        enc = 1 } }
                      plugins {
                        vici { socket = unix://%s }
                        kernel-libipsec { allow_peer_ts = yes }
                      }
                    }
                    """.formatted(
                            PLUGINS,
                            installation.directory().resolve("charon.log"),
                            installation.directory().resolve("vici")));
            StrongSwan started = new StrongSwan(netns, directory, installation, launch(netns, directory, installation));
            started.awaitReady();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Background launch(Netns netns, Path directory, Installation installation) {
        return netns.start(
                directory.resolve("charon.out"),
                Map.of("STRONGSWAN_CONF", directory.resolve("strongswan.conf").toString()),
                "unshare",
                "-m",
                "sh",
                "-c",
                installation.launch());
    }

    private void awaitReady() {
        try {
            charon.awaitReady(Duration.ofSeconds(15), () -> swanctl("--stats").succeeded());
        } catch (LabException e) {
            close();
            throw e;
        }
    }

    /** Starts it again after {@link #kill}, knowing nothing; to be followed by {@link #load}. */
    public void restart() {
        charon = launch(netns, directory, installation);
        awaitReady();
    }

    /** Replaces what charon was told before: its connections, and their keys. Only the first can be given orders. */
    public void load(SwanConfig config, SwanConfig... more) {
        load(SwanConfig.text(config, more));
    }

    /** Puts a file where swanctl looks for it, as {@code x509/a.pem}, {@code x509ca/root.pem}, {@code private/a.pem}. */
    public StrongSwan file(String name, String text) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with the text of a whole swanctl.conf. */
    public void load(String text) {
        try {
            Path file = directory.resolve("swanctl.conf");
            Files.writeString(file, text);
            expect(swanctl(LOADING, "--load-all", "--clear", "--noprompt", "--file", file.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Brings the child up, or fails with what strongSwan said. */
    public void initiate() {
        expect(attemptInitiate());
    }

    public Commands.Result attemptInitiate() {
        return swanctl("--initiate", "--child", SwanConfig.CHILD, "--timeout", "10", "--loglevel", "1");
    }

    /** Deletes every IKE SA of the connection, telling the peer; nothing when there is none. */
    public void terminate() {
        swanctl("--terminate", "--ike", SwanConfig.CONNECTION, "--timeout", "5");
    }

    /** Forgets every SA without a word to the peer. */
    public void forget() {
        swanctl("--terminate", "--ike", SwanConfig.CONNECTION, "--force", "--timeout", "1");
    }

    public void rekeyChild() {
        expect(swanctl("--rekey", "--child", SwanConfig.CHILD));
    }

    public void rekeyIke() {
        expect(swanctl("--rekey", "--ike", SwanConfig.CONNECTION));
    }

    /** How many SAs it has: IKE SAs that are established, and child SAs that are installed. */
    public String count() {
        String sas = sas();
        return count(sas, "ESTABLISHED") + " IKE, " + count(sas, "INSTALLED") + " child";
    }

    private static long count(String text, String word) {
        return text.lines().filter(line -> line.contains(word)).count();
    }

    /** The SAs as {@code swanctl --list-sas} prints them; empty when there is none. */
    public String sas() {
        return expect(swanctl("--list-sas"));
    }

    /** Whether an IKE SA is established and its child installed. */
    public boolean isUp() {
        String sas = sas();
        return sas.contains("ESTABLISHED") && sas.contains("INSTALLED");
    }

    public String log() {
        try {
            Path log = directory.resolve("charon.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Commands.Result swanctl(String... arguments) {
        return swanctl(Duration.ofSeconds(20), arguments);
    }

    private Commands.Result swanctl(Duration patience, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "STRONGSWAN_CONF=" + directory.resolve("strongswan.conf"),
                "SWANCTL_DIR=" + directory,
                "swanctl"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--uri", "unix://" + directory.resolve("vici")));
        return Commands.attempt(patience, command);
    }

    private static String expect(Commands.Result result) {
        if (!result.succeeded()) {
            throw new LabException("swanctl failed:\n" + result.all());
        }
        return result.out();
    }

    /** The process, for those who look at it from outside. */
    public long pid() {
        return charon.pid();
    }

    /** SIGKILL: the peer hears nothing of it. */
    public void kill() {
        charon.kill();
    }

    @Override
    public void close() {
        charon.close();
    }
}

package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * libreswan 5.2 of Debian trixie, whose pluto and kernel run in a {@link LinuxVm} booted with {@link #root}. Driven by
 * its {@code ipsec} command.
 */
public final class Libreswan {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final LinuxVm vm;

    private Libreswan(LinuxVm vm) {
        this.vm = vm;
    }

    /** The root file system with libreswan in it: made on first use, which takes a minute or two. */
    public static Path root() {
        Commands.Result made = Commands.attempt(
                Duration.ofMinutes(10),
                List.of(Repository.root().resolve("e2e/chroot.sh").toString(), "libreswan"));
        if (!made.succeeded()) {
            throw new LabException("e2e/chroot.sh failed:\n" + made.all());
        }
        return Path.of(made.out().strip());
    }

    /** Starts pluto in the guest; it ends with the guest. */
    public static Libreswan start(LinuxVm vm) {
        vm.run("""
                printf 'config setup\\n\\tlogfile=/guest/pluto.log\\n' > /etc/ipsec.conf
                ipsec initnss
                ipsec pluto --config /etc/ipsec.conf
                """);
        return new Libreswan(vm);
    }

    /** Replaces what pluto was told before. */
    public void load(LibreswanConfig config) {
        write("ipsec.conf", config.text());
        write("ipsec.secrets", config.secrets());
        vm.run("""
                cp /guest/ipsec.conf /guest/ipsec.secrets /etc/
                ipsec delete culvert > /dev/null 2>&1
                ipsec rereadsecrets > /dev/null && ipsec add culvert
                """);
    }

    /** Brings the connection up, or fails with what pluto said. */
    public void initiate() {
        expect(attempt("ipsec up culvert"));
    }

    public void rekeyChild() {
        expect(attempt("ipsec whack --name culvert --rekey-child"));
    }

    public void rekeyIke() {
        expect(attempt("ipsec whack --name culvert --rekey-ike"));
    }

    /** Ends the SAs, telling the peer. */
    public void terminate() {
        attempt("ipsec down culvert");
    }

    /** pluto's number of each established IKE SA. */
    public List<String> ikeSas() {
        return states("ESTABLISHED_IKE_SA");
    }

    /** pluto's number of each established child SA. */
    public List<String> childSas() {
        return states("ESTABLISHED_CHILD_SA");
    }

    /** Whether there is one IKE SA and one child SA. */
    public boolean isUp() {
        return ikeSas().size() == 1 && childSas().size() == 1;
    }

    private List<String> states(String state) {
        return Pattern.compile("#(\\d+): .*" + state)
                .matcher(showStates())
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    public String showStates() {
        return expect(attempt("ipsec showstates"));
    }

    public String log() {
        try {
            Path log = vm.directory().resolve("pluto.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Commands.Result attempt(String command) {
        return vm.attempt(PATIENCE, command);
    }

    private static String expect(Commands.Result result) {
        if (!result.succeeded()) {
            throw new LabException("libreswan's ipsec failed:\n" + result.all());
        }
        return result.out();
    }

    private void write(String name, String text) {
        try {
            Files.writeString(vm.directory().resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

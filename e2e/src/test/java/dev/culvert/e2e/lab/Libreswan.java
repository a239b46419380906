package dev.culvert.e2e.lab;

import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * libreswan 5.2 of Debian trixie, whose pluto and kernel run in a {@link LinuxVm} booted with {@link #root}. Driven by
 * its {@code ipsec} command.
 */
public final class Libreswan {
    /** The guest is slow, the more so on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String DATABASE = "sql:/var/lib/ipsec/nss";

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
        return start(vm, Map.of(), Optional.empty(), "listen-tcp=no");
    }

    /** The same, and it takes TCP connections (RFC 9329), which needs a kernel for it. */
    public static Libreswan startWithTcp(LinuxVm vm) {
        return start(vm, Map.of(), Optional.empty(), "listen-tcp=yes");
    }

    /** The same with certificates in its database, by their nicknames, and an authority that it trusts. */
    public static Libreswan start(LinuxVm vm, Map<String, Credential> own, TestAuthority trusted) {
        return start(vm, own, Optional.of(trusted), "listen-tcp=no");
    }

    private static Libreswan start(
            LinuxVm vm, Map<String, Credential> own, Optional<TestAuthority> trusted, String setting) {
        Libreswan libreswan = new Libreswan(vm);
        StringBuilder imports = new StringBuilder();
        own.forEach((nickname, credential) -> {
            libreswan.write(nickname + ".p12", pkcs12(nickname, credential));
            imports.append("pk12util -d " + DATABASE + " -W x -i /guest/" + nickname + ".p12 > /dev/null\n");
        });
        trusted.ifPresent(authority -> {
            libreswan.write("root.pem", authority.pem().getBytes(StandardCharsets.US_ASCII));
            imports.append("certutil -d " + DATABASE + " -A -n root -t CT,C,C -a -i /guest/root.pem\n");
        });
        vm.run("""
                set -e
                printf 'config setup\\n\\tlogfile=/guest/pluto.log\\n\\tikev1-policy=accept\\n\\t%s\\n' > /etc/ipsec.conf
                ipsec initnss
                %sipsec pluto --config /etc/ipsec.conf
                """.formatted(setting, imports));
        return libreswan;
    }

    /** The key and its certificate, with what is between that and its root. */
    private static byte[] pkcs12(String nickname, Credential credential) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            Certificate[] chain = credential.chain().toArray(Certificate[]::new);
            store.setKeyEntry(nickname, credential.key(), "x".toCharArray(), chain);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, "x".toCharArray());
            return bytes.toByteArray();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Replaces what pluto was told before. */
    public void load(LibreswanConfig config) {
        write("ipsec.conf", config.text().getBytes(StandardCharsets.US_ASCII));
        write("ipsec.secrets", config.secrets().getBytes(StandardCharsets.US_ASCII));
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

    /** pluto's number of each established IKE SA, or ISAKMP SA of IKEv1. */
    public List<String> ikeSas() {
        return states("(ESTABLISHED_IKE_SA|MAIN_[RI][34]|AGGR_[RI]2)");
    }

    /** pluto's number of each established child SA, or pair of SAs of a quick mode. */
    public List<String> childSas() {
        return states("(ESTABLISHED_CHILD_SA|QUICK_[RI]2)");
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

    private void write(String name, byte[] content) {
        try {
            Files.write(vm.directory().resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

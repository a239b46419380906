package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The charon of a {@link LinuxVm} with that machine's kernel as its data plane (kernel-netlink). */
public final class KernelSwan {
    private static final String PLUGINS = "random nonce openssl aes sha1 sha2 hmac gcm gmp curve25519 chapoly md5 "
            + "kdf cmac xcbc ctr ccm pem pkcs1 pkcs8 x509 pubkey constraints revocation kernel-netlink socket-default "
            + "vici updown";
    /** The guest is slow, the more so on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final LinuxVm vm;

    private KernelSwan(LinuxVm vm) {
        this.vm = vm;
    }

    /** Starts charon in the guest; it ends with the guest. */
    public static KernelSwan start(LinuxVm vm) {
        write(vm.directory().resolve("strongswan.conf"), """
                charon {
                  load_modular = no
                  load = %s
                  accept_private_algs = yes
                  retransmit_timeout = 2.0
                  retransmit_tries = 3
                  dos_protection = no
                  filelog { log { path = /guest/charon.log
                    flush_line = yes
                    default = 1
                    ike = 2
                    enc = 1 } }
                }
                """.formatted(PLUGINS));
        KernelSwan swan = new KernelSwan(vm);
        vm.run("""
                STRONGSWAN_CONF=/guest/strongswan.conf setsid /usr/lib/ipsec/charon > /guest/charon.out 2>&1 &
                for _ in $(seq 200); do [ -S /run/charon.vici ] && exit; sleep 0.1; done
                cat /guest/charon.out >&2
                exit 1
                """);
        return swan;
    }

    /** Replaces what charon was told before. Only the first can be given orders, but for {@link #initiateAll}. */
    public void load(SwanConfig config, SwanConfig... more) {
        write(vm.directory().resolve("swanctl.conf"), SwanConfig.text(config, more));
        expect(swanctl("--load-all --clear --noprompt --file /guest/swanctl.conf"));
    }

    /** Brings the child up, or fails with what strongSwan said. */
    public void initiate() {
        expect(swanctl("--initiate --child " + SwanConfig.CHILD + " --timeout 20 --loglevel 1"));
    }

    /** Brings both children up of several connections at a time, by their numbers from 1 on. */
    public void initiateAll(List<Integer> connections) {
        StringBuilder script = new StringBuilder("export STRONGSWAN_CONF=/guest/strongswan.conf\n");
        for (int number : connections) {
            String ike = SwanConfig.CONNECTION + (number == 1 ? "" : Integer.toString(number));
            String swanctl = "swanctl --initiate --ike " + ike + " --timeout 60 --child ";
            script.append("(" + swanctl + SwanConfig.CHILD + "; " + swanctl + SwanConfig.CHILD_6 + ") &\n");
        }
        vm.attempt(PATIENCE, script + "wait\n");
    }

    public void rekeyChild() {
        expect(swanctl("--rekey --child " + SwanConfig.CHILD));
    }

    public void rekeyIke() {
        expect(swanctl("--rekey --ike " + SwanConfig.CONNECTION));
    }

    /** Forgets every SA without a word to the peer. */
    public void forget() {
        swanctl("--terminate --ike " + SwanConfig.CONNECTION + " --force --timeout 1");
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

    /** The inbound SPI of each child SA. */
    public List<String> childSpis() {
        return found(" in +([0-9a-f]{8})");
    }

    /** The initiator's SPI of each IKE SA. */
    public List<String> ikeSpis() {
        return found("([0-9a-f]{16})_i");
    }

    private List<String> found(String pattern) {
        return Pattern.compile(pattern)
                .matcher(sas())
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    /** The kernel's SAs, as {@code ip xfrm state} prints them. */
    public String kernelStates() {
        return vm.run("ip -s xfrm state");
    }

    public String log() {
        try {
            Path log = vm.directory().resolve("charon.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Commands.Result swanctl(String arguments) {
        return vm.attempt(PATIENCE, "STRONGSWAN_CONF=/guest/strongswan.conf swanctl " + arguments);
    }

    private static String expect(Commands.Result result) {
        if (!result.succeeded()) {
            throw new LabException("swanctl in the guest failed:\n" + result.all());
        }
        return result.out();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

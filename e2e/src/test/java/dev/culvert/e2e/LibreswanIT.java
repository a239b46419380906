package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CertificateDocuments;
import dev.culvert.e2e.lab.Commands;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.LabException;
import dev.culvert.e2e.lab.Libreswan;
import dev.culvert.e2e.lab.LibreswanConfig;
import dev.culvert.e2e.lab.LinuxVm;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The stand-alone agent with libreswan, which has a Linux kernel of its own in a virtual machine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LibreswanIT {
    /** Who sends the first message. */
    enum Initiator {
        AGENT,
        LIBRESWAN
    }

    /** The guest is slow, the more so on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final TestAuthority ROOT = TestAuthority.root("Libreswan root", "ecp256");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private LinuxVm vm;

    private Libreswan libreswan;

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        vm = LinuxVm.start(right, directory.resolve("vm"), Libreswan.root());
        libreswan =
                Libreswan.start(vm, Map.of("rsa", credential(right, "rsa"), "ecdsa", credential(right, "ecdsa")), ROOT);
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    /** CREATE_CHILD_SA for the child SA and for the IKE SA, asked for by either side. */
    @ParameterizedTest(name = "{0} initiates")
    @EnumSource
    void carriesTrafficAcrossRekeysOfBothSides(Initiator initiator) {
        establish(initiator, LibreswanConfig.between(topology, right, left), ours(), () -> {
            rekeyed(libreswan::childSas, libreswan::rekeyChild);
            rekeyed(libreswan::childSas, () -> command("rekey", TunnelFile.NAME, "net"));
            rekeyed(libreswan::ikeSas, libreswan::rekeyIke);
            rekeyed(libreswan::ikeSas, () -> command("rekey", TunnelFile.NAME));
            rekeyed(libreswan::childSas, libreswan::rekeyChild);
        });
    }

    /** The initiator asks for more than the responder has (RFC 7296 §2.9). */
    @ParameterizedTest(name = "{0} initiates")
    @EnumSource
    void theResponderNarrowsTheSelectors(Initiator initiator) {
        LibreswanConfig theirs = LibreswanConfig.between(topology, right, left).with("narrowing=yes");
        TunnelFile ours = ours();
        if (initiator == Initiator.AGENT) {
            ours.selectors("10.1.0.0/16", "10.2.0.0/16");
        } else {
            theirs.selectors("10.2.0.0/16", "10.1.0.0/16");
        }
        establish(initiator, theirs, ours, () -> {
            assertThat(agent.status()
                            .path("childSAs")
                            .path(0)
                            .path("trafficSelectors")
                            .toString())
                    .contains("10.1.0.0/24", "10.2.0.0/24");
            rekeyed(libreswan::childSas, libreswan::rekeyChild);
            if (initiator == Initiator.AGENT) {
                rekeyed(libreswan::childSas, () -> command("rekey", TunnelFile.NAME, "net"));
            } else {
                isRefusedToRekeyButCarriesOn();
            }
            rekeyed(libreswan::childSas, libreswan::rekeyChild);
        });
    }

    /**
     * An initiator that was narrowed wants a rekeying to offer what it had asked for at first, which is more than we may
     * offer: RFC 7296 §2.9.2 has us offer what the old SA has. It says "EXPECTATION FAILED" in its log and refuses.
     */
    private void isRefusedToRekeyButCarriesOn() {
        List<String> before = libreswan.childSas();
        Commands.Result result = agent.command("rekey", TunnelFile.NAME, "net");
        assertThat(result.succeeded()).isFalse();
        assertThat(result.err()).contains("TS_UNACCEPTABLE");
        assertThat(libreswan.childSas()).isEqualTo(before);
        pingBothWays();
    }

    static Stream<Arguments> certificates() {
        return Stream.of("rsa", "ecdsa")
                .flatMap(kind -> Stream.of(Initiator.values()).map(initiator -> Arguments.of(initiator, kind)));
    }

    /** Each side's under an intermediate authority that the other has not seen before. */
    @ParameterizedTest(name = "{0} initiates, {1}")
    @MethodSource("certificates")
    void bothByCertificateUnderAnIntermediate(Initiator initiator, String kind) {
        Credential own = credential(left, kind);
        establish(
                initiator,
                LibreswanConfig.between(topology, right, left).certificate(kind, kind + "-sha2"),
                ours().authentication(CertificateDocuments.BOTH, CertificateDocuments.of(own, ROOT)),
                () -> assertThat(libreswan.log()).contains("authenticated peer certificate"));
    }

    /** What of IKEv1 is asked for. */
    enum Kind {
        MAIN,
        MAIN_WITH_PFS,
        AGGRESSIVE,
        AH,
        TRANSPORT
    }

    static Stream<Arguments> ikeV1() {
        return Stream.of(
                Arguments.of(Initiator.AGENT, Kind.MAIN),
                Arguments.of(Initiator.LIBRESWAN, Kind.MAIN_WITH_PFS),
                Arguments.of(Initiator.AGENT, Kind.AGGRESSIVE),
                Arguments.of(Initiator.LIBRESWAN, Kind.AGGRESSIVE),
                Arguments.of(Initiator.AGENT, Kind.AH),
                Arguments.of(Initiator.LIBRESWAN, Kind.TRANSPORT));
    }

    /** Main and aggressive mode, and quick modes for ESP and AH, in tunnel and transport mode, with PFS and without. */
    @ParameterizedTest(name = "{0} initiates, {1}")
    @MethodSource
    void ikeV1(Initiator initiator, Kind kind) {
        boolean pfs = kind == Kind.MAIN_WITH_PFS;
        LibreswanConfig theirs = LibreswanConfig.between(topology, right, left)
                .ikeV1(
                        "aes256-sha2_256;modp2048",
                        switch (kind) {
                            case AH -> "phase2=ah\n\tphase2alg=sha2_256";
                            case MAIN_WITH_PFS -> "esp=aes128-sha1;modp2048";
                            case MAIN, AGGRESSIVE, TRANSPORT -> "esp=aes_gcm256";
                        })
                .with("pfs=" + (pfs ? "yes" : "no"));
        TunnelFile ours = TunnelFile.between(topology, left, right)
                .ikeV1(kind == Kind.AGGRESSIVE ? "Aggressive" : "Main")
                .proposals("aes256-sha256-modp2048", pfs ? "aes128-sha1-modp2048" : "aes256gcm16");
        Runnable pings = this::pingBothWays;
        switch (kind) {
            case MAIN, MAIN_WITH_PFS -> {}
            case AGGRESSIVE -> theirs.with("aggressive=yes");
            case AH -> ours.ah("sha256");
            case TRANSPORT -> {
                theirs.selectors(right.outerAddress() + "/32", left.outerAddress() + "/32")
                        .with("type=transport");
                ours.transport(left.outerAddress(), right.outerAddress());
                pings = () -> {
                    assertThat(Traffic.ping(left.gateway(), right.outerAddress(), 3))
                            .isEqualTo(3);
                    vm.run("ping -q -c 3 -i 0.2 -w 20 " + left.outerAddress());
                };
            }
        }
        establish(initiator, theirs, ours, pings, () -> {});
    }

    /** With a subject of its own: NSS has one nickname for each. */
    private static Credential credential(Topology.Side side, String kind) {
        TestAuthority issuing = ROOT.intermediate(side.name() + " " + kind, kind.equals("rsa") ? "rsa2048" : "ecp256");
        return issuing.issue(
                "CN=" + side.name() + " " + kind,
                kind.equals("rsa") ? "rsa2048" : "ecp384",
                issue -> issue.dns(SwanConfig.identity(side)));
    }

    /** With a key exchange for the child too, which libreswan asks for when it rekeys (PFS). */
    private TunnelFile ours() {
        return TunnelFile.between(topology, left, right)
                .proposals("aes256gcm16-prfsha384-x25519", "aes256gcm16-x25519");
    }

    /** Sets the tunnel up, pings through it, does something with it, and takes it down. */
    private void establish(Initiator initiator, LibreswanConfig theirs, TunnelFile ours, Runnable then) {
        establish(initiator, theirs, ours, this::pingBothWays, then);
    }

    private void establish(
            Initiator initiator, LibreswanConfig theirs, TunnelFile ours, Runnable pings, Runnable then) {
        libreswan.load(theirs);
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            if (initiator == Initiator.AGENT) {
                agent.apply(ours);
            } else {
                agent.apply(ours.startAction("None"));
                agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(5));
                libreswan.initiate();
            }
            agent.awaitCondition("Established", "True/", PATIENCE);
            assertThat(libreswan.isUp()).as(libreswan.showStates()).isTrue();
            pings.run();
            then.run();
            agent.apply();
            agent.awaitGone();
            Awaitility.await("the agent's DELETE")
                    .atMost(PATIENCE)
                    .until(() -> libreswan.ikeSas().isEmpty());
            List<Capture.Packet> packets = capture.stop();
            assertThat(packets).hasSizeGreaterThan(20).allMatch(Capture.Packet::isIpsec);
        } catch (AssertionError | RuntimeException e) {
            e.addSuppressed(new LabException("pluto's log:\n" + libreswan.log()));
            throw e;
        } finally {
            agent.apply();
            libreswan.terminate();
        }
    }

    /** One SA before and one other SA after, and traffic goes on. */
    private void rekeyed(Supplier<List<String>> sas, Runnable rekey) {
        List<String> before = sas.get();
        assertThat(before).hasSize(1);
        rekey.run();
        Awaitility.await("one SA other than " + before).atMost(PATIENCE).until(() -> {
            List<String> now = sas.get();
            return now.size() == 1 && !now.equals(before);
        });
        pingBothWays();
    }

    private void command(String... arguments) {
        assertThat(agent.command(arguments)).matches(result -> result.succeeded());
    }

    private void pingBothWays() {
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
        assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
    }
}

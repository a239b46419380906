package dev.culvert.api.v1alpha1.file;

import static dev.culvert.api.v1alpha1.Documents.GATEWAY;
import static dev.culvert.api.v1alpha1.Documents.SECRET;
import static dev.culvert.api.v1alpha1.Documents.TUNNEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.EndpointCertificate;
import dev.culvert.api.v1alpha1.EndpointPostQuantumPreSharedKey;
import dev.culvert.api.v1alpha1.EndpointPreSharedKey;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.Revocation;
import dev.culvert.api.v1alpha1.RevocationMethod;
import dev.culvert.api.v1alpha1.RevocationPolicy;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {
    private static final Path FILE = Path.of("branch.yaml");

    @Test
    void readsTheExample() {
        Manifests read = ManifestReader.read(FILE, TUNNEL + "---\n" + SECRET);
        assertThat(read.problems()).isEmpty();
        assertThat(read.isUsable()).isTrue();
        IPSecEndpointSpec endpoint = read.endpoints("router").getFirst();
        assertThat(endpoint.tunnelRef()).hasToString("default/branch");
        assertThat(endpoint.nodeName()).isEqualTo("router");
        assertThat(endpoint.children().getFirst().rekeyTime()).isEqualTo("1h");
        assertThat(read.nodeSecret()).containsOnlyKeys("default.branch.psk");
        assertThat(endpoint.authentication().preSharedKey()).isEqualTo(new EndpointPreSharedKey("default.branch.psk"));
        assertThat(texts(read.nodeSecret())).containsValue("at least twenty random characters");
    }

    @Test
    void protocolsAndPortsAreNumbersOrText() {
        Manifests read = ManifestReader.read(
                FILE,
                TUNNEL.replace(
                                "    startAction: Start",
                                "    trafficFilter: {protocol: 6, localPorts: 1024-65535, remotePorts: 443}")
                        + "---\n" + SECRET);
        assertThat(read.problems()).isEmpty();
        ChildSpec child = read.endpoints("router").getFirst().children().getFirst();
        assertThat(child.localSelectors()).hasToString("[10.244.0.0/16[6/1024-65535]]");
        assertThat(child.remoteSelectors()).hasToString("[10.50.0.0/16[6/443]]");
        assertThat(ManifestReader.read(
                                FILE,
                                TUNNEL.replace(
                                                "    startAction: Start",
                                                "    trafficFilter: {protocol: 6, remotePorts: 44300000000}")
                                        + "---\n" + SECRET)
                        .problems())
                .singleElement()
                .asString()
                .contains("trafficFilter.remotePorts", "44300000000");
    }

    private static final TestAuthority ROOT = TestAuthority.root("Root", "ecp256");

    /** A tunnel with certificates on both sides, its Secret and its trust bundle. */
    private static String certified(String chain, String key, String bundle) {
        return TUNNEL.replaceFirst(
                        "(?s)authentication:.*?children:",
                        "authentication:\n    method: Certificate\n    certificate: {secretRef: {name: own}, trustBundleRef: {name: peers}}\n  children:")
                + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: own}\ntype: kubernetes.io/tls\nstringData:\n  tls.crt: |\n"
                + chain.indent(4) + "  tls.key: |\n" + key.indent(4)
                + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: peers}\ndata:\n  ca.crt: |\n"
                + bundle.indent(4);
    }

    @Test
    void readsCertificatesAndTrustBundles() {
        Credential own = ROOT.gateway("a.example", "ecp256");
        Manifests read = ManifestReader.read(FILE, certified(own.chainPem(), own.keyPem(), ROOT.pem()));
        assertThat(read.problems()).isEmpty();
        assertThat(read.nodeSecret()).containsOnlyKeys("default.branch.crt", "default.branch.key", "default.branch.ca");
        assertThat(texts(read.nodeSecret())).containsValue(own.chainPem()).containsValue(ROOT.pem());
        assertThat(read.endpoints("router").getFirst().authentication().certificate())
                .isEqualTo(
                        new EndpointCertificate("default.branch.crt", "default.branch.key", "default.branch.ca", null));
    }

    @Test
    void aCertificateOutOfTimeDoesNotHoldTheOtherTunnelsBack() {
        Credential past = ROOT.issue(
                "CN=a.example",
                "ecp256",
                issue -> issue.dns("a.example")
                        .valid(
                                TestAuthority.NOW.minus(Duration.ofDays(9)),
                                TestAuthority.NOW.minus(Duration.ofDays(1))));
        Manifests read = ManifestReader.read(FILE, certified(past.chainPem(), past.keyPem(), ROOT.pem()));
        assertThat(read.isUsable()).isTrue();
        assertThat(read.problems())
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.toString()).contains("warning: ", "secretRef", "is valid from"));
    }

    /** The tunnel of {@link #certified} with a block on revocation. */
    private static String revoking(String block, String bundle) {
        Credential own = ROOT.gateway("a.example", "ecp256");
        return certified(own.chainPem(), own.keyPem(), bundle)
                .replaceFirst("trustBundleRef: \\{name: peers}", "$0, revocation: " + Matcher.quoteReplacement(block));
    }

    @Test
    void readsWhatIsWantedOfRevocation() {
        Manifests read = ManifestReader.read(
                FILE, revoking("{policy: Hard, methods: [CRL], allowedHosts: ['pki.example:8080']}", ROOT.pem()));
        assertThat(read.problems()).isEmpty();
        EndpointCertificate certificate = Objects.requireNonNull(
                read.endpoints("router").getFirst().authentication().certificate());
        assertThat(certificate.revocation())
                .isEqualTo(new Revocation(
                        RevocationPolicy.HARD, List.of(RevocationMethod.CRL), List.of("pki.example:8080")));
        assertThat(Objects.requireNonNull(ManifestReader.read(FILE, revoking("{policy: Off}", ROOT.pem()))
                                .endpoints("router")
                                .getFirst()
                                .authentication()
                                .certificate())
                        .revocation())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{policy: Hard} | nobody can say what is revoked",
                "{policy: Soft, allowedHosts: ['http://pki.example/a.crl']} | allowedHosts[0]: 'http://pki.example/a.crl' is not of the right form",
                "{policy: Soft, allowedHosts: [pki.example, '*.example']} | allowedHosts[1]: '*.example' is not of the right form",
                "{policy: Soft, allowedHosts: ['pki.example:70000']} | a port above 65535",
                "{policy: Soft, allowedHosts: ['::1']} | is not of the right form",
                "{policy: Soft, methods: [], allowedHosts: [pki.example]} | methods: has 0 entries",
                "{policy: Soft, allowedHosts: ['300.1.1.1']} | allowedHosts[0]: '300.1.1.1' is not a host",
                "{policy: Soft, allowedHosts: ['[192.0.2.1]']} | allowedHosts[0]: '[192.0.2.1]' is not a host"
            })
    void whatIsWrongWithRevocationIsSaid(String block, String why) {
        assertThat(lines(revoking(block, ROOT.pem())))
                .singleElement()
                .asString()
                .contains(why);
    }

    /** With a CRL in the bundle nothing has to be fetched. */
    @Test
    void aCrlInTheTrustBundleIsEnough() {
        String crl = "-----BEGIN X509 CRL-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(ROOT.crl(TestAuthority.NOW, TestAuthority.NOW.plusSeconds(3600)))
                + "\n-----END X509 CRL-----\n";
        assertThat(ManifestReader.read(FILE, revoking("{policy: Hard}", ROOT.pem() + crl))
                        .problems())
                .isEmpty();
    }

    @Test
    void readsPostQuantumPreSharedKeysBesideEitherMethod() {
        String block = "authentication:\n    postQuantumPreSharedKey: {id: q, secretRef: {name: q, key: ppk}}";
        String secret = """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: q}
                stringData: {ppk: twenty further random characters}
                """;
        Credential own = ROOT.gateway("a.example", "ecp256");
        for (String tunnel : List.of(TUNNEL + "---\n" + SECRET, certified(own.chainPem(), own.keyPem(), ROOT.pem()))) {
            String text = tunnel.replaceFirst("authentication:", block);
            Manifests read = ManifestReader.read(FILE, text + secret);
            assertThat(read.problems()).isEmpty();
            assertThat(read.nodeSecret()).containsKey("default.branch.ppk");
            assertThat(texts(read.nodeSecret())).containsValue("twenty further random characters");
            assertThat(read.endpoints("router").getFirst().authentication().postQuantumPreSharedKey())
                    .isEqualTo(new EndpointPostQuantumPreSharedKey("q", "default.branch.ppk", true));
            assertThat(lines(text))
                    .singleElement()
                    .asString()
                    .contains("spec.authentication.postQuantumPreSharedKey.secretRef.name: there is no Secret 'q'");
        }
    }

    @Test
    void thePostQuantumPreSharedKeyIsAKeyOfItsOwn() {
        String block = "authentication:\n    postQuantumPreSharedKey: {id: q, secretRef: {name: branch-psk, key: psk}}";
        assertThat(lines(TUNNEL.replaceFirst("authentication:", block) + "---\n" + SECRET))
                .singleElement()
                .asString()
                .contains("spec.authentication.postQuantumPreSharedKey.secretRef", "the same key as preSharedKey");
    }

    @Test
    void line63_certificatesThatCannotBeUsedAreSaid() {
        Credential own = ROOT.gateway("a.example", "ecp256");
        Credential other = ROOT.gateway("b.example", "ecp256");
        assertThat(ManifestReader.read(FILE, certified(own.chainPem(), other.keyPem(), ROOT.pem()))
                        .problems())
                .singleElement()
                .asString()
                .contains("spec.authentication.certificate.secretRef", "does not belong");
        assertThat(ManifestReader.read(FILE, certified(own.chainPem(), own.keyPem(), "nothing"))
                        .problems())
                .singleElement()
                .asString()
                .contains("trustBundleRef", "no certificate");
        Credential old = ROOT.issue(
                "CN=old",
                "ecp256",
                issue -> issue.valid(TestAuthority.NOW.minusSeconds(7200), TestAuthority.NOW.minusSeconds(3600)));
        assertThat(ManifestReader.read(FILE, certified(old.chainPem(), old.keyPem(), ROOT.pem()))
                        .problems())
                .singleElement()
                .asString()
                .contains("is valid from");
        assertThat(ManifestReader.read(
                                FILE,
                                certified(own.chainPem(), own.keyPem(), ROOT.pem())
                                        .replace("metadata: {name: peers}", "metadata: {name: strangers}"))
                        .problems())
                .singleElement()
                .asString()
                .contains("there is no ConfigMap 'peers'");
    }

    @Test
    void namespaceAndGatewayMayBeLeftOut() {
        String text = (TUNNEL + "---\n" + SECRET)
                .replace(", namespace: default", "")
                .replace("  gatewayRef: {name: default}\n", "");
        Manifests read = ManifestReader.read(FILE, text);
        assertThat(read.problems()).isEmpty();
        assertThat(read.tunnels().getFirst().resource().getMetadata().getNamespace())
                .isEqualTo("default");
        assertThat(read.tunnels().getFirst().resource().getSpec().gatewayRef()).isNull();
        assertThat(read.endpoints("router").getFirst().mtu()).isNull();
    }

    @Test
    void theOnlyGatewayIsTaken() {
        String text = TUNNEL.replace("  gatewayRef: {name: default}\n", "") + "---\n" + SECRET + "---\n" + GATEWAY;
        assertThat(ManifestReader.read(FILE, text)
                        .endpoints("router")
                        .getFirst()
                        .mtu())
                .isEqualTo(1400);
    }

    @Test
    void secretsMayBeBase64AndStringDataWins() {
        String text = """
                apiVersion: v1
                kind: Secret
                metadata: {name: s}
                type: Opaque
                data: {a: YWFh, b: YmJi}
                stringData: {b: over}
                """;
        FileSecret secret = ManifestReader.read(FILE, text).secrets().getFirst().resource();
        assertThat(texts(secret.data())).isEqualTo(Map.of("a", "aaa", "b", "over"));
        assertThat(secret).hasToString("Secret default/s [a, b]");
    }

    @Test
    void whatKubernetesAddedIsPassedOver() {
        String text = TUNNEL.replace(
                        "metadata: {name: branch, namespace: default}",
                        "metadata: {name: branch, namespace: default, uid: x, generation: 3, managedFields: [{a: b}]}")
                + "status: {anything: 1}\n---\n" + SECRET;
        assertThat(ManifestReader.read(FILE, text).problems()).isEmpty();
    }

    @Test
    void anUnknownFieldIsNamedWithItsLineAndTheKnownOnes() {
        String text =
                TUNNEL.replace("    rekeyTime: 4h\n", "    rekeyTime: 4h\n    rekeytime: 3h\n") + "---\n" + SECRET;
        assertThat(lines(text))
                .containsExactly(
                        "branch.yaml:10: spec.ike.rekeytime: there is no such field; allowed: childless, dpd, fragmentSize,"
                                + " fragmentation, mobike, mode, proposals, reauthTime, rekeyTime, tcpEncapsulation,"
                                + " tcpPort, version");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version: IKEv2|version: IKEv3|branch.yaml:7: spec.ike.version: 'IKEv3' is not supported; allowed: IKEv1, IKEv2",
                "rekeyTime: 4h|rekeyTime: 4 h|branch.yaml:9: spec.ike.rekeyTime: '4 h' is not a duration; allowed: numbers with h, m, s or ms, such as 1h30m",
                "10.50.0.0/16|10.50.0.1/16|branch.yaml:19: spec.children[0].remoteTrafficSelectors[0]: 10.50.0.1/16 has host bits set; the network is 10.50.0.0/16; allowed: a network without host bits, such as 10.1.0.0/16",
                "10.50.0.0/16|10.244.1.0/24|branch.yaml:19: spec.children[0].remoteTrafficSelectors[0]: local 10.244.0.0/16 and remote 10.244.1.0/24 overlap",
                "value: branch.example|value: 17|branch.yaml:12: spec.remote.identity.value: is a number; allowed: text (in quotes)",
                "type: FQDN, value: cluster.example|type: IP, value: cluster.example|branch.yaml:11: spec.local.identity.value: 'cluster.example' is not of type IP; allowed: an IPv4 or IPv6 address",
                "startAction: Start|startAction: Start, extra|branch.yaml:21: spec.children[0].startAction: 'Start, extra' is not supported; allowed: None, Start, Trap",
                "name: branch-psk, key: psk}}|name: other}}|branch.yaml:15: spec.authentication.preSharedKey.secretRef.name: there is no Secret 'other' in namespace default",
                "key: psk}}|key: wrong}}|branch.yaml:15: spec.authentication.preSharedKey.secretRef.key: Secret 'branch-psk' has no entry 'wrong'; allowed: psk",
                "{name: branch, namespace: default}|{namespace: default}|branch.yaml:3: metadata.name: is missing",
                "metadata: {name: branch,|metadata: {name: Branch,|branch.yaml:3: metadata.name: is not a name of an object; allowed: at most 63 lower case letters, digits and '-', beginning and ending with a letter or digit",
                "kind: IPSecTunnel|kind: IPsecTunnel|branch.yaml:2: kind: kind 'IPsecTunnel' of apiVersion 'culvert.dev/v1alpha1' is not read here; allowed: IPSecTunnel and IPSecGateway of culvert.dev/v1alpha1, Secret and ConfigMap of v1",
                "    localTrafficSelectors: [10.244.0.0/16]|    mode: Tunnel|branch.yaml:17: spec.children[0].localTrafficSelectors: is missing",
                "twenty random characters|twen|branch.yaml:15: warning: spec.authentication.preSharedKey.secretRef: the pre-shared key of 13 octets is weak, about 76 bits; allowed: at least 20 random characters, for example of: openssl rand -base64 24",
                "at least twenty random characters|aaaaaaaa|branch.yaml:15: spec.authentication.preSharedKey.secretRef: the pre-shared key of 8 octets can be guessed; allowed: at least 20 random characters, for example of: openssl rand -base64 24",
                "stringData|data|branch.yaml:26: data.psk: is not base64; allowed: text in base64",
            })
    void eachProblemNamesItsLineItsFieldAndWhatIsAllowed(String right, String wrong, String expected) {
        assertThat(lines((TUNNEL + "---\n" + SECRET).replace(right, wrong))).contains(expected);
    }

    @Test
    void unsupportedKeywordsAreNamed() {
        assertThat(lines((TUNNEL + "---\n" + SECRET).replace("aes256-sha256-modp2048", "des-md5-modp768")))
                .singleElement()
                .asString()
                .startsWith("branch.yaml:8: spec.ike.proposals[1]: proposal 'des-md5-modp768': keyword 'des'")
                .contains("allowed");
    }

    @Test
    void line64_weakAlgorithmsAreWarnedAbout() {
        Manifests read = ManifestReader.read(
                FILE, (TUNNEL + "---\n" + SECRET).replace("aes256-sha256-modp2048", "aes256-sha256-modp1024"));
        assertThat(read.isUsable()).isTrue();
        assertThat(read.problems())
                .singleElement()
                .hasToString("branch.yaml:8: warning: spec.ike.proposals[1]: proposal 'aes256-sha256-modp1024' has weak"
                        + " modp1024; allowed: x25519, ecp256, modp2048 or better");
    }

    @Test
    void tunnelsInEachOthersWayAreFound() {
        String second = TUNNEL.replace("name: branch,", "name: branch2,").replace("10.50.0.0/16", "10.50.8.0/24");
        assertThat(lines(TUNNEL + "---\n" + second + "---\n" + SECRET))
                .containsExactly("branch.yaml:41: spec.children[0].remoteTrafficSelectors[0]: 10.244.0.0/16 to"
                        + " 10.50.8.0/24 overlaps with 10.244.0.0/16 to 10.50.0.0/16 of tunnel default/branch, which was"
                        + " there first");
    }

    @Test
    void namesUsedTwiceAreFound() {
        assertThat(lines(TUNNEL + "---\n" + TUNNEL + "---\n" + SECRET + "---\n" + SECRET))
                .containsExactly(
                        "branch.yaml:25: metadata.name: default/branch is there already, at branch.yaml:1",
                        "branch.yaml:52: metadata.name: default/branch-psk is there already, at branch.yaml:45");
    }

    @Test
    void fieldsUsedTwiceAreFound() {
        assertThat(lines(TUNNEL.replace("    version: IKEv2\n", "    version: IKEv2\n    version: IKEv2\n") + "---\n"
                        + SECRET))
                .containsExactly("branch.yaml:8: spec.ike.version: is there twice");
    }

    @Test
    void theOtherDocumentsAreStillRead() {
        Manifests read = ManifestReader.read(FILE, "kind: Pod\n---\n" + TUNNEL + "---\n" + SECRET);
        assertThat(read.tunnels()).hasSize(1);
        assertThat(read.isUsable()).isFalse();
        assertThatThrownBy(() -> read.endpoints("router"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("branch.yaml:1: kind");
    }

    @Test
    void syntaxErrorsNameTheLineAndQuoteNothing() {
        assertThat(lines("a: 1\nstringData: {psk: 'very secret\n"))
                .singleElement()
                .asString()
                .startsWith("branch.yaml:3: this is not YAML: ")
                .doesNotContain("very secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "---",
                "null",
                "[]",
                "- 1",
                "text",
                "1",
                "{}",
                "? [a]\n: b",
                "a: &a [*a]",
                "a: &a {b: *a}",
                "\u0000",
                "a: .nan",
                "a: 0x",
                "a: 0xzz",
                "a: !!binary x",
                "%YAML 9.9\n---\na: 1",
                "a: *nowhere",
                "\t- x",
                "metadata: 1",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: []",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: 1}",
                "apiVersion: culvert.dev/v1alpha1\nkind: IPSecTunnel\nmetadata: {name: s}\nspec: []",
                "apiVersion: culvert.dev/v1alpha1\nkind: IPSecTunnel\nmetadata: {name: s, labels: 1}\nspec: {children: {}}",
            })
    void oddTextNeverThrows(String text) {
        assertThat(ManifestReader.read(FILE, text)).isNotNull();
    }

    @Test
    void aliasesThatMultiplyAreBounded() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            text.append("a%d: &a%d [".formatted(i, i))
                    .append(("*a" + (i - 1) + ", ").repeat(9))
                    .append("*a%d]\n".formatted(i - 1));
        }
        assertThat(lines(text.toString())).singleElement().asString().contains("or too much of it");
    }

    @Test
    void readsAFolderInTheOrderOfNames(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("b.yml"), SECRET);
        Files.writeString(folder.resolve("a.yaml"), TUNNEL);
        Files.writeString(folder.resolve("c.json"), "{\"kind\": \"Pod\"}");
        Files.writeString(folder.resolve("notes.txt"), "not read");
        Files.write(folder.resolve("d.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0x00});
        Manifests read = ManifestReader.read(folder);
        assertThat(read.tunnels()).hasSize(1);
        assertThat(read.secrets()).hasSize(1);
        assertThat(read.problems())
                .extracting(problem -> problem.file().getFileName().toString() + ":" + problem.line())
                .containsExactly("c.json:1", "d.yaml:1");
    }

    @Test
    void linesFallBackToWhatIsAround() {
        Located<IPSecTunnel> tunnel = new Located<>(
                new IPSecTunnel(), FILE, Map.of("", 1, "spec", 4, "spec.children", 16, "spec.children[0]", 17));
        assertThat(tunnel.line("spec.children[0].mode")).isEqualTo(17);
        assertThat(tunnel.line("spec.children[7].mode")).isEqualTo(16);
        assertThat(tunnel.line("metadata.name")).isEqualTo(1);
    }

    private static Map<String, String> texts(Map<String, SecretBytes> data) {
        return data.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> new String(entry.getValue().bytes(), StandardCharsets.UTF_8)));
    }

    private static List<String> lines(String text) {
        return ManifestReader.read(FILE, text).problems().stream()
                .map(FileProblem::toString)
                .toList();
    }
}

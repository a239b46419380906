package dev.culvert.api.v1alpha1;

import static dev.culvert.api.v1alpha1.Documents.GATEWAY;
import static dev.culvert.api.v1alpha1.Documents.TUNNEL;
import static dev.culvert.api.v1alpha1.Documents.as;
import static dev.culvert.api.v1alpha1.Documents.tree;
import static dev.culvert.api.v1alpha1.Documents.with;
import static dev.culvert.api.v1alpha1.Documents.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.compile.EndpointCompiler;
import dev.culvert.api.v1alpha1.compile.EndpointNames;
import dev.culvert.api.v1alpha1.validation.Problem;
import dev.culvert.api.v1alpha1.validation.TunnelValidation;
import dev.culvert.testkit.kubernetes.KubeApiServer;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema as a real API server takes it: each rule with a document that passes and one that does not. */
@Tag("apiserver")
class ApiServerTest {
    private static final String CHILD = "/spec/children/0";
    private static KubernetesClient client;
    private static KubeApiServer server;

    @BeforeAll
    static void installDefinitions() throws IOException {
        Assumptions.assumeTrue(KubeApiServer.isAvailable(), "no kube-apiserver here: script/cluster build makes one");
        server = KubeApiServer.shared();
        for (String resource : List.of("ipsectunnels", "ipsecgateways", "ipsecendpoints")) {
            server.apply(definition(resource));
        }
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig().toFile()))
                .build();
    }

    @AfterAll
    static void close() {
        if (client != null) {
            client.close();
        }
    }

    @Test
    void theExamplesAreTaken() {
        accepts(tree(TUNNEL));
        accepts(tree(GATEWAY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{mode: Auto}", "{mode: Off}", "{mode: Fixed, value: 1200}"})
    void segmentSizes(String block) {
        accepts(with(tree(TUNNEL), "/spec/tcpMSSClamp", block));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{mode: Fixed}",
                "{value: 1200}",
                "{mode: Off, value: 1200}",
                "{mode: Fixed, value: 87}",
                "{mode: Fixed, value: 8961}"
            })
    void segmentSizesThatContradictThemselves(String block) {
        rejects(with(tree(TUNNEL), "/spec/tcpMSSClamp", block), "spec.tcpMSSClamp.value", "value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{method: Certificate, certificate: {secretRef: {name: a}, trustBundleRef: {name: b}}}",
                "{method: Certificate, remoteMethod: PreSharedKey, preSharedKey: {secretRef: {name: p}}, certificate: {secretRef: {name: a}}}",
                "{method: PreSharedKey, remoteMethod: Certificate, preSharedKey: {secretRef: {name: p}}, certificate: {trustBundleRef: {kind: Secret, name: b, key: root.pem}}}",
                "{method: Certificate, certificate: {secretRef: {name: a}, trustBundleRef: {name: b}, revocation: {policy: Hard, methods: [CRL], allowedHosts: [pki.example, 'pki.example:8080', 192.0.2.1, '[2001:db8::1]:8080']}}}",
                "{method: Certificate, certificate: {secretRef: {name: a}, trustBundleRef: {name: b}, revocation: {policy: Soft}}}"
            })
    void methodsOfAuthenticationWithTheirBlocks(String block) {
        accepts(with(tree(TUNNEL), "/spec/authentication", block));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{method: Certificate}|method Certificate needs certificate.secretRef",
                "{method: Certificate, certificate: {secretRef: {name: a}}}|a peer with method Certificate needs certificate.trustBundleRef",
                "{method: Certificate, certificate: {trustBundleRef: {name: a}}}|method Certificate needs certificate.secretRef",
                "{method: PreSharedKey, remoteMethod: Certificate, preSharedKey: {secretRef: {name: p}}}|a peer with method Certificate needs certificate.trustBundleRef",
                "{method: PreSharedKey, preSharedKey: {secretRef: {name: p}}, certificate: {secretRef: {name: a}}}|the block certificate belongs to method Certificate",
                "{method: Certificate, preSharedKey: {secretRef: {name: p}}, certificate: {secretRef: {name: a}, trustBundleRef: {name: b}}}|the block preSharedKey belongs to method PreSharedKey",
                "{method: Certificate, remoteMethod: PreSharedKey, preSharedKey: {secretRef: {name: p}}, certificate: {secretRef: {name: a}, revocation: {policy: Hard}}}|revocation is looked at for the peer's certificates, which need trustBundleRef",
                "{method: Certificate, certificate: {secretRef: {name: a}, trustBundleRef: {name: b}, revocation: {policy: Hard, allowedHosts: ['http://pki.example/']}}}|allowedHosts",
                "{method: Certificate, certificate: {secretRef: {name: a}, trustBundleRef: {name: b}, revocation: {policy: Hard, methods: []}}}|methods",
                "{method: Certificate, certificate: {secretRef: {name: a}, trustBundleRef: {name: b}, revocation: {policy: Strict}}}|policy"
            })
    void methodsAndBlocksGoTogether(String block, String message) {
        rejects(with(tree(TUNNEL), "/spec/authentication", block), "spec.authentication", message);
    }

    @Test
    void theServerFillsInWhatTheRecordsFillIn() {
        IPSecTunnel mine = Documents.tunnel();
        IPSecTunnel theirs = client.resource(Documents.tunnel()).dryRun().create();
        assertThat(theirs.getSpec()).isEqualTo(mine.getSpec());

        ObjectNode sparse = without(without(tree(TUNNEL), "/spec/ike"), CHILD + "/startAction");
        GenericKubernetesResource stored = client.genericKubernetesResources(ApiVersion.GROUP_VERSION, "IPSecTunnel")
                .resource(as(GenericKubernetesResource.class, sparse))
                .dryRun()
                .create();
        assertThat(client.getKubernetesSerialization().convertValue(stored.get("spec"), IPSecTunnelSpec.class))
                .isEqualTo(as(IPSecTunnel.class, sparse).getSpec());
        assertThat((String) stored.get("spec", "ike", "fragmentation")).isEqualTo("Allow");

        GenericKubernetesResource gateway = client.genericKubernetesResources(ApiVersion.GROUP_VERSION, "IPSecGateway")
                .resource(as(GenericKubernetesResource.class, with(tree(GATEWAY), "/spec", "{}")))
                .dryRun()
                .create();
        assertThat(client.getKubernetesSerialization().convertValue(gateway.get("spec"), IPSecGatewaySpec.class))
                .isEqualTo(IPSecGatewaySpec.defaults());
    }

    @ParameterizedTest
    @CsvSource({"10.244.0.0/16,10.50.0.0/16", "0.0.0.0/1,128.0.0.0/1", "2001:db8:1::/48,2001:db8:2::/48"})
    void selectorsAreNetworks(String local, String remote) {
        accepts(child(local, remote));
    }

    @ParameterizedTest
    @CsvSource({"10.244.0.0", "10.244.0.0/33", "10.244.0.1/16", "300.0.0.0/8", "net-1"})
    void line64_selectorsThatAreNoNetworksAreRefused(String selector) {
        String message = "each traffic selector is a network in CIDR notation without host bits";
        rejects(child(selector, "10.50.0.0/16"), "spec.children[0].localTrafficSelectors", message);
        rejects(child("10.60.0.0/16", selector), "spec.children[0].remoteTrafficSelectors", message);
    }

    @Test
    void localAndRemoteSelectorsAreOfTheSameFamily() {
        rejects(
                child("10.244.0.0/16", "2001:db8::/32"),
                "spec.children[0]",
                "local and remote traffic selectors of a child are of the same address family");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.50.0.0/16",
        "10.50.0.0/16,10.0.0.0/8",
        "10.50.0.0/16,10.50.0.0/16",
        "2001:db8::/32,2001:db8:1::/48"
    })
    void line64_localAndRemoteSelectorsMustNotOverlap(String local, String remote) {
        rejects(child(local, remote), "spec.children", "local and remote traffic selectors overlap");
    }

    @Test
    void overlapIsSeenInEveryPairOfALongList() {
        ObjectNode tunnel = child("10.244.0.0/16", "10.50.0.0/16");
        for (int i = 1; i < 16; i++) {
            with(tunnel, CHILD + "/localTrafficSelectors/-", "10.1.%d.0/24".formatted(i));
            with(tunnel, CHILD + "/remoteTrafficSelectors/-", "10.2.%d.0/24".formatted(i));
        }
        accepts(tunnel);
        with(tunnel, CHILD + "/remoteTrafficSelectors/15", "10.1.15.128/25");
        rejects(tunnel, "spec.children", "overlap");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{side: Remote, type: OneToOne, from: 10.1.0.0/16, to: 10.102.0.0/16}",
                "{side: Local, type: OneToOne, from: 'fd00:1::/48', to: 'fd00:2::/48'}",
                "{side: Local, type: Masquerade, from: 10.0.0.0/8, to: 10.101.0.1/32}",
                "{side: Local, type: Masquerade, from: 'fd00::/8', to: 'fd00:2::/120'}"
            })
    void translationsLetNetworksOverlap(String translation) {
        accepts(with(child("10.1.0.0/16", "10.1.0.0/16"), "/spec/nat", "{translations: [%s]}".formatted(translation)));
        accepts(with(
                tree(TUNNEL),
                "/spec/nat",
                "{translations: [%s]}".formatted(String.join(", ", Collections.nCopies(16, translation)))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{side: Remote, type: OneToOne, from: 10.1.0.0/16, to: 10.102.0.0/24}|to|same prefix length",
                "{side: Remote, type: OneToOne, from: 10.1.0.0/16, to: 'fd00::/16'}|to|same address family",
                "{side: Remote, type: OneToOne, from: 10.1.0.1/16, to: 10.102.0.0/16}|from|without host bits",
                "{side: Remote, type: OneToOne, from: 10.1.0.0/16, to: 10.102.0.0}|to|in CIDR notation",
                "{side: Remote, type: Masquerade, from: 10.1.0.0/16, to: 10.102.0.1/32}|type|only the local side",
                "{side: Local, type: Masquerade, from: 10.1.0.0/16, to: 10.102.0.0/23}|to|at most 256 addresses",
                "{side: Local, type: Masquerade, from: 'fd00::/16', to: 'fd01::/119'}|to|at most 256 addresses",
                "{side: Both, type: OneToOne, from: 10.1.0.0/16, to: 10.102.0.0/16}|side|supported values",
                "{side: Local, from: 10.1.0.0/16, to: 10.102.0.0/16}|type|Required"
            })
    void translationsThatCannotBe(String translation, String field, String message) {
        rejects(
                with(tree(TUNNEL), "/spec/nat", "{translations: [%s]}".formatted(translation)),
                "spec.nat.translations[0]." + field,
                message);
    }

    @ParameterizedTest
    @CsvSource({"IP,192.0.2.1", "IP,2001:db8::1", "FQDN,branch.example", "FQDN,branch_1", "Email,ops@branch.example"})
    void identitiesFitTheirType(String type, String value) {
        accepts(with(tree(TUNNEL), "/spec/local/identity", "{type: %s, value: '%s'}".formatted(type, value)));
    }

    @ParameterizedTest
    @CsvSource({
        "IP,branch.example,an identity of type IP is an IPv4 or IPv6 address",
        "FQDN,not a name,an identity of type FQDN is a domain name",
        "FQDN,a@b,an identity of type FQDN is a domain name",
        "Email,branch.example,an identity of type Email looks like name@domain",
    })
    void identitiesThatDoNotFitTheirTypeAreRefused(String type, String value, String message) {
        ObjectNode tunnel = tree(TUNNEL);
        with(tunnel, "/spec/remote/identity", "{type: %s, value: '%s'}".formatted(type, value));
        rejects(tunnel, "spec.remote.identity.value", message);
    }

    @Test
    void methodAndBlockGoTogether() {
        rejects(
                without(tree(TUNNEL), "/spec/authentication/preSharedKey"),
                "spec.authentication",
                "method PreSharedKey needs the block preSharedKey");
    }

    @Test
    void gatewayCannotChange() {
        ObjectNode tunnel = with(tree(TUNNEL), "/metadata/name", "immovable");
        IPSecTunnel made = client.resource(as(IPSecTunnel.class, tunnel)).create();
        try {
            with(tunnel, "/spec/suspend", "true");
            assertThatCode(() -> client.resource(as(IPSecTunnel.class, tunnel)).update())
                    .doesNotThrowAnyException();
            with(tunnel, "/spec/gatewayRef/name", "another");
            assertThatThrownBy(
                            () -> client.resource(as(IPSecTunnel.class, tunnel)).update())
                    .hasMessageContaining("spec.gatewayRef")
                    .hasMessageContaining("gatewayRef cannot change; make a new tunnel instead");
        } finally {
            client.resource(made).delete();
        }
    }

    @Test
    void deadPeerTimeoutIsLongerThanDelay() {
        accepts(with(tree(TUNNEL), "/spec/ike/dpd", "{delay: 0s, timeout: 0s}"));
        rejects(
                with(tree(TUNNEL), "/spec/ike/dpd", "{delay: 1m, timeout: 60s}"),
                "spec.ike.dpd.timeout",
                "timeout has to be longer than delay");
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.2", "2001:db8::2", "vpn.branch.example", "vpn"})
    void peersAreAddressesOrNames(String address) {
        accepts(with(tree(TUNNEL), "/spec/remote/addresses", "['%s']".formatted(address)));
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.256", "192.0.2", "vpn..example", "-vpn", "a b", "192.0.2.2/32"})
    void peersThatAreNeitherAreRefused(String address) {
        rejects(
                with(tree(TUNNEL), "/spec/remote/addresses", "['%s']".formatted(address)),
                "spec.remote.addresses",
                "each address is an IPv4 or IPv6 address or a domain name");
    }

    @Test
    void localAddressIsAnAddress() {
        accepts(with(tree(TUNNEL), "/spec/local/address", "192.0.2.1"));
        rejects(
                with(tree(TUNNEL), "/spec/local/address", "gateway.example"),
                "spec.local.address",
                "address is an IPv4 or IPv6 address");
    }

    @Test
    void transportModeIsBetweenTwoAddresses() {
        accepts(transport("[192.0.2.1/32]", "[192.0.2.2/32]"));
        accepts(transport("['2001:db8::1/128']", "['2001:db8::2/128']"));
        for (ObjectNode wrong : List.of(
                transport("[192.0.2.1/32]", "[10.50.0.0/16]"),
                transport("[10.244.0.0/16]", "[192.0.2.2/32]"),
                transport("['2001:db8::1/128']", "['2001:db8:1::/32']"),
                transport("[192.0.2.1/32]", "[192.0.2.2/32, 192.0.2.3/32]"))) {
            rejects(wrong, "spec.children[0].mode", "with mode Transport each end has one traffic selector");
        }
    }

    private static ObjectNode transport(String local, String remote) {
        ObjectNode tunnel = with(tree(TUNNEL), CHILD + "/mode", "Transport");
        with(tunnel, CHILD + "/localTrafficSelectors", local);
        return with(tunnel, CHILD + "/remoteTrafficSelectors", remote);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{protocol: tcp, remotePorts: 443}|",
                "{protocol: 17, localPorts: '53', remotePorts: 1024-65535}|",
                "{protocol: icmp}|",
                "{protocol: tpc}|protocol",
                "{protocol: 256}|a protocol's number is 1 to 255",
                "{protocol: tcp, localPorts: 0}|a port is 1 to 65535",
                "{protocol: tcp, remotePorts: http}|remotePorts",
                "{protocol: icmp, remotePorts: 8}|only tcp, udp, sctp, dccp and udplite have ports",
                "{remotePorts: 8}|protocol",
            })
    void aFilterIsAProtocolWithItsPorts(String filter, String wrong) {
        ObjectNode tunnel = with(tree(TUNNEL), CHILD + "/trafficFilter", filter);
        if (wrong == null) {
            accepts(tunnel);
        } else {
            rejects(tunnel, "spec.children[0].trafficFilter", wrong);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{name: a, action: Bypass, trafficFilter: {protocol: icmp}}, {name: b, action: Discard}]|",
                "[{name: a, action: Bypass, remoteTrafficSelectors: [10.50.0.0/24]}]|",
                "[{name: a, action: Bypass}, {name: a, action: Discard}]|Duplicate value",
                "[{name: a, action: Protect}]|Unsupported value",
                "[{name: a}]|action",
                "[{name: a, action: Bypass, remoteTrafficSelectors: [10.50.0.1/24]}]|without host bits",
                "[{name: a, action: Bypass, trafficFilter: {protocol: icmp, localPorts: 1}}]|only tcp, udp",
            })
    void policiesAreAnOrderedListOfExceptions(String policies, String wrong) {
        ObjectNode tunnel = with(tree(TUNNEL), "/spec/policies", policies);
        if (wrong == null) {
            accepts(tunnel);
        } else {
            rejects(tunnel, "spec.policies", wrong);
        }
    }

    @Test
    void replayWindowIsAMultipleOf32() {
        accepts(with(tree(TUNNEL), CHILD + "/replayWindow", "0"));
        accepts(with(tree(TUNNEL), CHILD + "/replayWindow", "64"));
        rejects(
                with(tree(TUNNEL), CHILD + "/replayWindow", "100"),
                "spec.children[0].replayWindow",
                "replayWindow is a multiple of 32");
        rejects(with(tree(TUNNEL), CHILD + "/replayWindow", "8192"), "spec.children[0].replayWindow", "4096");
    }

    @ParameterizedTest
    @CsvSource({"rekeyBytes,1000000", "rekeyPackets,1000"})
    void limitsThatWouldRekeyWithoutPauseAreRefused(String field, long least) {
        accepts(with(tree(TUNNEL), CHILD + "/" + field, "0"));
        accepts(with(tree(TUNNEL), CHILD + "/" + field, Long.toString(least)));
        rejects(
                with(tree(TUNNEL), CHILD + "/" + field, Long.toString(least - 1)),
                "spec.children[0]." + field,
                field + " is 0 or at least " + least);
        rejects(with(tree(TUNNEL), CHILD + "/" + field, "-1"), "spec.children[0]." + field, "0");
    }

    @Test
    void namesFitALabel() {
        accepts(with(tree(TUNNEL), "/metadata/name", "a".repeat(63)));
        String tooLong = "a".repeat(64);
        rejects(
                with(tree(TUNNEL), "/metadata/name", tooLong),
                "IPSec",
                "the name of a tunnel has at most 63 characters");
        rejects(
                with(tree(GATEWAY), "/metadata/name", tooLong),
                "IPSec",
                "the name of a gateway has at most 63 characters");
    }

    @Test
    void childrenHaveDifferentNames() {
        ObjectNode tunnel = tree(TUNNEL);
        String second = "{name: net, localTrafficSelectors: [10.244.0.0/16], remoteTrafficSelectors: [10.60.0.0/16]}";
        with(tunnel, "/spec/children/-", second);
        rejects(tunnel, "spec.children[1]", "Duplicate value");
        accepts(with(tunnel, "/spec/children/1/name", "net2"));
    }

    @ParameterizedTest
    @CsvSource({
        "/spec/ike/version,IKEv3,IKEv1",
        "/spec/children/0/mode,BEET,Transport",
        "/spec/children/0/protocol,IPComp,AH",
        "/spec/authentication/method,Password,PreSharedKey",
        "/spec/children/0/startAction,start,Trap",
    })
    void whatDoesNotWorkYetIsRefusedByName(String pointer, String value, String allowed) {
        rejects(with(tree(TUNNEL), pointer, value), "Unsupported value: \"" + value + "\"", allowed);
    }

    @Test
    void anIkeV1TunnelIsTaken() {
        accepts(ikeV1());
        accepts(with(ikeV1(), "/spec/ike/mode", "Aggressive"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/spec/ike/mobike|true|spec.ike.mobike|IKEv1 has no mobike",
                "/spec/ike/childless|Force|spec.ike.childless|childless is for IKEv2",
                "/spec/ike/tcpEncapsulation|Fallback|spec.ike.tcpEncapsulation|IKEv1 has no tcpEncapsulation",
                "/spec/ike/mode|Fast|spec.ike.mode|Aggressive",
                "/spec/authentication/remoteMethod|Certificate|spec.authentication.remoteMethod|by the same method",
                "/spec/authentication/postQuantumPreSharedKey|{id: x, secretRef: {name: p, key: k}}|spec.authentication.postQuantumPreSharedKey|IKEv1 has no postQuantumPreSharedKey",
                "/spec/children/0/remoteTrafficSelectors|[10.50.0.0/16, 10.51.0.0/16]|spec.children|a child for each pair",
            })
    void whatIkeV1DoesNotHaveIsRefusedByName(String pointer, String value, String field, String message) {
        rejects(with(ikeV1(), pointer, value), field, message);
    }

    @Test
    void aModeBelongsToIkeV1() {
        rejects(with(tree(TUNNEL), "/spec/ike/mode", "Main"), "spec.ike.mode", "mode belongs to version IKEv1");
    }

    private static ObjectNode ikeV1() {
        return with(
                with(tree(TUNNEL), "/spec/ike/version", "IKEv1"), "/spec/ike/proposals", "[aes256-sha256-modp2048]");
    }

    @ParameterizedTest
    @CsvSource({"/spec/ike/rekeyTime,4 hours", "/spec/children/0/rekeyTime,-1h", "/spec/ike/dpd/delay,10"})
    void durationsAreKubernetes(String pointer, String value) {
        rejects(with(tree(TUNNEL), pointer, "'" + value + "'"), value, "should match");
    }

    @ParameterizedTest
    @CsvSource({"/spec/gatewayRef", "/spec/local", "/spec/remote", "/spec/authentication", "/spec/children", "/spec"})
    void whatIsNeededIsDemanded(String pointer) {
        String field = pointer.substring(1).replace('/', '.');
        rejects(without(tree(TUNNEL), pointer), field, "Required value");
    }

    @Test
    void whatAPresetFillsInTheServerLeavesOpen() {
        ObjectNode sparse = with(without(tree(TUNNEL), "/spec/ike"), "/spec/preset", "AzurePolicyBased");
        without(sparse, CHILD + "/proposals");
        GenericKubernetesResource stored = client.genericKubernetesResources(ApiVersion.GROUP_VERSION, "IPSecTunnel")
                .resource(as(GenericKubernetesResource.class, sparse))
                .dryRun()
                .create();
        IPSecTunnelSpec spec =
                client.getKubernetesSerialization().convertValue(stored.get("spec"), IPSecTunnelSpec.class);
        assertThat(EndpointCompiler.complete(spec))
                .isEqualTo(
                        EndpointCompiler.complete(as(IPSecTunnel.class, sparse).getSpec()));
        assertThat(EndpointCompiler.complete(spec).ike().version()).isEqualTo(IkeVersion.IKE_V1);
        assertThat(TunnelValidation.validate(spec)).noneMatch(Problem::isError);
        rejects(with(tree(TUNNEL), "/spec/preset", "Watchguard"), "spec.preset", "Unsupported value: \"Watchguard\"");
    }

    @Test
    void fieldsThatDoNotExistAreNamed() {
        String yaml = TUNNEL.replace("  gatewayRef:", "  colour: green\n  gatewayRef:");
        KubeApiServer.Result result = server.kubectl(yaml, "apply", "--server-side", "--dry-run=server", "-f", "-");
        assertThat(result.isSuccess()).isFalse();
        assertThat(result.output()).contains(".spec.colour: field not declared in schema");
    }

    @Test
    void gatewaysAreChecked() {
        rejects(
                with(tree(GATEWAY), "/spec/exposure/publicAddress", "gateway.example"),
                "spec.exposure.publicAddress",
                "publicAddress is an IPv4 or IPv6 address");
        rejects(with(tree(GATEWAY), "/spec/mtu", "100"), "spec.mtu", "576");
        rejects(with(tree(GATEWAY), "/spec/replicas", "2"), "spec.replicas", "less than or equal to 1");
        rejects(with(tree(GATEWAY), "/spec/routing/type", "VXLAN"), "Unsupported value", "HostRoute");
        rejects(with(tree(GATEWAY), "/spec/exposure/type", "NodePort"), "Unsupported value", "HostNetwork");
        rejects(
                with(tree(GATEWAY), "/spec/podTemplate/resources/requests/cpu", "a lot"),
                "spec.podTemplate.resources.requests.cpu",
                "");
    }

    @Test
    void compiledEndpointsAreTakenWithTheirStatus() {
        IPSecTunnel tunnel = Documents.tunnel();
        IPSecEndpoint endpoint = new IPSecEndpoint();
        endpoint.setMetadata(new ObjectMetaBuilder()
                .withNamespace("default")
                .withName(EndpointNames.endpoint("default", "branch", "node-a"))
                .withLabels(EndpointNames.labels("default", "branch", "node-a"))
                .build());
        endpoint.setSpec(EndpointCompiler.compile(tunnel, IPSecGatewaySpec.defaults(), "node-a"));
        IPSecEndpoint made = client.resource(endpoint).create();
        try {
            assertThat(made.getSpec()).isEqualTo(endpoint.getSpec());
            IPSecEndpointStatus status = fullStatus();
            made.setStatus(status);
            assertThat(client.resource(made).updateStatus().getStatus()).isEqualTo(status);
        } finally {
            client.resource(made).delete();
        }
    }

    @Test
    void columnsShowWhatMatters() {
        IPSecTunnel tunnel = Documents.tunnel("/metadata/name", "shown");
        IPSecTunnel made = client.resource(tunnel).create();
        try {
            made.setStatus(new IPSecTunnelStatus(
                    1L,
                    List.of(condition("Ready", "True", "Ready")),
                    "node-a",
                    "192.0.2.1:4500",
                    "192.0.2.2:4500",
                    NatDetected.LOCAL,
                    new IkeSaStatus(
                            IkeSaState.ESTABLISHED, null, "aes256gcm16-prfsha384-x25519", null, IkeTransport.TCP),
                    List.of(),
                    "1/1",
                    null,
                    null));
            client.resource(made).updateStatus();
            List<String> lines =
                    server.kubectl("", "get", "ipst", "shown").output().lines().toList();
            assertThat(lines.get(0).split("\\s+"))
                    .containsExactly("NAME", "READY", "REASON", "GATEWAY", "REMOTE", "NODE", "CHILD-SAS", "AGE");
            assertThat(lines.get(1)).matches("shown +True +Ready +default +192.0.2.2 +node-a +1/1 +.*");
            assertThat(server.kubectl("", "get", "ipsec", "-o", "wide").output())
                    .contains("LOCAL-ID", "PROPOSAL", "branch.example", "Local");
        } finally {
            client.resource(made).delete();
        }
    }

    private static IPSecEndpointStatus fullStatus() {
        return new IPSecEndpointStatus(
                1L,
                List.of(condition("Programmed", "True", "Programmed")),
                "192.0.2.1:4500",
                "192.0.2.2:4500",
                NatDetected.NEITHER,
                new IkeSaStatus(
                        IkeSaState.ESTABLISHED,
                        new IkeSpis("0123456789abcdef", "fedcba9876543210"),
                        "aes256gcm16-prfsha384-x25519",
                        "2026-01-01T00:00:00Z",
                        IkeTransport.UDP),
                List.of(new ChildSaStatus(
                        "net",
                        ChildSaState.INSTALLED,
                        "c0000001",
                        "c0000002",
                        "aes256gcm16",
                        new TrafficSelectorPair(List.of("10.244.0.0/16"), List.of("10.50.0.0/16")),
                        "2026-01-01T00:00:00Z")),
                new LastError(
                        "2026-01-01T00:00:00Z",
                        FailureReason.NO_PROPOSAL_CHOSEN,
                        "NO_PROPOSAL_CHOSEN",
                        "the peer chose none of ours"),
                new ConfigurationChange(
                        "2026-01-01T00:00:05Z", ConfigurationEffect.IKE_SA_REPLACED, "the IKE SA is made anew"),
                "2026-01-01T00:00:10Z");
    }

    private static Condition condition(String type, String status, String reason) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage("")
                .withObservedGeneration(1L)
                .withLastTransitionTime("2026-01-01T00:00:00Z")
                .build();
    }

    private static ObjectNode child(String local, String remote) {
        ObjectNode tunnel = with(tree(TUNNEL), CHILD + "/localTrafficSelectors", "['%s']".formatted(local));
        return with(tunnel, CHILD + "/remoteTrafficSelectors", "['%s']".formatted(remote));
    }

    private static void accepts(ObjectNode document) {
        assertThatCode(() -> create(document)).doesNotThrowAnyException();
    }

    private static void rejects(ObjectNode document, String field, String message) {
        assertThatThrownBy(() -> create(document))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(field)
                .hasMessageContaining(message);
    }

    private static void create(ObjectNode document) {
        client.resource(as(GenericKubernetesResource.class, document)).dryRun().create();
    }

    private static String definition(String plural) throws IOException {
        try (InputStream yaml =
                IPSecTunnel.class.getResourceAsStream("/META-INF/fabric8/" + plural + ".culvert.dev-v1.yml")) {
            return new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

package dev.culvert.api.v1alpha1.validation;

import static dev.culvert.api.v1alpha1.Documents.TUNNEL;
import static dev.culvert.api.v1alpha1.Documents.as;
import static dev.culvert.api.v1alpha1.Documents.tree;
import static dev.culvert.api.v1alpha1.Documents.tunnel;
import static dev.culvert.api.v1alpha1.Documents.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelValidationTest {
    private static final String CHILD = "/spec/children/0";

    @Test
    void theExampleIsFine() {
        assertThat(TunnelValidation.validate(tunnel().getSpec())).isEmpty();
    }

    @Test
    void everyProblemIsFoundAtOnce() {
        ObjectNode document = tree(TUNNEL);
        with(document, "/spec/ike/proposals/0", "nonsense");
        with(document, "/spec/local/address", "here");
        with(document, CHILD + "/replayWindow", "33");
        assertThat(paths(as(IPSecTunnel.class, document)))
                .containsExactly("spec.ike.proposals[0]", "spec.local.address", "spec.children[0].replayWindow");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/spec/ike/proposals/0|aes256gcm16-x25519|spec.ike.proposals[0]|is missing",
                "/spec/ike/proposals/0|aes256-sha256|spec.ike.proposals[0]|a key exchange method is missing",
                "/spec/ike/proposals/0|des-sha256-modp2048|spec.ike.proposals[0]|keyword 'des'",
                "/spec/ike/proposals/0|aes256gcm16-prfsha384-x25519-ke1_kyber|spec.ike.proposals[0]|ke1_ to ke7_",
                "/spec/children/0/proposals/0|aes256gcm16-prfsha256|spec.children[0].proposals[0]|has no place",
                "/spec/children/0/proposals/1|aes256|spec.children[0].proposals[1]|an integrity algorithm is missing",
            })
    void proposalsThatCannotWorkAreUnsupported(String pointer, String value, String path, String message) {
        List<Problem> problems =
                TunnelValidation.validate(tunnel(pointer, value).getSpec());
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.reason()).isEqualTo(ConditionReasons.UNSUPPORTED_VALUE);
            assertThat(problem.fieldPath()).isEqualTo(path);
            assertThat(problem.message()).contains(message);
        });
    }

    @Test
    void line64_weakAlgorithmsAreTakenWithAWarning() {
        assertThat(TunnelValidation.validate(tunnel("/spec/ike/proposals/1", "aes128-sha256-modp1024")
                        .getSpec()))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isFalse();
                    assertThat(problem.reason()).isEqualTo(ConditionReasons.WEAK_ALGORITHM);
                });
    }

    @ParameterizedTest
    @CsvSource({"rekeyBytes,999999,false", "rekeyBytes,1000000,true", "rekeyPackets,999,false", "rekeyPackets,0,true"})
    void limitsThatWouldRekeyWithoutPauseAreRefused(String field, String value, boolean fine) {
        assertThat(paths(tunnel(CHILD + "/" + field, value)))
                .isEqualTo(fine ? List.of() : List.of("spec.children[0]." + field));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{mode: Off}|true",
                "{mode: Fixed, value: 88}|true",
                "{mode: Fixed}|false",
                "{value: 1200}|false",
                "{mode: Fixed, value: 87}|false",
                "{mode: Fixed, value: 8961}|false"
            })
    void aSegmentSizeBelongsToModeFixed(String block, boolean fine) {
        assertThat(paths(tunnel("/spec/tcpMSSClamp", block)))
                .isEqualTo(fine ? List.of() : List.of("spec.tcpMSSClamp.value"));
    }

    @ParameterizedTest
    @CsvSource({
        "IP,::ffff:192.0.2.1", "IP,192.0.2.01", "IP,10.1", "IP,fe80::1%eth0", "IP,branch.example",
        "Email,branch.example", "Email,a@b@c", "FQDN,a b", "FQDN,-x", "FQDN,a@b"
    })
    void identitiesHaveToFitTheirType(String type, String value) {
        assertThat(paths(tunnel("/spec/remote/identity", "{type: %s, value: '%s'}".formatted(type, value))))
                .containsExactly("spec.remote.identity.value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.256", "vpn..example", "-vpn", "192.0.2", "[2001:db8::1]", ""})
    void peersAreAddressesOrNames(String address) {
        assertThat(paths(tunnel("/spec/remote/addresses", "['vpn.example', '%s']".formatted(address))))
                .containsExactly("spec.remote.addresses[1]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.50.0.1/16",
                "10.50.0.0",
                "10.50.0.0/33",
                "10.50/16",
                "2001:db8::1/64",
                "0.0.0.0/",
                "/8",
                "::ffff:10.0.0.0/104"
            })
    void line64_selectorsAreNetworksWithoutHostBits(String selector) {
        assertThat(paths(tunnel(CHILD + "/remoteTrafficSelectors", "['%s']".formatted(selector))))
                .containsExactly("spec.children[0].remoteTrafficSelectors[0]");
    }

    @ParameterizedTest
    @CsvSource({"10.244.0.0/16", "10.244.7.0/24", "10.0.0.0/8", "0.0.0.0/0"})
    void line64_localAndRemoteMustNotOverlap(String remote) {
        assertThat(TunnelValidation.validate(tunnel(CHILD + "/remoteTrafficSelectors", "['%s']".formatted(remote))
                        .getSpec()))
                .first()
                .satisfies(problem ->
                        assertThat(problem.reason()).isEqualTo(ConditionReasons.OVERLAPPING_TRAFFIC_SELECTORS));
    }

    @Test
    void familiesAreNotMixed() {
        assertThat(TunnelValidation.validate(tunnel(CHILD + "/remoteTrafficSelectors", "['2001:db8::/32']")
                        .getSpec()))
                .singleElement()
                .asString()
                .contains("10.244.0.0/16 to 2001:db8::/32 are of different address families");
    }

    @Test
    void childrenMustNotWantTheSamePackets() {
        ObjectNode document = tree(TUNNEL);
        with(
                document,
                "/spec/children/-",
                "{name: other, localTrafficSelectors: [10.244.3.0/24], remoteTrafficSelectors: [10.60.0.0/16, 10.48.0.0/12]}");
        assertThat(TunnelValidation.validate(as(IPSecTunnel.class, document).getSpec()))
                .singleElement()
                .hasToString("spec.children[1].remoteTrafficSelectors[1]: 10.244.3.0/24 to 10.48.0.0/12 overlaps with"
                        + " 10.244.0.0/16 to 10.50.0.0/16 of child 'net'");
        with(document, "/spec/children/1/localTrafficSelectors", "[10.245.0.0/16]");
        assertThat(paths(as(IPSecTunnel.class, document))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{protocol: tcp, remotePorts: 443}|",
                "{protocol: 17, localPorts: '53', remotePorts: 1024-65535}|",
                "{protocol: icmp}|",
                "{protocol: 253}|",
                "{protocol: tpc}|protocol",
                "{protocol: 0}|protocol",
                "{protocol: 256}|protocol",
                "{protocol: icmpv6}|protocol",
                "{protocol: tcp, localPorts: 0}|localPorts",
                "{protocol: tcp, localPorts: 80-79}|localPorts",
                "{protocol: tcp, remotePorts: 65536}|remotePorts",
                "{protocol: tcp, remotePorts: http}|remotePorts",
            })
    void aFilterIsAProtocolWithItsPorts(String filter, String wrong) {
        assertThat(paths(tunnel(CHILD + "/trafficFilter", filter)))
                .isEqualTo(wrong == null ? List.of() : List.of("spec.children[0].trafficFilter." + wrong));
    }

    @Test
    void onlySomeProtocolsHavePorts() {
        assertThat(paths(tunnel(CHILD + "/trafficFilter", "{protocol: icmp, remotePorts: 8}")))
                .containsExactly("spec.children[0].trafficFilter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: a, action: Bypass}|",
                "{name: a, action: Discard, trafficFilter: {protocol: icmp}}|",
                "{name: a, action: Bypass, remoteTrafficSelectors: [10.0.0.0/8, 10.60.0.0/16]}|",
                "{name: a, action: Bypass, localTrafficSelectors: [10.244.7.0/24], trafficFilter: {protocol: udp, localPorts: 53}}|",
                "{name: a, action: Bypass, remoteTrafficSelectors: [10.60.0.0/16]}|spec.policies[0]",
                "{name: a, action: Bypass, remoteTrafficSelectors: ['2001:db8::/32']}|spec.policies[0]",
                "{name: a, action: Bypass, localTrafficSelectors: [10.244.0.1/16]}|spec.policies[0].localTrafficSelectors[0]",
                "{name: a, action: Bypass, trafficFilter: {protocol: icmpv6}}|spec.policies[0].trafficFilter.protocol",
            })
    void aPolicyIsForPacketsBetweenTheChildrensNetworks(String policy, String wrong) {
        assertThat(paths(tunnel("/spec/policies", "[" + policy + "]")))
                .isEqualTo(wrong == null ? List.of() : List.of(wrong));
    }

    @Test
    void policiesHaveDifferentNames() {
        assertThat(paths(tunnel("/spec/policies", "[{name: a, action: Bypass}, {name: a, action: Discard}]")))
                .containsExactly("spec.policies[1].name");
    }

    @Test
    void childrenMayShareNetworksWhereTheirFiltersDiffer() {
        ObjectNode document = with(tree(TUNNEL), CHILD + "/trafficFilter", "{protocol: tcp, remotePorts: 80-90}");
        with(
                document,
                "/spec/children/-",
                "{name: other, localTrafficSelectors: [10.244.0.0/16], remoteTrafficSelectors: [10.50.0.0/16]}");
        for (String apart : List.of(
                "{protocol: udp, remotePorts: 80}",
                "{protocol: tcp, remotePorts: 91}",
                "{protocol: icmp}",
                "{protocol: tcp, localPorts: 80, remotePorts: 79}")) {
            with(document, "/spec/children/1/trafficFilter", apart);
            assertThat(paths(as(IPSecTunnel.class, document))).as(apart).isEmpty();
        }
        for (String shared :
                List.of("{protocol: tcp}", "{protocol: 6, remotePorts: 90-100}", "{protocol: tcp, localPorts: 80}")) {
            with(document, "/spec/children/1/trafficFilter", shared);
            assertThat(paths(as(IPSecTunnel.class, document)))
                    .as(shared)
                    .containsExactly("spec.children[1].remoteTrafficSelectors[0]");
        }
    }

    /** The agent keeps a route past the tunnel for it. */
    @Test
    void thePeerMayBeInTheRemoteNetwork() {
        assertThat(paths(tunnel(CHILD + "/remoteTrafficSelectors", "[192.0.2.0/24]")))
                .isEmpty();
    }

    @Test
    void transportModeIsBetweenTheGatewaysThemselves() {
        assertThat(TunnelValidation.validate(
                        transport("[198.51.100.1/32]", "[192.0.2.2/32]").getSpec()))
                .isEmpty();
        assertThat(paths(transport("[198.51.100.0/24]", "[192.0.2.2/32]")))
                .containsExactly("spec.children[0].localTrafficSelectors");
        assertThat(paths(transport("[198.51.100.1/32]", "[192.0.2.2/32, 192.0.2.3/32]")))
                .containsExactly("spec.children[0].remoteTrafficSelectors");
        assertThat(TunnelValidation.validate(
                        transport("[198.51.100.1/32]", "[192.0.2.3/32]").getSpec()))
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.toString()).contains("192.0.2.3 is not the peer's own address"));
    }

    private static IPSecTunnel transport(String local, String remote) {
        ObjectNode tunnel = with(tree(TUNNEL), CHILD + "/mode", "Transport");
        with(tunnel, CHILD + "/localTrafficSelectors", local);
        return as(IPSecTunnel.class, with(tunnel, CHILD + "/remoteTrafficSelectors", remote));
    }

    @Test
    void line50_extendedSequenceNumbersNeedAReplayWindow() {
        ObjectNode document = with(tree(TUNNEL), CHILD + "/proposals", "[aes256gcm16-esn-noesn]");
        assertThat(paths(as(IPSecTunnel.class, document))).isEmpty();
        with(document, CHILD + "/replayWindow", "0");
        assertThat(paths(as(IPSecTunnel.class, document))).containsExactly("spec.children[0].replayWindow");
    }

    @Test
    void deadPeerTimeoutIsLongerThanDelay() {
        assertThat(paths(tunnel("/spec/ike/dpd", "{delay: 60s, timeout: 1m}"))).containsExactly("spec.ike.dpd.timeout");
        assertThat(paths(tunnel("/spec/ike/dpd", "{delay: 0s, timeout: 0s}"))).isEmpty();
    }

    @Test
    void forwardSecrecyWithAnotherKeyExchangeThanTheIkeSaIsWarnedOf() {
        assertThat(TunnelValidation.validate(tunnel(CHILD + "/proposals", "[aes256gcm16-ecp384, aes256gcm16]")
                        .getSpec()))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isFalse();
                    assertThat(problem.reason()).isEqualTo(ConditionReasons.INCONSISTENT_KEY_EXCHANGE);
                    assertThat(problem.message()).contains("ecp384", "modp2048, x25519", "first rekeying");
                });
        assertThat(TunnelValidation.validate(tunnel(CHILD + "/proposals", "[aes256gcm16-ecp384, aes256gcm16-x25519]")
                        .getSpec()))
                .isEmpty();
        assertThat(TunnelValidation.validate(
                        tunnel(CHILD + "/proposals", "[aes256gcm16]").getSpec()))
                .isEmpty();
    }

    @Test
    void forwardSecrecyOfAhIsLookedAtToo() {
        assertThat(TunnelValidation.validate(tunnel(
                                CHILD,
                                "{name: net, localTrafficSelectors: [10.1.0.0/16], remoteTrafficSelectors: [10.2.0.0/16],"
                                        + " protocol: AH, proposals: [sha256-ecp384]}")
                        .getSpec()))
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.reason()).isEqualTo(ConditionReasons.INCONSISTENT_KEY_EXCHANGE));
    }

    @Test
    void methodAndBlockGoTogether() {
        assertThat(TunnelValidation.validate(
                        tunnel("/spec/authentication", "{method: PreSharedKey}").getSpec()))
                .singleElement()
                .hasToString("spec.authentication: method PreSharedKey comes without its block; allowed: preSharedKey");
    }

    private static List<String> paths(IPSecTunnel tunnel) {
        return TunnelValidation.validate(tunnel.getSpec()).stream()
                .map(Problem::fieldPath)
                .toList();
    }
}

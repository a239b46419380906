package dev.culvert.api.v1alpha1.validation;

import static dev.culvert.api.v1alpha1.Documents.TUNNEL;
import static dev.culvert.api.v1alpha1.Documents.as;
import static dev.culvert.api.v1alpha1.Documents.tree;
import static dev.culvert.api.v1alpha1.Documents.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.wire.IpPrefix;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TranslationChecksTest {
    private static final String US = "{side: Local, type: OneToOne, from: 10.1.0.0/16, to: 10.101.0.0/16}";
    private static final String PEER = "{side: Remote, type: OneToOne, from: 10.1.0.0/16, to: 10.102.0.0/16}";

    private static ObjectNode document(String local, String remote, String translations) {
        ObjectNode document = with(tree(TUNNEL), "/spec/children/0/localTrafficSelectors", "[" + local + "]");
        with(document, "/spec/children/0/remoteTrafficSelectors", "[" + remote + "]");
        return with(document, "/spec/nat", "{translations: [" + translations + "]}");
    }

    private static List<String> problems(String local, String remote, String translations) {
        IPSecTunnelSpec spec =
                as(IPSecTunnel.class, document(local, remote, translations)).getSpec();
        return TunnelValidation.validate(spec).stream().map(Problem::toString).toList();
    }

    /** Ours and the peer's networks may be the same ones, if one of them or both are translated. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.101.0.0/16|10.1.0.0/16|" + US + ", " + PEER,
                "10.101.0.0/16|10.102.0.0/16|" + US,
                "10.1.0.0/16|10.1.0.0/16|" + PEER,
                "10.101.0.1/32|10.1.0.0/16|{side: Local, type: Masquerade, from: 10.1.0.0/16, to: 10.101.0.1/32}, "
                        + PEER,
                "10.101.0.0/24|10.2.0.0/16|{side: Local, type: Masquerade, from: 0.0.0.0/5, to: 10.101.0.0/24}",
                "10.101.0.0/16|10.2.0.0/16|{side: Local, type: OneToOne, from: 10.1.5.0/24, to: 10.101.5.0/24},"
                        + " {side: Local, type: Masquerade, from: 10.1.0.0/16, to: 10.101.0.1/32}",
                "fd00:101::/48|fd00:2::/48|{side: Local, type: OneToOne, from: 'fd00:1::/48', to: 'fd00:101::/48'}",
            })
    void theseAreFine(String local, String remote, String translations) {
        assertThat(problems(quoted(local), quoted(remote), translations)).isEmpty();
    }

    private static String quoted(String selector) {
        return "'" + selector + "'";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.101.0.0/16|10.1.0.0/16|" + US
                        + "|spec.children[0].remoteTrafficSelectors[0]: local 10.1.0.0/16 and remote 10.1.0.0/16 overlap at the hosts on this end",
                "10.101.0.0/16|10.2.0.0/16|{side: Local, type: OneToOne, from: 10.1.0.0/16, to: 10.103.0.0/16}"
                        + "|spec.nat.translations[0].to: 10.103.0.0/16 is what goes through the tunnel, and is within no network of a child's localTrafficSelectors; allowed: 10.101.0.0/16",
                "10.101.0.0/24|10.2.0.0/16|" + US
                        + "|spec.nat.translations[0].to: 10.101.0.0/16 is what goes through the tunnel, and is within no network of a child's localTrafficSelectors; allowed: 10.101.0.0/24",
                "10.9.0.0/16|10.2.0.0/16|" + PEER
                        + "|spec.nat.translations[0].from: 10.1.0.0/16 is what goes through the tunnel, and is within no network of a child's remoteTrafficSelectors; allowed: 10.2.0.0/16",
                "10.101.0.0/16|10.2.0.0/16|{side: Local, type: OneToOne, from: 10.1.0.0/24, to: 10.101.0.0/16}"
                        + "|spec.nat.translations[0].to: with type OneToOne, 10.101.0.0/16 is not as long as 10.1.0.0/24; allowed: a network of length /24",
                "10.101.0.0/16|10.2.0.0/16|{side: Local, type: Masquerade, from: 10.1.0.0/16, to: 10.101.0.0/16}"
                        + "|spec.nat.translations[0].to: with type Masquerade, 10.101.0.0/16 is too large; allowed: /24 to /32",
                "10.9.0.0/16|10.1.0.0/16|{side: Remote, type: Masquerade, from: 10.1.0.0/16, to: 10.102.0.1/32}"
                        + "|spec.nat.translations[0].type: Masquerade is for side Local; allowed: OneToOne",
                "10.101.0.0/16|10.2.0.0/16|{side: Local, type: OneToOne, from: 'fd00::/16', to: 10.101.0.0/16}"
                        + "|spec.nat.translations[0].to: 10.101.0.0/16 is of another address family than fd00::/16",
                "10.101.0.0/16|10.2.0.0/16|{side: Local, type: OneToOne, from: 10.1.0.1/16, to: 10.101.0.0/16}"
                        + "|spec.nat.translations[0].from: 10.1.0.1/16 has host bits set; the network is 10.1.0.0/16; allowed: a network without host bits, such as 10.1.0.0/16",
                "10.101.0.0/16|10.2.0.0/16|" + US
                        + ", {side: Local, type: OneToOne, from: 10.3.1.0/24, to: 10.101.1.0/24}"
                        + "|spec.nat.translations[1].to: 10.101.1.0/24 overlaps with 10.101.0.0/16 of spec.nat.translations[0]",
                "10.100.0.0/15|10.2.0.0/16|" + US
                        + ", {side: Local, type: OneToOne, from: 10.1.1.0/24, to: 10.100.1.0/24}"
                        + "|spec.nat.translations[1].from: 10.1.1.0/24 overlaps with 10.1.0.0/16 of spec.nat.translations[0]",
                "10.101.0.0/16|10.2.0.0/16|{side: Local, type: Masquerade, from: 10.1.0.0/16, to: 10.101.0.1/32},"
                        + " {side: Local, type: OneToOne, from: 10.1.5.0/24, to: 10.101.5.0/24}"
                        + "|spec.nat.translations[1].from: 10.1.5.0/24 overlaps with 10.1.0.0/16 of spec.nat.translations[0]",
            })
    void theseAreNot(String local, String remote, String translations, String problem) {
        assertThat(problems(local, remote, translations)).contains(problem);
    }

    /** An address that is somebody's in the tunnel already would be two hosts' at once. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{side: Remote, type: OneToOne, from: 10.1.0.0/16, to: 10.2.0.0/16}",
                "{side: Remote, type: OneToOne, from: 10.1.0.0/24, to: 10.1.1.0/24}"
            })
    void addressesThatStandForTwo(String translation) {
        assertThat(problems("10.9.0.0/16", "10.1.0.0/16, 10.2.0.0/16", translation))
                .singleElement()
                .asString()
                .startsWith("spec.nat.translations[0].to: ")
                .contains("has in the tunnel without translation");
    }

    @Test
    void transportModeIsNotTranslated() {
        ObjectNode document = document(
                "192.0.2.1/32", "192.0.2.2/32", "{side: Local, type: OneToOne, from: 10.1.0.1/32, to: 192.0.2.1/32}");
        with(document, "/spec/children/0/mode", "Transport");
        assertThat(TunnelValidation.validate(as(IPSecTunnel.class, document).getSpec()))
                .singleElement()
                .hasToString(
                        "spec.nat.translations[0].to: 192.0.2.1/32 is a network of child 'net', whose mode Transport"
                                + " does not go with translated addresses");
    }

    /** Two branches that are all 10.1.0.0/16, as we are, each at addresses of its own. */
    @Test
    void tunnelsConflictByTheAddressesThatOurHostsKnow() {
        IPSecTunnel first = named("first", PEER);
        IPSecTunnel second = named("second", PEER.replace("10.102", "10.103"));
        IPSecTunnel third = named("third", PEER.replace("10.102.0.0/16", "10.103.0.0/16"));
        assertThat(TrafficSelectorConflicts.withOthers(second, List.of(first))).isEmpty();
        assertThat(TrafficSelectorConflicts.among(List.of(first, second, third)))
                .satisfiesExactly(
                        none -> assertThat(none).isEmpty(),
                        none -> assertThat(none).isEmpty(),
                        one -> assertThat(one)
                                .singleElement()
                                .hasToString("spec.children[0].remoteTrafficSelectors[0]: 10.1.0.0/16 to 10.103.0.0/16"
                                        + " overlaps with 10.1.0.0/16 to 10.103.0.0/16 of tunnel default/second, which"
                                        + " was there first"));
    }

    @Test
    void thePeersNetworkMayBeTheClustersIfItHasOtherAddresses() {
        Map<String, IpPrefix> cluster = Map.of("pods of node a", IpPrefix.parse("10.1.0.0/24"));
        assertThat(TrafficSelectorConflicts.withCluster(named("first", PEER), cluster))
                .isEmpty();
        assertThat(TrafficSelectorConflicts.withCluster(
                        named("first", PEER.replace("10.102", "10.1").replace("from: 10.1", "from: 10.102")), cluster))
                .hasSize(1);
    }

    private static IPSecTunnel named(String name, String remoteTranslation) {
        String from = remoteTranslation.replaceAll(".*from: ([^,]*),.*", "$1");
        ObjectNode document = document("10.101.0.0/16", from, US + ", " + remoteTranslation);
        with(document, "/metadata/name", name);
        return as(IPSecTunnel.class, document);
    }
}

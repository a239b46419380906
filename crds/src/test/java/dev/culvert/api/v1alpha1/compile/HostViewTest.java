package dev.culvert.api.v1alpha1.compile;

import static dev.culvert.api.v1alpha1.Documents.TUNNEL;
import static dev.culvert.api.v1alpha1.Documents.as;
import static dev.culvert.api.v1alpha1.Documents.tree;
import static dev.culvert.api.v1alpha1.Documents.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostViewTest {
    private static IPSecTunnelSpec spec(String local, String remote, String translations) {
        var document = with(tree(TUNNEL), "/spec/children/0/localTrafficSelectors", "[" + local + "]");
        with(document, "/spec/children/0/remoteTrafficSelectors", "[" + remote + "]");
        with(document, "/spec/nat", "{translations: [" + translations + "]}");
        return as(IPSecTunnel.class, document).getSpec();
    }

    @Test
    void withoutTranslationsEverythingIsTheSame() {
        IPSecTunnelSpec spec = spec("10.101.0.0/16", "10.1.0.0/16", "");
        assertThat(HostView.of(spec.children(), spec.nat())).isSameAs(spec.children());
    }

    @Test
    void bothSides() {
        IPSecTunnelSpec spec = spec(
                "10.101.0.0/16",
                "10.1.0.0/16",
                "{side: Local, type: OneToOne, from: 10.1.0.0/16, to: 10.101.0.0/16}, "
                        + "{side: Remote, type: OneToOne, from: 10.1.0.0/16, to: 10.102.0.0/16}");
        ChildSpec child = HostView.of(spec.children(), spec.nat()).getFirst();
        assertThat(child.localTrafficSelectors()).containsExactly("10.1.0.0/16");
        assertThat(child.remoteTrafficSelectors()).containsExactly("10.102.0.0/16");
        assertThat(child.name()).isEqualTo(spec.children().getFirst().name());
        assertThat(child.proposals()).isEqualTo(spec.children().getFirst().proposals());
        assertThat(child.startAction()).isEqualTo(spec.children().getFirst().startAction());
    }

    /** What is translated has its other addresses, and what is left of the selector stays. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.1.0.0/16|10.1.0.0/16|10.102.0.0/16|10.102.0.0/16",
                "10.0.0.0/14|10.1.0.0/16|10.102.0.0/16|10.102.0.0/16 10.0.0.0/16 10.2.0.0/15",
                "10.1.7.0/24|10.1.0.0/16|10.102.0.0/16|10.102.7.0/24",
                "10.1.7.0/24|10.0.0.0/8|42.0.0.0/8|42.1.7.0/24",
                "10.2.0.0/16|10.1.0.0/16|10.102.0.0/16|10.2.0.0/16",
                "fd00:1::/32|fd00:1:2::/48|fd00:9:9::/48|",
                "fd00:1:2:3::/64|fd00:1:2::/48|fd00:9:9::/48|fd00:9:9:3::/64",
            })
    void partsOfSelectors(String selector, String from, String to, String expected) {
        IPSecTunnelSpec spec = spec(
                selector.contains(":") ? "fd00:77::/32" : "10.77.0.0/16",
                "'" + selector + "'",
                "{side: Remote, type: OneToOne, from: '" + from + "', to: '" + to + "'}");
        ChildSpec child = HostView.of(spec.children().getFirst(), spec.nat());
        if (expected == null) {
            assertThat(child.remoteTrafficSelectors())
                    .hasSize(17)
                    .contains("fd00:9:9::/48", "fd00:1:3::/48")
                    .doesNotContain("fd00:1:2::/48");
        } else {
            assertThat(String.join(" ", child.remoteTrafficSelectors())).isEqualTo(expected);
        }
        assertThat(child.localTrafficSelectors())
                .isEqualTo(spec.children().getFirst().localTrafficSelectors());
    }

    @Test
    void manyBehindOne() {
        IPSecTunnelSpec spec = spec(
                "10.101.0.1/32, 10.101.5.0/24",
                "10.2.0.0/16",
                "{side: Local, type: OneToOne, from: 10.1.5.0/24, to: 10.101.5.0/24}, "
                        + "{side: Local, type: Masquerade, from: 10.1.0.0/16, to: 10.101.0.1/32}");
        assertThat(HostView.of(spec.children().getFirst(), spec.nat()).localTrafficSelectors())
                .containsExactly("10.1.0.0/16", "10.1.5.0/24");
    }
}

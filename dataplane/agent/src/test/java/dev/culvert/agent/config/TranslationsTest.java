package dev.culvert.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.agent.Desired;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.NatSettings;
import dev.culvert.ipsec.spd.Policy;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranslationsTest {
    private static final NatSettings NAT = Serialization.unmarshal("""
            translations:
            - {side: Local, type: OneToOne, from: 10.1.5.0/24, to: 10.101.5.0/24}
            - {side: Local, type: Masquerade, from: 10.1.0.0/16, to: 10.101.0.1/32}
            - {side: Remote, type: OneToOne, from: 10.1.0.0/16, to: 10.102.0.0/16}
            """, NatSettings.class);

    private static ChildSpec child(String local, String remote) {
        return Serialization.unmarshal(
                "---\n{name: net, localTrafficSelectors: [" + local + "], remoteTrafficSelectors: [" + remote + "]}",
                ChildSpec.class);
    }

    /** Policies are about the addresses that our hosts know, and the filter for cleartext too. */
    @Test
    void policiesAndRoutesNameWhatHostsKnow() {
        DesiredState state = new DesiredState(List.of(
                Desired.translated("one", "{side: Remote, type: OneToOne, from: 10.2.0.0/16, to: 10.102.0.0/16}")));
        assertThat(TunnelPolicies.ofDataPath(state))
                .singleElement()
                .isInstanceOfSatisfying(Policy.Protect.class, policy -> {
                    assertThat(policy.local()).hasToString("[10.1.0.0/16]");
                    assertThat(policy.remote()).hasToString("[10.102.0.0/16]");
                    assertThat(policy.translations()).hasSize(1);
                });
        assertThat(TunnelPolicies.ofRoutes(state))
                .singleElement()
                .satisfies(child -> assertThat(child.remote()).hasToString("[10.102.0.0/16]"));
    }

    /** Each child has those that are about its networks, in the tunnel's words for them. */
    @Test
    void thoseOfAChild() {
        assertThat(Translations.of(child("10.101.0.0/16", "10.1.0.0/16"), NAT))
                .extracting(t -> t.side() + " " + t.type() + " " + t.from() + " " + t.to())
                .containsExactly(
                        "LOCAL ONE_TO_ONE 10.1.5.0/24 10.101.5.0/24",
                        "LOCAL MASQUERADE 10.1.0.0/16 10.101.0.1/32",
                        "REMOTE ONE_TO_ONE 10.1.0.0/16 10.102.0.0/16");
        assertThat(Translations.of(child("10.101.0.1/32", "10.2.0.0/16"), NAT))
                .extracting(t -> t.to().toString())
                .containsExactly("10.101.0.1/32");
        assertThat(Translations.of(child("10.7.0.0/16", "10.102.0.0/16"), NAT)).isEmpty();
    }
}

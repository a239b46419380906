package dev.culvert.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.agent.Desired;
import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.api.v1alpha1.ChildSaState;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.ConfigurationChange;
import dev.culvert.api.v1alpha1.FailureReason;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.LastError;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.ike.endpoint.ConfigurationEffect;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelStatus;
import dev.culvert.ike.endpoint.TunnelStatus.ChildState;
import dev.culvert.ike.endpoint.TunnelStatus.ChildStatus;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusBookTest {
    private static final String NAME = "default/branch";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final StepClock clock = new StepClock();
    private final List<String> transitions = new ArrayList<>();
    private final StatusBook book = new StatusBook(clock, transitions::add);

    @Test
    void aNewTunnelIsPendingAndHoldsNoSa() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        IPSecEndpointStatus status = status();
        assertThat(status.ikeSA()).isNull();
        assertThat(status.childSAs()).extracting(sa -> sa.state()).containsExactly(ChildSaState.IDLE);
        assertThat(Conditions.isTrue(status.conditions(), ConditionTypes.PROGRAMMED))
                .isFalse();
        assertThat(transitions).containsExactly(NAME);
    }

    @Test
    void anEstablishedTunnelIsReadyWithTimes() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        book.programmed(NAME, Verdict.yes(ConditionTypes.PROGRAMMED, ConditionReasons.PROGRAMMED, "done"));
        book.negotiated(established());
        IPSecEndpointStatus status = status();
        assertThat(Objects.requireNonNull(status.ikeSA()).establishedTime()).isEqualTo(START.toString());
        assertThat(status.ikeSA().spis())
                .hasToString("IkeSpis[initiator=0000000000000001, responder=0000000000000002]");
        assertThat(status.childSAs().getFirst().spiIn()).isEqualTo("c0000001");
        assertThat(status.remoteEndpoint()).isEqualTo("192.0.2.2:4500");
        assertThat(condition("Ready")).isEqualTo("True/Ready");
    }

    @Test
    void whatIsNotAsItShouldBeWithOneTunnel() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        book.negotiated(established());
        Verdict unknown = Verdict.yes(ConditionTypes.DEGRADED, ConditionReasons.REVOCATION_UNKNOWN, "nobody answers");
        assertThat(book.degraded(NAME, Optional.of(unknown))).isTrue();
        assertThat(condition("Degraded")).isEqualTo("True/RevocationUnknown");
        assertThat(Conditions.isTrue(status().conditions(), ConditionTypes.DEGRADED))
                .isTrue();
        transitions.clear();
        assertThat(book.degraded(NAME, Optional.of(unknown))).isFalse();
        assertThat(transitions).isEmpty();
        assertThat(book.degraded(NAME, Optional.empty())).isTrue();
        assertThat(Conditions.find(status().conditions(), ConditionTypes.DEGRADED))
                .isEmpty();
        assertThat(transitions).containsExactly(NAME);
        assertThat(book.degraded("default/other", Optional.of(unknown))).isFalse();
    }

    @Test
    void whatSaysNothingNewIsNoTransition() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        book.negotiated(established());
        transitions.clear();
        clock.advance(Duration.ofMinutes(1));
        book.negotiated(established());
        assertThat(transitions).isEmpty();
    }

    @Test
    void aRekeyedChildHasANewTimeAndItsIkeSaHasNot() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        book.negotiated(established());
        clock.advance(Duration.ofHours(1));
        book.negotiated(established(0xc0000003));
        assertThat(status().childSAs().getFirst().establishedTime()).isEqualTo("2026-01-01T01:00:00Z");
        assertThat(Objects.requireNonNull(status().ikeSA()).establishedTime()).isEqualTo(START.toString());
    }

    @Test
    void aRepeatedFailureKeepsItsFirstTime() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        book.negotiated(failed(FailureKind.NO_PROPOSAL_CHOSEN, "they want aes128"));
        transitions.clear();
        clock.advance(Duration.ofMinutes(1));
        book.negotiated(failed(FailureKind.NO_PROPOSAL_CHOSEN, "they want aes128"));
        assertThat(transitions).isEmpty();
        LastError error = Objects.requireNonNull(status().lastError());
        assertThat(error.time()).isEqualTo(START.toString());
        assertThat(error.reason()).isEqualTo(FailureReason.NO_PROPOSAL_CHOSEN);
        assertThat(condition("Established")).isEqualTo("False/NoProposalChosen");
    }

    @Test
    void successForgetsTheFailure() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        book.negotiated(failed(FailureKind.AUTHENTICATION_FAILED, "no"));
        book.negotiated(established());
        assertThat(status().lastError()).isNull();
        assertThat(condition("Established")).isEqualTo("True/AllChildSAsEstablished");
    }

    @Test
    void whatAChangedConfigurationCostStays() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        for (ConfigurationEffect effect : ConfigurationEffect.values()) {
            book.applied(NAME, effect, "it cost " + effect);
            ConfigurationChange change = Objects.requireNonNull(status().lastChange());
            assertThat(change.effect().name()).isEqualTo(effect.name());
            assertThat(change.message()).isEqualTo("it cost " + effect);
        }
        clock.advance(Duration.ofMinutes(1));
        book.negotiated(established());
        assertThat(Objects.requireNonNull(status().lastChange()).time()).isEqualTo(START.toString());
    }

    @Test
    void aChangedSpecIsObservedAtOnceAndRemovalForgets() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        DesiredTunnel changed = Desired.tunnel("branch", 7, false, "10.3.0.0/16", "192.0.2.2");
        book.put(changed);
        assertThat(status().observedGeneration()).isEqualTo(7);
        book.remove(NAME);
        book.negotiated(established());
        assertThat(book.find(NAME)).isEmpty();
    }

    @Test
    void aTransitionTimeMovesOnlyWithTheStatus() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        clock.advance(Duration.ofMinutes(1));
        book.negotiated(failed(FailureKind.PEER_UNREACHABLE, "silence"));
        assertThat(Conditions.find(conditions(), "Established").orElseThrow().getLastTransitionTime())
                .isEqualTo(START.toString());
        clock.advance(Duration.ofMinutes(1));
        book.negotiated(established());
        assertThat(Conditions.find(conditions(), "Established").orElseThrow().getLastTransitionTime())
                .isEqualTo("2026-01-01T00:02:00Z");
    }

    @Test
    void theListIsWhatKubectlPrints() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
        book.negotiated(established());
        JsonNode list = TunnelList.of(book.all().values());
        assertThat(list.path("kind").asText()).isEqualTo("List");
        JsonNode item = list.path("items").path(0);
        assertThat(item.path("apiVersion").asText()).isEqualTo("culvert.dev/v1alpha1");
        assertThat(item.path("kind").asText()).isEqualTo("IPSecTunnel");
        assertThat(item.at("/metadata/name").asText()).isEqualTo("branch");
        assertThat(item.at("/spec/remote/addresses/0").asText()).isEqualTo("192.0.2.2");
        assertThat(item.at("/status/childSAsReady").asText()).isEqualTo("1/1");
        assertThat(item.at("/status/childSAs/0/state").asText()).isEqualTo("Installed");
        assertThat(item.toString()).doesNotContain("secret of ours");
    }

    private IPSecEndpointStatus status() {
        return book.find(NAME).orElseThrow().status();
    }

    private List<io.fabric8.kubernetes.api.model.Condition> conditions() {
        return book.find(NAME).orElseThrow().conditions();
    }

    private String condition(String type) {
        return Conditions.find(conditions(), type)
                .map(c -> c.getStatus() + "/" + c.getReason())
                .orElse("");
    }

    private static TunnelStatus established() {
        return established(0xc0000001);
    }

    private static TunnelStatus established(int spiIn) {
        return new TunnelStatus(
                NAME,
                TunnelStatus.State.ESTABLISHED,
                Optional.of(new TunnelStatus.IkeSaStatus(
                        1,
                        2,
                        true,
                        "aes256gcm16-prfsha384-x25519",
                        Carrier.UDP,
                        UdpAddress.of("192.0.2.1", 4500),
                        UdpAddress.of("192.0.2.2", 4500),
                        false,
                        false)),
                List.of(new ChildStatus(
                        "net",
                        ChildState.INSTALLED,
                        spiIn,
                        0xc0000002,
                        "aes256gcm16",
                        List.of(TrafficSelector.parse("10.1.0.0/16")),
                        List.of(TrafficSelector.parse("10.2.0.0/16")),
                        Optional.empty())),
                Optional.empty());
    }

    private static TunnelStatus failed(FailureKind kind, String message) {
        return new TunnelStatus(
                NAME,
                TunnelStatus.State.CONNECTING,
                Optional.empty(),
                List.of(),
                Optional.of(new Failure(kind, Optional.of("NAME"), message)));
    }

    private static final class StepClock extends Clock {
        private Instant now = START;

        void advance(Duration step) {
            now = now.plus(step);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}

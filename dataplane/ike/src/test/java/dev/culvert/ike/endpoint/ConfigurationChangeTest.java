package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a change of each setting does to a tunnel that is up: nothing, a new child SA, or a new IKE SA, and never a moment
 * without a pair that both sides have and send on.
 */
class ConfigurationChangeTest {
    /**
     * One setting, changed on both sides at once.
     *
     * @param ofA what becomes of A's tunnel
     */
    record Change(String setting, ConfigurationEffect effect, UnaryOperator<Tunnels> ofA, UnaryOperator<Tunnels> ofB) {
        @Override
        public String toString() {
            return setting + ": " + effect;
        }
    }

    static Stream<Change> changes() {
        return Stream.of(
                same("nothing at all", ConfigurationEffect.KEPT, t -> t),
                same("rekeyTime", ConfigurationEffect.KEPT, t -> t.rekeyTime(Duration.ofHours(2))),
                same("reauthTime", ConfigurationEffect.KEPT, t -> t.reauthTime(Duration.ofHours(3))),
                same(
                        "dpd",
                        ConfigurationEffect.KEPT,
                        t -> t.dpd(Duration.ofSeconds(10), Duration.ofSeconds(30), DpdConfig.Action.RESTART)),
                same(
                        "child rekeyTime and lifeTime",
                        ConfigurationEffect.KEPT,
                        t -> t.childTimes(Duration.ofHours(2), Duration.ofHours(3))),
                new Change("startAction", ConfigurationEffect.KEPT, t -> t.start(StartAction.TRAP), t -> t),
                same("closeAction", ConfigurationEffect.KEPT, t -> t.close(CloseAction.START)),
                new Change(
                        "remoteAddresses, one more",
                        ConfigurationEffect.KEPT,
                        t -> t.remotes(UdpAddress.of("192.0.2.77", 500), UdpAddress.of(EndpointPair.B, 500)),
                        t -> t),
                new Change(
                        "another child",
                        ConfigurationEffect.KEPT,
                        t -> t.addChild(other("10.8.0.0/16", "10.9.0.0/16")),
                        t -> t),
                same("child proposals", ConfigurationEffect.CHILD_SAS_REPLACED, t -> t.childProposals("aes128gcm16")),
                new Change(
                        "child selectors",
                        ConfigurationEffect.CHILD_SAS_REPLACED,
                        t -> t.selectors(List.of("10.1.0.0/24"), List.of("10.2.0.0/16")),
                        t -> t.selectors(List.of("10.2.0.0/16"), List.of("10.1.0.0/24"))),
                same(
                        "ikeProposals",
                        ConfigurationEffect.IKE_SA_REPLACED,
                        t -> t.ikeProposals("aes128gcm16-prfsha256-ecp256")),
                new Change(
                        "identities",
                        ConfigurationEffect.IKE_SA_REPLACED,
                        t -> t.ids("new-a.example", "new-b.example"),
                        t -> t.ids("new-b.example", "new-a.example")),
                same(
                        "pre-shared key",
                        ConfigurationEffect.IKE_SA_REPLACED,
                        t -> t.psk("quite another, no shorter than the first")),
                same("encapsulation", ConfigurationEffect.IKE_SA_REPLACED, t -> t.encapsulation(Encapsulation.ALWAYS)));
    }

    private static Change same(String setting, ConfigurationEffect effect, UnaryOperator<Tunnels> change) {
        return new Change(setting, effect, change, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aChangeOnBothSidesCostsNoPacket(Change change) {
        EndpointPair pair = new EndpointPair(change.setting().hashCode()).withTunnel();
        pair.awaitUp();
        TunnelStatus.IkeSaStatus ikeSa = pair.a.status().ikeSa().orElseThrow();
        int childSa = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.b.command(new Command.PutTunnel(change.ofB().apply(ofB()).build()));
        pair.a.command(new Command.PutTunnel(change.ofA().apply(ofA()).build()));
        pair.await(Duration.ofSeconds(15), () -> {
            assertUsable(pair, pair.a, pair.b);
            assertUsable(pair, pair.b, pair.a);
            return pair.clock.nowNanos() >= Duration.ofSeconds(14).toNanos();
        });
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        boolean sameIkeSa = pair.a.status().ikeSa().orElseThrow().spiInitiator() == ikeSa.spiInitiator();
        boolean sameChildSa = pair.a.pair(Tunnels.CHILD).spiIn() == childSa;
        ConfigurationEffect effect = sameIkeSa
                ? (sameChildSa ? ConfigurationEffect.KEPT : ConfigurationEffect.CHILD_SAS_REPLACED)
                : ConfigurationEffect.IKE_SA_REPLACED;
        assertThat(effect).as(pair::journal).isEqualTo(change.effect());
        // and that is what both were told, unless nothing was different
        for (Gateway gateway : List.of(pair.a, pair.b)) {
            assertThat(gateway.applied)
                    .extracting(Output.ConfigurationApplied::effect)
                    .hasSizeLessThanOrEqualTo(1)
                    .allMatch(told -> told == change.effect());
        }
        assertThat(pair.a.applied.isEmpty()).isEqualTo(change.setting().equals("nothing at all"));
    }

    @Test
    void anAddressThatIsTakenAwayTakesItsIkeSaAlong() {
        EndpointPair pair = new EndpointPair(61)
                .withTunnel(
                        t -> t.remotes(UdpAddress.of(EndpointPair.B, 500), UdpAddress.of("192.0.2.77", 500)), t -> t);
        pair.awaitUp();
        long before = pair.a.status().ikeSa().orElseThrow().spiInitiator();
        pair.a.command(new Command.PutTunnel(
                ofA().remotes(UdpAddress.of("192.0.2.77", 500)).build()));
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.a.installed).as("until there is another").hasSize(1);
        pair.a.command(new Command.PutTunnel(ofA().build()));
        pair.run(Duration.ofSeconds(15));
        pair.assertOneIkeSa();
        assertThat(pair.a.status().ikeSa().orElseThrow().spiInitiator()).isNotEqualTo(before);
    }

    @Test
    void whatOnlyThePeerCanMakeAnewEndsAtOnce() {
        EndpointPair pair = new EndpointPair(62).withTunnel();
        pair.awaitUp();
        pair.b.command(new Command.PutTunnel(
                ofB().remotes().psk("quite another, no shorter than the first").build()));
        pair.run(Duration.ofMillis(500));
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.applied).singleElement().satisfies(told -> {
            assertThat(told.effect()).isEqualTo(ConfigurationEffect.INTERRUPTED);
            assertThat(told.message()).contains("only the peer");
        });
    }

    @Test
    void whatThePeerDoesNotAcceptEndsWithoutAnythingInItsPlace() {
        EndpointPair pair = new EndpointPair(63).withTunnel();
        pair.awaitUp();
        pair.a.command(new Command.PutTunnel(
                ofA().psk("quite another, no shorter than the first").build()));
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.applied)
                .extracting(Output.ConfigurationApplied::effect)
                .containsExactly(ConfigurationEffect.IKE_SA_REPLACED, ConfigurationEffect.INTERRUPTED);
        assertThat(pair.a.applied.getLast().message()).contains("AUTHENTICATION_FAILED");
    }

    @Test
    void aChangeWhileNothingIsUpIsNothingToTell() {
        EndpointPair pair = new EndpointPair(64).withTunnel(t -> t.start(StartAction.NONE), t -> t);
        pair.a.command(new Command.PutTunnel(
                ofA().psk("quite another, no shorter than the first").build()));
        assertThat(pair.a.applied).isEmpty();
        assertThat(pair.a.count(AuditEvent.CONFIGURATION_CHANGED)).isEqualTo(1);
    }

    private static void assertUsable(EndpointPair pair, Gateway from, Gateway to) {
        int sending = from.sending.getOrDefault(Tunnels.CHILD, 0);
        assertThat(from.installed).as(pair::journal).containsKey(sending);
        assertThat(from.installed.values())
                .filteredOn(i -> i.parameters().spiIn() == sending)
                .as(() -> "what " + from.name + " sends on is received\n" + pair.journal())
                .allMatch(i -> to.installed.containsKey(i.parameters().spiOut()));
    }

    private static ChildConfig other(String local, String remote) {
        return Tunnels.child("other", local, remote, "aes256gcm16").toBuilder()
                .startAction(StartAction.NONE)
                .build();
    }

    private static Tunnels ofA() {
        return Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example");
    }

    private static Tunnels ofB() {
        return Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                .swapSelectors()
                .start(StartAction.NONE);
    }
}

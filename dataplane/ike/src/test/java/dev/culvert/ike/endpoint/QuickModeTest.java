package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Datagram;
import dev.culvert.testkit.Interceptor;
import dev.culvert.testkit.NatDevice;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quick mode of IKEv1 and what its pairs go through, between two endpoints (RFC 2409 §5.5). */
class QuickModeTest {
    private static final Optional<String> CHILD = Optional.of(Tunnels.CHILD);
    private static final int EXCHANGE = 18;
    private static final int QUICK = 32;
    private static final int INFORMATIONAL = 5;

    private static EndpointPair pair(long seed, UnaryOperator<Tunnels> forA, UnaryOperator<Tunnels> forB) {
        return new EndpointPair(seed)
                .withTunnel(
                        t -> forA.apply(t.ikev1(Phase1Mode.MAIN).ikeProposals("aes128-sha256-ecp256")),
                        t -> forB.apply(t.ikev1(Phase1Mode.MAIN).ikeProposals("aes128-sha256-ecp256")));
    }

    private static EndpointPair up(long seed, UnaryOperator<Tunnels> forBoth) {
        EndpointPair pair = pair(seed, forBoth, forBoth);
        pair.awaitUp();
        return pair;
    }

    private static Gateway side(EndpointPair pair, boolean isA) {
        return isA ? pair.a : pair.b;
    }

    private static boolean is(Datagram datagram, int exchange) {
        byte[] payload = datagram.payload();
        return payload.length > EXCHANGE && payload[EXCHANGE] == exchange;
    }

    @ParameterizedTest
    @CsvSource({
        "aes256-sha256,true", "aes256-sha256,false", "aes256-sha256-modp2048,true", "aes256-sha256-modp2048,false",
        "aes256gcm16-ecp256,true", "aes128gcm16-aes256-sha384,false", "3des-sha1,true", "null-sha512,false",
        "aes256gcm16-esn,true"
    })
    void aPairIsMadeAndRekeyedByEitherSide(String proposal, boolean byA) {
        String[] proposals = proposal.equals("aes128gcm16-aes256-sha384")
                ? new String[] {"aes128gcm16", "aes256-sha384"}
                : new String[] {proposal};
        EndpointPair pair = up(1, t -> t.childProposals(proposals));
        // A --> B  HDR*, HASH(1), SA, Ni [, KE], IDci, IDcr
        // A <-- B  HDR*, HASH(2), SA, Nr [, KE], IDci, IDcr
        // A --> B  HDR*, HASH(3)
        pair.assertOnePair(Tunnels.CHILD);
        assertRekeyed(pair, byA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256", "sha1", "sha512-modp2048"})
    void ahHasPairsToo(String proposal) {
        EndpointPair pair = up(2, t -> t.ah(proposal));
        pair.assertOnePair(Tunnels.CHILD);
        assertRekeyed(pair, true);
    }

    private static void assertRekeyed(EndpointPair pair, boolean byA) {
        int before = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.run(Duration.ofSeconds(10));
        pair.afterEachStep = () -> Agreement.assertReceiving(pair.a, pair.b, Tunnels.CHILD);
        side(pair, byA).command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(3));
        assertThat(pair.a.sender(Tunnels.CHILD).orElseThrow().spiIn())
                .as(pair.journal())
                .isNotEqualTo(before);
        assertThat(pair.a.pairs(Tunnels.CHILD)).as("the old one still receives").hasSize(2);
        // some seconds later: HDR*, HASH, D(the old SA)
        pair.run(Duration.ofMinutes(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(before);
        assertThat(pair.a.removals).hasSize(1).allMatch(r -> r.reason() == Output.RemovalReason.REKEYED);
        assertThat(pair.b.removals).hasSize(1).allMatch(r -> r.reason() == Output.RemovalReason.REKEYED);
    }

    @Test
    void pairsAreRekeyedAheadOfTime() {
        EndpointPair pair = up(3, t -> t.childTimes(Duration.ofMinutes(60), Duration.ofMinutes(66)));
        pair.afterEachStep = () -> Agreement.assertReceiving(pair.a, pair.b, Tunnels.CHILD);
        pair.run(Duration.ofHours(5));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.everInstalled).hasSizeBetween(5, 8);
        assertThat(pair.a.installed).hasSizeLessThan(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void ofTwoThatBothSidesMakeAtOnceTheSameOneStays(long seed) {
        EndpointPair pair = up(seed, UnaryOperator.identity());
        pair.afterEachStep = () -> Agreement.assertReceiving(pair.a, pair.b, Tunnels.CHILD);
        pair.a.command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.b.command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofMinutes(3));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.everInstalled).hasSize(3);
    }

    @Test
    void aPeerThatOffersNothingAcceptableIsToldAndBothSidesAreNamed() {
        EndpointPair pair = pair(4, t -> t.childProposals("aes256-sha256"), t -> t.childProposals("aes128-sha1"));
        // A <-- B  HDR*, HASH, N(NO-PROPOSAL-CHOSEN)
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).isEmpty();
        TunnelStatus.Failure atA = pair.a.failure().orElseThrow();
        assertThat(atA.kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(atA.message()).contains("NO-PROPOSAL-CHOSEN", "'net'", "aes256-sha256");
        assertThat(pair.b.failure().orElseThrow().message()).contains("aes256-sha256", "aes128-sha1");
        assertThat(pair.a.isEstablished()).as("the ISAKMP SA stays").isTrue();
    }

    @Test
    void perfectForwardSecrecyThatDiffersIsNamed() {
        EndpointPair pair =
                pair(5, t -> t.childProposals("aes256-sha256-modp2048"), t -> t.childProposals("aes256-sha256"));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.failure().orElseThrow().message()).contains("with a key exchange", "modp2048");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.3.0.0/16", "10.2.4.0/24", "10.0.0.0/8"})
    void otherNetworksAreRefusedAndNamed(String atB) {
        EndpointPair pair = pair(6, UnaryOperator.identity(), t -> t.selectors(List.of(atB), List.of("10.1.0.0/16")));
        // A <-- B  HDR*, HASH, N(INVALID-ID-INFORMATION)
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.TS_UNACCEPTABLE);
        assertThat(pair.a.failure().orElseThrow().message()).contains("10.1.0.0/16", "10.2.0.0/16");
        assertThat(pair.b.failure().orElseThrow().message()).contains("10.2.0.0/16", atB);
    }

    @Test
    void aChildOfSeveralSelectorsIsAQuickModeForEachPairOfThem() {
        EndpointPair pair = pair(
                7,
                t -> t.selectors(List.of("10.1.0.0/16"), List.of("10.2.0.0/16", "10.3.0.0/16")),
                t -> t.selectors(List.of("10.2.0.0/16", "10.3.0.0/16"), List.of("10.1.0.0/16")));
        pair.await(Duration.ofSeconds(5), () -> pair.b.installed.size() == 2);
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.a.installed).hasSize(2);
        assertThat(pair.a.status().children().getFirst().state()).isEqualTo(TunnelStatus.ChildState.INSTALLED);
    }

    @Test
    void theCommitBitHasTheInitiatorWaitForConnected() {
        EndpointPair pair = pair(8, UnaryOperator.identity(), t -> t.commitBit());
        List<Datagram> fromB = new ArrayList<>();
        pair.network.intercept(datagram -> {
            if (datagram.from().address().equals(pair.b.address) && is(datagram, QUICK)) {
                fromB.add(datagram);
                return fromB.size() == 2 ? Interceptor.Fate.delay(Duration.ofSeconds(2)) : Interceptor.Fate.DELIVER;
            }
            return Interceptor.Fate.DELIVER;
        });
        // A --> B  HDR*, HASH(1), SA, Ni, IDci, IDcr
        // A <-- B  HDR*, commit, HASH(2), SA, Nr, IDci, IDcr
        // A --> B  HDR*, HASH(3)
        // A <-- B  HDR*, HASH(4), N(CONNECTED), which takes its time
        pair.await(Duration.ofSeconds(5), () -> fromB.size() == 2);
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.b.sender(Tunnels.CHILD)).isPresent();
        assertThat(pair.a.installed).hasSize(1);
        assertThat(pair.a.sender(Tunnels.CHILD)).as("waits").isEmpty();
        pair.run(Duration.ofMillis(1500));
        assertThat(pair.a.sender(Tunnels.CHILD)).as(pair.journal()).isPresent();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void aPeerThatForgetsConnectedDoesNotStopTheInitiatorForEver() {
        EndpointPair pair = pair(9, UnaryOperator.identity(), t -> t.commitBit());
        List<Datagram> fromB = new ArrayList<>();
        pair.network.intercept(datagram -> {
            if (datagram.from().address().equals(pair.b.address) && is(datagram, QUICK)) {
                fromB.add(datagram);
                return fromB.size() > 1 ? Interceptor.Fate.DROP : Interceptor.Fate.DELIVER;
            }
            return Interceptor.Fate.DELIVER;
        });
        pair.run(Duration.ofSeconds(3));
        assertThat(pair.a.sender(Tunnels.CHILD)).isEmpty();
        pair.run(Duration.ofSeconds(30));
        assertThat(pair.a.sender(Tunnels.CHILD)).as(pair.journal()).isPresent();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.isEstablished()).isTrue();
    }

    /** RFC 2407 §4.6.3.1. */
    @Test
    void theShorterLifetimeCountsWhoeverHasIt() {
        EndpointPair pair = pair(
                10,
                t -> t.childTimes(Duration.ofHours(8), Duration.ofHours(9)),
                t -> t.childTimes(Duration.ofMinutes(10), Duration.ofMinutes(11)));
        pair.awaitUp();
        pair.afterEachStep = () -> Agreement.assertReceiving(pair.a, pair.b, Tunnels.CHILD);
        pair.b.command(new Command.LocalAddresses(List.of()));
        pair.run(Duration.ofMinutes(35));
        assertThat(pair.a.everInstalled).hasSizeGreaterThan(3);
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void aLifetimeInKilobytesIsAgreedOnToo() {
        EndpointPair pair = pair(11, t -> t.lifeBytes(1 << 30), t -> t.lifeBytes(1 << 20));
        pair.awaitUp();
        assertThat(pair.a.pair(Tunnels.CHILD).lifeBytes()).isEqualTo(1 << 20);
        assertThat(pair.b.pair(Tunnels.CHILD).lifeBytes()).isEqualTo(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeletedChildIsGoneOnBothSides(boolean byA) {
        EndpointPair pair = up(12, UnaryOperator.identity());
        // HDR*, HASH, D(ESP, SPI)
        side(pair, byA).command(new Command.Terminate(Tunnels.NAME, CHILD));
        pair.run(Duration.ofMinutes(1));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.isEstablished()).isTrue();
    }

    @Test
    void aLateDeleteIsHarmless() {
        EndpointPair pair = up(13, UnaryOperator.identity());
        List<Datagram> deletes = new ArrayList<>();
        pair.network.observe(datagram -> {
            if (is(datagram, INFORMATIONAL)) {
                deletes.add(datagram);
            }
        });
        assertRekeyed(pair, true);
        int now = pair.b.pair(Tunnels.CHILD).spiIn();
        assertThat(deletes).isNotEmpty();
        for (Datagram delete : List.copyOf(deletes)) {
            pair.network.send(delete.from(), delete.to(), delete.payload());
        }
        pair.run(Duration.ofSeconds(5));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.b.pair(Tunnels.CHILD).spiIn()).isEqualTo(now);
    }

    /** CVE-2019-10155, CVE-2020-1763, CVE-2009-0790. */
    @Test
    void line44_anInformationalWithoutAValidHashIsDropped() {
        EndpointPair pair = up(14, UnaryOperator.identity());
        List<Datagram> deletes = new ArrayList<>();
        pair.network.intercept(datagram -> {
            if (is(datagram, INFORMATIONAL)) {
                deletes.add(datagram);
                byte[] forged = datagram.payload();
                forged[forged.length - 20] ^= 1;
                return Interceptor.Fate.replace(forged);
            }
            return Interceptor.Fate.DELIVER;
        });
        pair.a.command(new Command.Terminate(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(5));
        assertThat(deletes).isNotEmpty();
        assertThat(pair.b.installed).as("nobody vouches for the Delete").hasSize(1);
        assertThat(pair.b.count(AuditEvent.DATAGRAM_DROPPED)).isPositive();
    }

    @Test
    void aLostThirdMessageIsSentAgainWhenTheSecondIsRepeated() {
        EndpointPair pair = pair(15, UnaryOperator.identity(), UnaryOperator.identity());
        List<Datagram> fromA = new ArrayList<>();
        pair.network.intercept(datagram -> {
            if (datagram.from().address().equals(pair.a.address) && is(datagram, QUICK)) {
                fromA.add(datagram);
                return fromA.size() == 2 ? Interceptor.Fate.DROP : Interceptor.Fate.DELIVER;
            }
            return Interceptor.Fate.DELIVER;
        });
        pair.await(Duration.ofSeconds(2), () -> fromA.size() == 2);
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.b.sender(Tunnels.CHILD)).as("not before HASH(3)").isEmpty();
        pair.await(Duration.ofSeconds(10), () -> pair.b.sender(Tunnels.CHILD).isPresent());
        pair.run(Duration.ofSeconds(1));
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void transportModeNeedsNoIdentities() {
        EndpointPair pair = pair(
                16, t -> t.transport(EndpointPair.A, EndpointPair.B), t -> t.transport(EndpointPair.B, EndpointPair.A));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).mode()).isEqualTo(IpsecMode.TRANSPORT);
        assertRekeyed(pair, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transportModePassesANatOfOneAddress(boolean byA) {
        String outside = "198.51.100.1";
        EndpointPair pair = new EndpointPair(17);
        NatDevice nat = pair.network.addNat(IpAddress.parse(outside), pair.a.address);
        nat.forward(500, new UdpAddress(pair.a.address, 500));
        nat.forward(4500, new UdpAddress(pair.a.address, 4500));
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, outside, "b.example", "a.example")
                .ikev1(Phase1Mode.MAIN)
                .transport(EndpointPair.B, outside)
                .start(StartAction.NONE)
                .build()));
        // NAT-OAi, NAT-OAr
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .ikev1(Phase1Mode.MAIN)
                .transport(EndpointPair.A, EndpointPair.B)
                .build()));
        pair.awaitUp();
        assertThroughNat(pair);
        pair.run(Duration.ofSeconds(10));
        side(pair, byA).command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofMinutes(2));
        assertThat(pair.a.everInstalled).hasSize(2);
        assertThroughNat(pair);
    }

    private static void assertThroughNat(EndpointPair pair) {
        ChildSaParameters atA = pair.a.pair(Tunnels.CHILD);
        ChildSaParameters atB = pair.b.pair(Tunnels.CHILD);
        Agreement.assertSameKeys(atA, atB);
        assertThat(atA.carrier()).isEqualTo(Carrier.UDP);
        assertThat(atB.carrier()).isEqualTo(Carrier.UDP);
        assertThat(atA.local()).isEqualTo(List.of(TrafficSelector.parse(EndpointPair.A)));
    }

    @Test
    void ahDoesNotPassANat() {
        EndpointPair pair = new EndpointPair(18);
        pair.network.addNat(IpAddress.parse("198.51.100.1"), pair.a.address);
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, "198.51.100.1", "b.example", "a.example")
                .ikev1(Phase1Mode.MAIN)
                .ah("sha256")
                .swapSelectors()
                .start(StartAction.NONE)
                .build()));
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .ikev1(Phase1Mode.MAIN)
                .ah("sha256")
                .build()));
        pair.run(Duration.ofSeconds(3));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().message()).contains("AH", "NAT");
    }

    @Test
    void aChangedChildIsMadeAnewBeforeTheOldOneGoes() {
        EndpointPair pair = up(19, UnaryOperator.identity());
        pair.afterEachStep = () -> Agreement.assertReceiving(pair.a, pair.b, Tunnels.CHILD);
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                .ikev1(Phase1Mode.MAIN)
                .ikeProposals("aes128-sha256-ecp256")
                .childProposals("aes256-sha256", "aes128gcm16")
                .swapSelectors()
                .start(StartAction.NONE)
                .build()));
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .ikev1(Phase1Mode.MAIN)
                .ikeProposals("aes128-sha256-ecp256")
                .childProposals("aes128gcm16")
                .build()));
        pair.run(Duration.ofMinutes(3));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo("aes128gcm16");
    }
}

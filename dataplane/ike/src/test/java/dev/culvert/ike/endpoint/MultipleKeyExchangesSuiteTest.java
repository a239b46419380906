package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.endpoint.Crossing.Flight;
import dev.culvert.ike.endpoint.Crossing.Lowest;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scenarios of strongSwan's unit test suites "child rekey", "ike rekey" and "child create" that have several key
 * exchanges (RFC 9370), by suite and name.
 *
 * <p>Not here: its suite's {@code optimized_*} (draft-ietf-ipsecme-ikev2-sa-ts-payloads-opt) and {@code ike_auth_ke_*} (the
 * child's key exchange told of in IKE_AUTH) belong to drafts that are not supported, and {@code pre_establish} and
 * {@code *_alert_provenance} are about interfaces of its own.
 */
class MultipleKeyExchangesSuiteTest {
    private static final String ESP = "aes256gcm16-x25519-ke1_mlkem512";
    private static final String ESP_ONCE = "aes256gcm16-x25519";
    private static final String IKE = "aes256gcm16-prfsha384-x25519-ke1_mlkem512";
    private static final String IKE_ONCE = "aes256gcm16-prfsha384-x25519";
    private static final String VOICE = "voice";

    private final Crossing c = new Crossing(1);
    private long firstIkeSa;
    private int firstOfA;

    private Steps established(boolean oneIsA) {
        return established(new String[] {IKE}, new String[] {IKE}, new String[] {ESP}, new String[] {ESP}, oneIsA);
    }

    private Steps established(String[] ikeOfA, String[] ikeOfB, String[] espOfA, String[] espOfB, boolean oneIsA) {
        c.established(
                t -> t.ikeProposals(ikeOfA).childProposals(espOfA),
                t -> t.ikeProposals(ikeOfB).childProposals(espOfB));
        firstIkeSa = ikeSa();
        firstOfA = c.a.pair(Tunnels.CHILD).spiIn();
        return new Steps(c, oneIsA ? c.a : c.b);
    }

    private long ikeSa() {
        return c.a.status().ikeSa().orElseThrow().spiInitiator();
    }

    /** There is one new pair, of the side that has won; the other's was not even made. */
    private void assertChildRekeyed(boolean byA, int everInstalled) {
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertOneIkeSa(c.a, c.b);
        Agreement.assertOnePair(c.a, c.b, Tunnels.CHILD);
        assertThat(c.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(firstOfA);
        assertThat(c.a.pair(Tunnels.CHILD).initiator()).isEqualTo(byA);
        assertThat(c.a.everInstalled).hasSize(everInstalled);
        assertThat(c.b.everInstalled).hasSize(everInstalled);
    }

    private void assertIkeRekeyed(boolean byA) {
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertOneIkeSa(c.a, c.b);
        Agreement.assertOnePair(c.a, c.b, Tunnels.CHILD);
        assertThat(ikeSa()).isNotEqualTo(firstIkeSa);
        assertThat(c.a.status().ikeSa().orElseThrow().initiator()).isEqualTo(byA);
        assertThat(c.a.count(AuditEvent.IKE_SA_REKEYED)).isEqualTo(1);
        assertThat(c.a.everInstalled).hasSize(1);
        // the keys are the same on both sides
        c.rekeyChild(c.b);
        c.finish();
        Agreement.assertOnePair(c.a, c.b, Tunnels.CHILD);
    }

    private static final String CHILD_DELETED = """
            --> INFORMATIONAL DELETE_CHILD
            <-- INFORMATIONAL DELETE_CHILD
            """;
    private static final String IKE_DELETED = """
            --> INFORMATIONAL DELETE_IKE
            <-- INFORMATIONAL EMPTY
            """;

    /**
     * <pre>
     * --&gt; CREATE_CHILD_SA { … SA, Ni, KEi … }
     * &lt;-- CREATE_CHILD_SA { SA, Nr, KEr, N(ADDITIONAL_KEY_EXCHANGE) … }
     * </pre>
     */
    private static final String CREATED = """
            --> CREATE_CHILD_SA LONG
            <-- CREATE_CHILD_SA LONG
            """;

    /**
     * <pre>
     * --&gt; IKE_FOLLOWUP_KE { KEi(1), N(ADDITIONAL_KEY_EXCHANGE) }
     * &lt;-- IKE_FOLLOWUP_KE { KEr(1) }
     * </pre>
     */
    private static final String FOLLOWED_UP = """
            --> IKE_FOLLOWUP_KE LONG
            <-- IKE_FOLLOWUP_KE LONG
            """;

    private static final String GROUP_REFUSED = """
            --> CREATE_CHILD_SA LONG
            <-- CREATE_CHILD_SA INVALID_KE
            """;
    /** The requests of both, then the responses of both. */
    private static final String CROSSED = """
            --> CREATE_CHILD_SA LONG
            <-- CREATE_CHILD_SA LONG
            <-- CREATE_CHILD_SA LONG
            --> CREATE_CHILD_SA LONG
            """;

    // ---- regular ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childRekey_regularMultiKe(boolean byA) {
        Steps steps = established(byA);
        c.rekeyChild(byA ? c.a : c.b);
        steps.play(CREATED);
        assertThat(c.a.installed).hasSize(1);
        assertThat(c.b.installed).hasSize(1);
        steps.play(FOLLOWED_UP).play(CHILD_DELETED);
        assertChildRekeyed(byA, 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childRekey_regularKeInvalidMultiKe(boolean byA) {
        Steps steps = established(
                new String[] {IKE},
                new String[] {IKE},
                new String[] {"aes256gcm16-ecp256-x25519-ke1_mlkem512"},
                new String[] {"aes256gcm16-x25519-ecp256-ke1_mlkem512"},
                byA);
        c.rekeyChild(byA ? c.a : c.b);
        steps.play(GROUP_REFUSED).play(CREATED).play(FOLLOWED_UP).play(CHILD_DELETED);
        assertChildRekeyed(byA, 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ikeRekey_regularMultiKe(boolean byA) {
        Steps steps = established(byA);
        c.rekeyIke(byA ? c.a : c.b);
        steps.play(CREATED);
        assertThat(ikeSa()).isEqualTo(firstIkeSa);
        steps.play(FOLLOWED_UP).play(IKE_DELETED);
        assertIkeRekeyed(byA);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ikeRekey_regularKeInvalidMultiKe(boolean byA) {
        Steps steps = established(
                new String[] {"aes256gcm16-prfsha256-ecp256-x25519-ke1_mlkem512"},
                new String[] {"aes256gcm16-prfsha256-x25519-ecp256-ke1_mlkem512"},
                new String[] {ESP},
                new String[] {ESP},
                byA);
        if (byA) {
            // The group in use is the responder's first choice: now A's, then B's.
            c.rekeyIke(c.b);
            c.finish();
            firstIkeSa = ikeSa();
        }
        c.rekeyIke(byA ? c.a : c.b);
        steps.play(GROUP_REFUSED).play(CREATED).play(FOLLOWED_UP).play(IKE_DELETED);
        c.finish();
        Agreement.assertOneIkeSa(c.a, c.b);
        assertThat(ikeSa()).isNotEqualTo(firstIkeSa);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childCreate_multiKe(boolean byA) {
        c.established(
                t -> t.ikeProposals(IKE).addChild(voice("10.3.0.0/16", "10.4.0.0/16")),
                t -> t.ikeProposals(IKE).addChild(voice("10.4.0.0/16", "10.3.0.0/16")));
        c.command(byA ? c.a : c.b, new Command.Initiate(Tunnels.NAME, Optional.of(VOICE)));
        Steps steps = new Steps(c, byA ? c.a : c.b).play(CREATED);
        assertThat(c.a.pairs(VOICE)).isEmpty();
        assertThat(c.b.pairs(VOICE)).isEmpty();
        steps.play(FOLLOWED_UP);
        assertThat(c.inFlight).isEmpty();
        Agreement.assertOnePair(c.a, c.b, VOICE);
    }

    private static ChildConfig voice(String local, String remote) {
        return Tunnels.child(VOICE, local, remote, ESP).toBuilder()
                .startAction(StartAction.NONE)
                .build();
    }

    // ---- collisions of rekeyings ----

    private Steps crossed(Lowest lowest, boolean ike) {
        established(true);
        rekeyBoth(lowest, ike);
        return new Steps(c, c.a);
    }

    private void rekeyBoth(Lowest lowest, boolean ike) {
        c.lowest(lowest);
        for (Gateway gateway : new Gateway[] {c.a, c.b}) {
            if (ike) {
                c.rekeyIke(gateway);
            } else {
                c.rekeyChild(gateway);
            }
        }
    }

    /** Who has won goes on, the other does not. */
    private Steps winner(boolean aWins) {
        return new Steps(c, aWins ? c.a : c.b);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void childRekey_collisionMultiKe(Lowest lowest) {
        crossed(lowest, false).play(CROSSED);
        boolean aWins = !lowest.loserIsA();
        winner(aWins).play(FOLLOWED_UP).play(CHILD_DELETED);
        assertChildRekeyed(aWins, 2);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void ikeRekey_collisionMultiKe(Lowest lowest) {
        crossed(lowest, true).play(CROSSED);
        boolean aWins = !lowest.loserIsA();
        winner(aWins).play(FOLLOWED_UP).play(IKE_DELETED);
        assertIkeRekeyed(aWins);
    }

    /** The exchange of B has two key exchanges, that of A has one: what a responder prefers. */
    private void crossedMixed(Lowest lowest, boolean ike) {
        established(
                new String[] {IKE, IKE_ONCE},
                new String[] {IKE_ONCE, IKE},
                new String[] {ESP, ESP_ONCE},
                new String[] {ESP_ONCE, ESP},
                true);
        rekeyBoth(lowest, ike);
        new Steps(c, c.a).play(CROSSED);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void childRekey_collisionMixed(Lowest lowest) {
        crossedMixed(lowest, false);
        if (lowest.loserIsA()) {
            // what A made at once is deleted, and B goes on
            new Steps(c, c.a).play("""
                            --> INFORMATIONAL DELETE_CHILD
                            <-- IKE_FOLLOWUP_KE LONG
                            <-- INFORMATIONAL DELETE_CHILD
                            --> IKE_FOLLOWUP_KE LONG
                            """);
            winner(false).play(CHILD_DELETED);
            assertThat(c.b.pair(Tunnels.CHILD).suite().keywords()).isEqualTo(ESP);
            assertThat(c.b.everInstalled).hasSize(3);
        } else {
            winner(true).play(CHILD_DELETED);
            assertThat(c.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo(ESP_ONCE);
            assertChildRekeyed(true, 2);
        }
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertOnePair(c.a, c.b, Tunnels.CHILD);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void ikeRekey_collisionMixed(Lowest lowest) {
        crossedMixed(lowest, true);
        if (lowest.loserIsA()) {
            new Steps(c, c.a).play("""
                            --> INFORMATIONAL DELETE_IKE
                            <-- IKE_FOLLOWUP_KE LONG
                            <-- INFORMATIONAL EMPTY
                            --> IKE_FOLLOWUP_KE LONG
                            """);
            winner(false).play(IKE_DELETED);
        } else {
            winner(true).play(IKE_DELETED);
        }
        assertIkeRekeyed(!lowest.loserIsA());
    }

    /** B's response to A comes when B is through, if B has won, or when B has long stopped. */
    @ParameterizedTest
    @EnumSource(Lowest.class)
    void childRekey_collisionDelayedResponseMultiKe(Lowest lowest) {
        delayedResponse(lowest, false, CHILD_DELETED);
        assertChildRekeyed(!lowest.loserIsA(), 2);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void ikeRekey_collisionDelayedResponseMultiKe(Lowest lowest) {
        delayedResponse(lowest, true, IKE_DELETED);
        assertIkeRekeyed(!lowest.loserIsA());
    }

    private void delayedResponse(Lowest lowest, boolean ike, String deleted) {
        Steps steps = crossed(lowest, ike).play("""
                        --> CREATE_CHILD_SA LONG
                        <-- CREATE_CHILD_SA LONG
                        """);
        Flight delayed = steps.hold("<-- CREATE_CHILD_SA LONG");
        steps.play("--> CREATE_CHILD_SA LONG");
        if (lowest.loserIsA()) {
            winner(false).play(FOLLOWED_UP).play(deleted);
            steps.deliver(delayed);
        } else {
            assertThat(c.inFlight).isEmpty();
            steps.deliver(delayed);
            winner(true).play(FOLLOWED_UP).play(deleted);
        }
    }

    /** A's request comes when B has gone on to its additional key exchange: too late, whatever the nonces. */
    @ParameterizedTest
    @CsvSource({
        "OF_A_AS_INITIATOR, true", "OF_B_AS_INITIATOR, true", "OF_A_AS_RESPONDER, true",
        "OF_A_AS_INITIATOR, false", "OF_B_AS_INITIATOR, false", "OF_A_AS_RESPONDER, false"
    })
    void childRekey_collisionDelayedRequestMultiKe(Lowest lowest, boolean refusedFirst) {
        delayedRequest(lowest, false, refusedFirst);
        winner(false).play(CHILD_DELETED);
        assertChildRekeyed(false, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "OF_A_AS_INITIATOR, true", "OF_B_AS_INITIATOR, true", "OF_A_AS_RESPONDER, true",
        "OF_A_AS_INITIATOR, false", "OF_B_AS_INITIATOR, false", "OF_A_AS_RESPONDER, false"
    })
    void ikeRekey_collisionDelayedRequestMultiKe(Lowest lowest, boolean refusedFirst) {
        delayedRequest(lowest, true, refusedFirst);
        winner(false).play(IKE_DELETED);
        assertIkeRekeyed(false);
    }

    private void delayedRequest(Lowest lowest, boolean ike, boolean refusedFirst) {
        Steps steps = crossed(lowest, ike);
        Flight delayed = steps.hold("--> CREATE_CHILD_SA LONG");
        winner(false).play(CREATED);
        Flight followup = steps.hold("<-- IKE_FOLLOWUP_KE LONG");
        steps.deliver(delayed);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        if (refusedFirst) {
            steps.play("<-- CREATE_CHILD_SA NOTIFY").deliver(followup);
        } else {
            steps.deliver(followup).play("<-- CREATE_CHILD_SA NOTIFY");
        }
        steps.play("--> IKE_FOLLOWUP_KE LONG");
    }

    // ---- collisions with a delete ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childRekey_collisionDeleteMultiKe(boolean aRekeys) {
        Steps steps = established(aRekeys);
        c.rekeyChild(aRekeys ? c.a : c.b);
        steps.play(CREATED);
        c.deleteChild(aRekeys ? c.b : c.a);
        // --> IKE_FOLLOWUP_KE { KEi(1), N(ADDITIONAL_KEY_EXCHANGE) }
        // <-- INFORMATIONAL { D }
        // <-- IKE_FOLLOWUP_KE { N(TEMPORARY_FAILURE) }
        // --> INFORMATIONAL { D }
        steps.playDown("""
                --> IKE_FOLLOWUP_KE LONG
                <-- INFORMATIONAL DELETE_CHILD
                <-- IKE_FOLLOWUP_KE NOTIFY
                --> INFORMATIONAL DELETE_CHILD
                """);
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertNoPair(c.a, c.b, Tunnels.CHILD);
        Agreement.assertOneIkeSa(c.a, c.b);
        assertThat(c.a.everInstalled).hasSize(1);
        assertThat(c.b.everInstalled).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ikeRekey_collisionDeleteMultiKe(boolean aRekeys) {
        Steps steps = established(aRekeys);
        c.rekeyIke(aRekeys ? c.a : c.b);
        steps.play(CREATED);
        c.deleteIke(aRekeys ? c.b : c.a);
        // --> IKE_FOLLOWUP_KE { KEi(1), N(ADDITIONAL_KEY_EXCHANGE) }
        // <-- INFORMATIONAL { D }
        steps.playDown("""
                --> IKE_FOLLOWUP_KE LONG
                <-- INFORMATIONAL DELETE_IKE
                """);
        // <-- what answers the first, and nobody waits for it any more
        c.lose(c.inFlight.getFirst());
        steps.playDown("--> INFORMATIONAL EMPTY");
        c.finish();
        Agreement.assertNoPair(c.a, c.b, Tunnels.CHILD);
        assertThat(c.a.endpoint.establishedIkeSas() + c.b.endpoint.establishedIkeSas())
                .isZero();
    }

    /** A side that has won and goes no further does not keep the other from trying again. */
    @Test
    void aWinnerThatFallsSilentIsNotWaitedForForever() {
        Steps steps = crossed(Lowest.OF_A_AS_INITIATOR, false).play(CROSSED);
        c.lose(steps.hold("<-- IKE_FOLLOWUP_KE LONG"));
        c.finish();
        Agreement.assertOnePair(c.a, c.b, Tunnels.CHILD);
        assertThat(c.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(firstOfA);
    }
}

package dev.culvert.ike.endpoint;

import static dev.culvert.ike.message.ExchangeType.CREATE_CHILD_SA;
import static dev.culvert.ike.message.ExchangeType.INFORMATIONAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.endpoint.Crossing.Content;
import dev.culvert.ike.endpoint.Crossing.Flight;
import dev.culvert.ike.endpoint.Crossing.Lowest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scenarios of strongSwan's unit test suite "ike rekey" (libcharon/tests/suites/test_ike_rekey.c), by their names.
 * Those with several key exchanges are in {@link MultipleKeyExchangesSuiteTest}.
 */
class IkeRekeySuiteTest {
    private static final String CHILD = Tunnels.CHILD;

    private final Crossing c = new Crossing(1);

    private static long spi(Gateway gateway) {
        return gateway.status().ikeSa().orElseThrow().spiInitiator();
    }

    /** One IKE SA, which is not the first one, with the child that there was. */
    private void assertRekeyed(long first) {
        assertUsable();
        c.finish();
        Agreement.assertOneIkeSa(c.a, c.b);
        Agreement.assertOnePair(c.a, c.b, CHILD);
        assertThat(spi(c.a)).isNotEqualTo(first);
        assertThat(c.a.everInstalled).hasSize(1);
        // The heir's keys and message IDs are the same on both sides.
        c.rekeyChild(c.a);
        c.finish();
        Agreement.assertOnePair(c.a, c.b, CHILD);
        c.rekeyChild(c.b);
        c.finish();
        Agreement.assertOnePair(c.a, c.b, CHILD);
    }

    private void assertUsable() {
        Agreement.assertUsable(c.a, c.b, CHILD);
    }

    // ---- regular ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void regular(boolean byA) {
        c.established();
        Gateway one = byA ? c.a : c.b;
        Gateway other = c.other(one);
        long first = spi(c.a);
        c.rekeyIke(one);
        // CREATE_CHILD_SA { SA, Ni, KEi } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        assertThat(spi(other)).isNotEqualTo(first);
        // <-- CREATE_CHILD_SA { SA, Nr, KEr }
        c.next(other, CREATE_CHILD_SA, Content.LONG);
        assertThat(spi(one)).isEqualTo(spi(other));
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_IKE);
        // <-- INFORMATIONAL { }
        c.next(other, INFORMATIONAL, Content.EMPTY);
        assertThat(c.inFlight).isEmpty();
        assertRekeyed(first);
        assertThat(one.status().ikeSa().orElseThrow().initiator()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void regularKeInvalid(boolean byA) {
        establishedWithGroups();
        if (byA) {
            // The group in use is the responder's first choice: now A's, then B's.
            c.rekeyIke(c.b);
            c.finish();
        }
        Gateway one = byA ? c.a : c.b;
        Gateway other = c.other(one);
        long first = spi(c.a);
        c.rekeyIke(one);
        // CREATE_CHILD_SA { SA, Ni, KEi } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { N(INVALID_KE_PAYLOAD) }
        c.next(other, CREATE_CHILD_SA, Content.INVALID_KE);
        assertThat(spi(c.a)).isEqualTo(spi(c.b)).isEqualTo(first);
        // CREATE_CHILD_SA { SA, Ni, KEi } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Nr, KEr }
        c.next(other, CREATE_CHILD_SA, Content.LONG);
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_IKE);
        // <-- INFORMATIONAL { }
        c.next(other, INFORMATIONAL, Content.EMPTY);
        assertRekeyed(first);
    }

    private void establishedWithGroups() {
        c.established(
                t -> t.ikeProposals("aes256gcm16-prfsha256-ecp256-x25519"),
                t -> t.ikeProposals("aes256gcm16-prfsha256-x25519-ecp256"));
    }

    // ---- collisions of rekeyings ----

    private long crossedRequests(Lowest lowest) {
        c.established().lowest(lowest);
        long first = spi(c.a);
        c.rekeyIke(c.a);
        c.rekeyIke(c.b);
        // CREATE_CHILD_SA { SA, Ni, KEi } -->    <-- the same
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        assertThat(spi(c.a)).isEqualTo(first);
        assertThat(spi(c.b)).isEqualTo(first);
        return first;
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void collision(Lowest lowest) {
        long first = crossedRequests(lowest);
        // <-- CREATE_CHILD_SA { SA, Nr, KEr }    the same -->
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        assertThat(spi(c.a)).isEqualTo(spi(c.b)).isNotEqualTo(first);
        // INFORMATIONAL { D } -->    <-- INFORMATIONAL { D }
        c.next(c.a, INFORMATIONAL, Content.DELETE_IKE);
        c.next(c.b, INFORMATIONAL, Content.DELETE_IKE);
        // <-- INFORMATIONAL { }    INFORMATIONAL { } -->
        c.next(c.b, INFORMATIONAL, Content.EMPTY);
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        assertThat(c.inFlight).isEmpty();
        assertThat(c.a.status().ikeSa().orElseThrow().initiator()).isEqualTo(!lowest.loserIsA());
        assertRekeyed(first);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void collisionDelayedResponse(Lowest lowest) {
        long first = crossedRequests(lowest);
        Flight delayed = c.takeOut(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, KEr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }: the old IKE SA if B has won, else B's redundant one
        c.next(c.b, INFORMATIONAL, Content.DELETE_IKE);
        // INFORMATIONAL { } -->
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        // <-- CREATE_CHILD_SA { SA, Nr, KEr } (delayed)
        c.deliver(delayed);
        c.settle();
        c.finish();
        assertThat(c.a.status().ikeSa().orElseThrow().initiator()).isEqualTo(!lowest.loserIsA());
        assertRekeyed(first);
    }

    private long rekeyedByBOnly(Lowest lowest) {
        c.established().lowest(lowest);
        long first = spi(c.a);
        c.rekeyIke(c.a);
        c.rekeyIke(c.b);
        return first;
    }

    /** A's request never arrives. */
    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_A_AS_RESPONDER"})
    void collisionDroppedRequest(Lowest lowest) {
        long first = rekeyedByBOnly(lowest);
        c.takeOut(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Ni, KEi }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, KEr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }
        c.next(c.b, INFORMATIONAL, Content.DELETE_IKE);
        // INFORMATIONAL { } -->
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        assertThat(spi(c.a)).isEqualTo(spi(c.b));
        assertRekeyed(first);
    }

    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_A_AS_RESPONDER"})
    void collisionDelayedRequest(Lowest lowest) {
        long first = rekeyedByBOnly(lowest);
        Flight delayed = c.takeOut(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Ni, KEi }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, KEr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Ni, KEi } --> (delayed)
        c.deliver(delayed);
        // <-- INFORMATIONAL { D }
        c.next(c.b, INFORMATIONAL, Content.DELETE_IKE);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }, and nobody waits for it any more
        c.next(c.b, CREATE_CHILD_SA, Content.NOTIFY);
        // INFORMATIONAL { } -->
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        assertRekeyed(first);
    }

    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_A_AS_RESPONDER"})
    void collisionDelayedRequestAndDelete(Lowest lowest) {
        long first = rekeyedByBOnly(lowest);
        Flight delayed = c.takeOut(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Ni, KEi }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, KEr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Ni, KEi } --> (delayed)
        c.deliver(delayed);
        Flight delete = c.takeOut(c.b, INFORMATIONAL, Content.DELETE_IKE);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(c.b, CREATE_CHILD_SA, Content.NOTIFY);
        assertThat(spi(c.a)).isEqualTo(spi(c.b));
        // <-- INFORMATIONAL { D } (delayed)
        c.deliver(delete);
        // INFORMATIONAL { } -->
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        assertRekeyed(first);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void collisionKeInvalid(Lowest lowest) {
        establishedWithGroups();
        long first = spi(c.a);
        Flight request = sentBackBeforeTheRequestOfAArrives(lowest);
        // CREATE_CHILD_SA { SA, Ni, KEi } -->    <-- the same
        c.deliver(request);
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Nr, KEr }    the same -->
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        c.finish();
        assertThat(c.a.status().ikeSa().orElseThrow().initiator()).isEqualTo(!lowest.loserIsA());
        assertRekeyed(first);
    }

    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_B_AS_RESPONDER"})
    void collisionKeInvalidDelayedRetry(Lowest lowest) {
        establishedWithGroups();
        long first = spi(c.a);
        Flight request = sentBackBeforeTheRequestOfAArrives(lowest);
        Flight retry = c.takeOut(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Ni, KEi } -->
        c.deliver(request);
        // <-- CREATE_CHILD_SA { SA, Nr, KEr }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Ni, KEi } (delayed)
        c.deliver(retry);
        // INFORMATIONAL { D } -->
        c.next(c.a, INFORMATIONAL, Content.DELETE_IKE);
        // CREATE_CHILD_SA { N(TEMPORARY_FAILURE) } -->, and nobody waits for it any more
        c.next(c.a, CREATE_CHILD_SA, Content.NOTIFY);
        // <-- INFORMATIONAL { }
        c.next(c.b, INFORMATIONAL, Content.EMPTY);
        assertThat(c.inFlight).isEmpty();
        assertThat(c.a.status().ikeSa().orElseThrow().initiator()).isTrue();
        assertRekeyed(first);
    }

    /** The group in use is B's first choice, which A sends back. B tries again while A's own request is on its way. */
    private Flight sentBackBeforeTheRequestOfAArrives(Lowest lowest) {
        c.lowest(lowest);
        c.rekeyIke(c.a);
        c.rekeyIke(c.b);
        Flight request = c.takeOut(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Ni, KEi }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { N(INVALID_KE_PAYLOAD) } -->
        c.next(c.a, CREATE_CHILD_SA, Content.INVALID_KE);
        return request;
    }

    // ---- collisions with a delete ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collisionDelete(boolean aRekeys) {
        c.established();
        Gateway one = aRekeys ? c.a : c.b;
        Gateway other = c.other(one);
        c.rekeyIke(one);
        c.deleteIke(other);
        // CREATE_CHILD_SA { SA, Ni, KEi } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }
        c.next(other, INFORMATIONAL, Content.DELETE_IKE);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }, and nobody waits for it any more
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY);
        // INFORMATIONAL { } -->
        c.next(one, INFORMATIONAL, Content.EMPTY);
        assertGone();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collisionDeleteDropDelete(boolean aRekeys) {
        c.established();
        Gateway one = aRekeys ? c.a : c.b;
        Gateway other = c.other(one);
        c.rekeyIke(one);
        c.deleteIke(other);
        // CREATE_CHILD_SA { SA, Ni, KEi } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        Flight delete = c.takeOut(other, INFORMATIONAL, Content.DELETE_IKE);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY);
        assertThat(one.isEstablished()).isTrue();
        // <-- INFORMATIONAL { D } (delayed)
        c.deliver(delete);
        // INFORMATIONAL { } -->
        c.next(one, INFORMATIONAL, Content.EMPTY);
        assertGone();
    }

    private void assertGone() {
        assertThat(c.inFlight).isEmpty();
        c.finish();
        assertThat(c.a.endpoint.establishedIkeSas() + c.b.endpoint.establishedIkeSas())
                .isZero();
        Agreement.assertNoPair(c.a, c.b, CHILD);
    }
}

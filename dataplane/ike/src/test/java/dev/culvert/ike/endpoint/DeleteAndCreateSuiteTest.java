package dev.culvert.ike.endpoint;

import static dev.culvert.ike.message.ExchangeType.CREATE_CHILD_SA;
import static dev.culvert.ike.message.ExchangeType.INFORMATIONAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.endpoint.Crossing.Content;
import dev.culvert.ike.endpoint.Crossing.Flight;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scenarios of strongSwan's unit test suites "child delete", "ike delete" and "child create"
 * (libcharon/tests/suites/test_child_delete.c, test_ike_delete.c, test_child_create.c), by suite and name. Those
 * with several key exchanges are in {@link MultipleKeyExchangesSuiteTest}.
 */
class DeleteAndCreateSuiteTest {
    private static final String CHILD = Tunnels.CHILD;
    private static final String VOICE = "voice";

    private final Crossing c = new Crossing(1);

    private void assertNoChild() {
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertNoPair(c.a, c.b, CHILD);
        Agreement.assertOneIkeSa(c.a, c.b);
    }

    private void assertNothing() {
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertNoPair(c.a, c.b, CHILD);
        assertThat(c.a.endpoint.establishedIkeSas() + c.b.endpoint.establishedIkeSas())
                .isZero();
    }

    // ---- child delete ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childDelete_regular(boolean byA) {
        c.established();
        Gateway one = byA ? c.a : c.b;
        Gateway other = c.other(one);
        c.deleteChild(one);
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(other.installed).isEmpty();
        // <-- INFORMATIONAL { D }
        c.next(other, INFORMATIONAL, Content.DELETE_CHILD);
        assertNoChild();
    }

    /** RFC 7296 §1.4.1: the responses to Deletes that cross hold none. */
    @Test
    void childDelete_collision() {
        c.established();
        c.deleteChild(c.a);
        c.deleteChild(c.b);
        // INFORMATIONAL { D } -->    <-- INFORMATIONAL { D }
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        // <-- INFORMATIONAL { }    INFORMATIONAL { } -->
        c.next(c.b, INFORMATIONAL, Content.EMPTY);
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        assertNoChild();
    }

    @Test
    void childDelete_collisionDrop() {
        c.established();
        c.deleteChild(c.a);
        c.deleteChild(c.b);
        // INFORMATIONAL { D } -->
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        Flight delayed = c.takeOut(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        // <-- INFORMATIONAL { }
        c.next(c.b, INFORMATIONAL, Content.EMPTY);
        assertThat(c.a.installed).isEmpty();
        // <-- INFORMATIONAL { D } (delayed)
        c.deliver(delayed);
        // INFORMATIONAL { } -->
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        assertNoChild();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childDelete_collisionIkeRekey(boolean aDeletes) {
        c.established();
        Gateway one = aDeletes ? c.a : c.b;
        Gateway other = c.other(one);
        c.deleteChild(one);
        c.rekeyIke(other);
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(other.installed).isEmpty();
        // <-- CREATE_CHILD_SA { SA, Ni, KEi }
        c.next(other, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }
        c.next(other, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(one.installed).isEmpty();
        // CREATE_CHILD_SA { N(TEMPORARY_FAILURE) } -->
        c.next(one, CREATE_CHILD_SA, Content.NOTIFY);
        assertThat(other.count(AuditEvent.IKE_SA_REKEYED)).isZero();
        assertNoChild();
        assertThat(other.count(AuditEvent.IKE_SA_REKEYED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childDelete_collisionIkeDelete(boolean aDeletesTheChild) {
        c.established();
        Gateway one = aDeletesTheChild ? c.a : c.b;
        Gateway other = c.other(one);
        c.deleteChild(one);
        c.deleteIke(other);
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_CHILD);
        // <-- INFORMATIONAL { D }: the IKE SA
        c.next(other, INFORMATIONAL, Content.DELETE_IKE);
        // <-- the answer to the first, for which nobody waits any more
        c.deliver(c.takeOut(other));
        // INFORMATIONAL { } -->
        c.next(one, INFORMATIONAL, Content.EMPTY);
        assertNothing();
    }

    // ---- ike delete ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ikeDelete_regular(boolean byA) {
        c.established();
        Gateway one = byA ? c.a : c.b;
        Gateway other = c.other(one);
        c.deleteIke(one);
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_IKE);
        assertThat(other.installed).isEmpty();
        // <-- INFORMATIONAL { }
        c.next(other, INFORMATIONAL, Content.EMPTY);
        assertNothing();
    }

    /** RFC 7296 §2.25.2: answered as usual, and the own request is forgotten. */
    @Test
    void ikeDelete_collision() {
        c.established();
        c.deleteIke(c.a);
        c.deleteIke(c.b);
        // INFORMATIONAL { D } -->    <-- INFORMATIONAL { D }
        c.next(c.a, INFORMATIONAL, Content.DELETE_IKE);
        c.next(c.b, INFORMATIONAL, Content.DELETE_IKE);
        // <-- INFORMATIONAL { }    INFORMATIONAL { } -->
        c.next(c.b, INFORMATIONAL, Content.EMPTY);
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        assertNothing();
    }

    // ---- child create ----

    /** What is there already is not asked for. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childCreate_duplicate(boolean byA) {
        c.established();
        c.command(byA ? c.a : c.b, new Command.Initiate(Tunnels.NAME, Optional.of(CHILD)));
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertOnePair(c.a, c.b, CHILD);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childCreate_collisionIkeRekey(boolean aCreates) {
        c.established(
                t -> t.addChild(voice("10.3.0.0/16", "10.4.0.0/16")),
                t -> t.addChild(voice("10.4.0.0/16", "10.3.0.0/16")));
        Gateway one = aCreates ? c.a : c.b;
        Gateway other = c.other(one);
        c.command(one, new Command.Initiate(Tunnels.NAME, Optional.of(VOICE)));
        c.rekeyIke(other);
        // CREATE_CHILD_SA { SA, Ni, TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Ni, KEi }
        c.next(other, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY);
        // CREATE_CHILD_SA { N(TEMPORARY_FAILURE) } -->
        c.next(one, CREATE_CHILD_SA, Content.NOTIFY);
        // Nothing at once, and both in a while.
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertOneIkeSa(c.a, c.b);
        Agreement.assertOnePair(c.a, c.b, CHILD);
        Agreement.assertOnePair(c.a, c.b, VOICE);
        assertThat(other.count(AuditEvent.IKE_SA_REKEYED)).isEqualTo(1);
    }

    private static ChildConfig voice(String local, String remote) {
        return Tunnels.child(VOICE, local, remote, "aes256gcm16").toBuilder()
                .startAction(StartAction.NONE)
                .build();
    }
}

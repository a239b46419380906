package dev.culvert.ike.endpoint;

import static dev.culvert.ike.message.ExchangeType.CREATE_CHILD_SA;
import static dev.culvert.ike.message.ExchangeType.INFORMATIONAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.Crossing.Content;
import dev.culvert.ike.endpoint.Crossing.Flight;
import dev.culvert.ike.endpoint.Crossing.Lowest;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.ike.message.TsPayload;
import dev.culvert.ike.message.TsiPayload;
import dev.culvert.ike.message.TsrPayload;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scenarios of strongSwan's unit test suite "child rekey" (libcharon/tests/suites/test_child_rekey.c), by their names.
 * Those with several key exchanges are in {@link MultipleKeyExchangesSuiteTest}.
 */
class ChildRekeySuiteTest {
    private static final String CHILD = Tunnels.CHILD;

    private final Crossing c = new Crossing(1);

    private static int newest(Gateway gateway) {
        return gateway.pairs(CHILD).getLast().spiIn();
    }

    private static List<Integer> spis(Gateway gateway) {
        return gateway.pairs(CHILD).stream().map(ChildSaParameters::spiIn).toList();
    }

    /** One pair, which is not the first one; nothing was ever unusable on the way. */
    private void assertRekeyed(int firstOfA) {
        c.finish();
        Agreement.assertOnePair(c.a, c.b, CHILD);
        Agreement.assertOneIkeSa(c.a, c.b);
        assertThat(c.a.pair(CHILD).spiIn()).isNotEqualTo(firstOfA);
    }

    private void assertUsable() {
        Agreement.assertUsable(c.a, c.b, CHILD);
    }

    /** Both have the same DH groups, in another order, as B's first choice is not A's. */
    private void establishedWithPfs() {
        c.established(
                t -> t.childProposals("aes128-sha256-ecp256-x25519"),
                t -> t.childProposals("aes128-sha256-x25519-ecp256"));
    }

    // ---- regular ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void regular(boolean byA) {
        c.established();
        Gateway one = byA ? c.a : c.b;
        Gateway other = c.other(one);
        int old = newest(one);
        c.rekeyChild(one);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        assertThat(other.installed).hasSize(2);
        assertThat(other.sending.get(CHILD)).isNotEqualTo(newest(other));
        assertUsable();
        // <-- CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr }
        c.next(other, CREATE_CHILD_SA, Content.LONG);
        assertThat(one.installed).hasSize(2);
        assertThat(one.sending.get(CHILD)).isEqualTo(newest(one));
        assertUsable();
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(other.installed).hasSize(1);
        assertThat(other.sending.get(CHILD)).isEqualTo(newest(other));
        assertUsable();
        // <-- INFORMATIONAL { D }
        c.next(other, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(spis(one)).hasSize(1).doesNotContain(old);
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertOnePair(c.a, c.b, CHILD);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void regularKeInvalid(boolean byA) {
        establishedWithPfs();
        Gateway one = byA ? c.a : c.b;
        Gateway other = c.other(one);
        int firstOfA = newest(c.a);
        c.rekeyChild(one);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        assertThat(other.installed).hasSize(1);
        // <-- CREATE_CHILD_SA { N(INVALID_KE_PAYLOAD) }
        c.next(other, CREATE_CHILD_SA, Content.INVALID_KE);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        assertThat(other.installed).hasSize(2);
        // <-- CREATE_CHILD_SA { SA, Nr, KEr, TSi, TSr }
        c.next(other, CREATE_CHILD_SA, Content.LONG);
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_CHILD);
        // <-- INFORMATIONAL { D }
        c.next(other, INFORMATIONAL, Content.DELETE_CHILD);
        assertRekeyed(firstOfA);
        assertThat(c.a.pair(CHILD).suite().keywords()).isEqualTo(byA ? "aes128-sha256-x25519" : "aes128-sha256-ecp256");
    }

    /** A soft expiry of the pair that waits for its Delete leads to nothing. */
    @Test
    void regularResponderIgnoreSoftExpire() {
        c.established();
        int firstOfA = newest(c.a);
        int firstOfB = newest(c.b);
        c.rekeyChild(c.a);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        c.command(c.b, new Command.Expire(Tunnels.NAME, CHILD, firstOfB, false));
        assertThat(c.inFlight).hasSize(1);
        // INFORMATIONAL { D } -->
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        // <-- INFORMATIONAL { D }
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(c.inFlight).isEmpty();
        assertRekeyed(firstOfA);
    }

    /** A hard expiry of the pair that waits for its Delete is a delete that crosses the peer's. */
    @Test
    void regularResponderHandleHardExpire() {
        c.established();
        int firstOfA = newest(c.a);
        int firstOfB = newest(c.b);
        c.rekeyChild(c.a);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // INFORMATIONAL { D } -->    <-- INFORMATIONAL { D }
        c.command(c.b, new Command.Expire(Tunnels.NAME, CHILD, firstOfB, true));
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        // <-- INFORMATIONAL { }    INFORMATIONAL { } -->
        c.next(c.b, INFORMATIONAL, Content.EMPTY);
        c.next(c.a, INFORMATIONAL, Content.EMPTY);
        assertRekeyed(firstOfA);
    }

    /** Somebody deletes the new pair before the old one is gone. */
    @Test
    void regularResponderDelete() {
        c.established();
        c.rekeyChild(c.a);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        c.deleteChild(c.b);
        c.finish();
        Agreement.assertNoPair(c.a, c.b, CHILD);
        Agreement.assertOneIkeSa(c.a, c.b);
    }

    /** The responder has lost the pair: CHILD_SA_NOT_FOUND, and a new one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void regularResponderLostSa(boolean byA) {
        c.established(t -> t, t -> t.start(StartAction.START));
        Gateway one = byA ? c.a : c.b;
        Gateway other = c.other(one);
        int firstOfA = newest(c.a);
        // What the peer lost, the first one does not hear of: the Delete is answered in its name by nobody.
        c.command(other, new Command.Expire(Tunnels.NAME, CHILD, newest(other), true));
        Flight delete = c.takeOut(other, INFORMATIONAL, Content.DELETE_CHILD);
        c.rekeyChild(one);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }, since the Delete is out
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY);
        c.deliver(delete);
        c.finish();
        assertRekeyed(firstOfA);
    }

    /**
     * A peer that deletes the old pair though it did not make the new one by itself, and that before its response arrives.
     * INFORMATIONAL { D } arrives while the response is on its way: what it names is what we are rekeying.
     */
    @Test
    void regularResponderIncorrectDelete() {
        ScriptedPeer peer = new ScriptedPeer().establish();
        peer.endpoint.command(new Command.Rekey(Tunnels.NAME, Optional.of(CHILD)), peer.now);
        peer.drain();
        // --> CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, TSi, TSr }
        IkeMessage request = peer.heard().getFirst();
        // <-- INFORMATIONAL { D }
        peer.say(
                peer.request(INFORMATIONAL, 2),
                DeletePayload.ofChildren(SecurityProtocol.ESP, List.of(ScriptedPeer.ESP_SPI)));
        // <-- CREATE_CHILD_SA { SA, Nr, TSi, TSr }
        int spi = ScriptedPeer.ESP_SPI + 1;
        peer.say(
                peer.response(CREATE_CHILD_SA, request.header().messageId()),
                new SaPayload(List.of(SaProposal.of(
                        1, Bytes.ofInt(spi), Tunnels.esp("aes256gcm16").getFirst()))),
                new NoncePayload(Bytes.of(new byte[32])),
                request.first(TsiPayload.class).orElseThrow(),
                request.first(TsrPayload.class).orElseThrow());
        assertThat(peer.installed).hasSize(1).contains(peer.sending);
        // --> INFORMATIONAL { D } and nothing else: the old pair is gone already
        assertThat(peer.heard().stream().filter(m -> !m.header().response()))
                .noneMatch(m -> m.header().is(INFORMATIONAL));
        assertThat(peer.endpoint.establishedIkeSas()).isEqualTo(1);
    }

    /** The same while rekeyings collide: the peer deletes the old pair though its new one is the redundant one. */
    @Test
    void collisionResponderIncorrectDelete() {
        ScriptedPeer peer = new ScriptedPeer().establish();
        peer.endpoint.command(new Command.Rekey(Tunnels.NAME, Optional.of(CHILD)), peer.now);
        peer.drain();
        IkeMessage request = peer.heard().getFirst();
        // <-- CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, TSi, TSr }, with the lowest of the nonces
        int redundant = ScriptedPeer.ESP_SPI + 1;
        peer.say(
                peer.request(CREATE_CHILD_SA, 2),
                NotifyPayload.aboutEsp(NotifyType.REKEY_SA, ScriptedPeer.ESP_SPI),
                new SaPayload(List.of(SaProposal.of(
                        1, Bytes.ofInt(redundant), Tunnels.esp("aes256gcm16").getFirst()))),
                new NoncePayload(Bytes.of(new byte[32])),
                TsPayload.initiator(
                        request.first(TsrPayload.class).orElseThrow().selectors()),
                TsPayload.responder(
                        request.first(TsiPayload.class).orElseThrow().selectors()));
        // <-- INFORMATIONAL { D }: the old pair, and not the redundant one
        peer.say(
                peer.request(INFORMATIONAL, 3),
                DeletePayload.ofChildren(SecurityProtocol.ESP, List.of(ScriptedPeer.ESP_SPI)));
        assertThat(peer.installed).hasSize(1).contains(peer.sending);
        // <-- CREATE_CHILD_SA { SA, Nr, TSi, TSr }
        byte[] high = new byte[32];
        Arrays.fill(high, (byte) 0xff);
        peer.say(
                peer.response(CREATE_CHILD_SA, request.header().messageId()),
                new SaPayload(List.of(SaProposal.of(
                        1,
                        Bytes.ofInt(ScriptedPeer.ESP_SPI + 2),
                        Tunnels.esp("aes256gcm16").getFirst()))),
                new NoncePayload(Bytes.of(high)),
                request.first(TsiPayload.class).orElseThrow(),
                request.first(TsrPayload.class).orElseThrow());
        assertThat(peer.installed).hasSize(2).contains(peer.sending);
        // <-- INFORMATIONAL { D }: the redundant one
        peer.say(peer.request(INFORMATIONAL, 4), DeletePayload.ofChildren(SecurityProtocol.ESP, List.of(redundant)));
        assertThat(peer.installed).hasSize(1).contains(peer.sending);
    }

    // ---- collisions of rekeyings ----

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void collision(Lowest lowest) {
        int firstOfA = crossedRequests(lowest);
        // <-- CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr }    the same -->
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        assertUsable();
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        assertUsable();
        assertThat(c.a.installed).hasSize(3);
        assertThat(c.b.installed).hasSize(3);
        // INFORMATIONAL { D } -->    <-- INFORMATIONAL { D }
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        // <-- INFORMATIONAL { D }    INFORMATIONAL { D } -->
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(c.inFlight).isEmpty();
        assertRekeyed(firstOfA);
        assertThat(c.a.pair(CHILD).initiator()).isEqualTo(!lowest.loserIsA());
    }

    /** Both requests arrive while the other side's own one is out. */
    private int crossedRequests(Lowest lowest) {
        c.established().lowest(lowest);
        int firstOfA = newest(c.a);
        c.rekeyChild(c.a);
        c.rekeyChild(c.b);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->    <-- the same
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        assertUsable();
        return firstOfA;
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void collisionDelayedResponse(Lowest lowest) {
        int firstOfA = crossedRequests(lowest);
        Flight delayed = c.takeOut(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        // INFORMATIONAL { D } -->
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        // <-- CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr } (delayed)
        c.deliver(delayed);
        assertUsable();
        // INFORMATIONAL { D } -->
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        // <-- INFORMATIONAL { D }
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(c.inFlight).isEmpty();
        assertRekeyed(firstOfA);
        assertThat(c.a.pair(CHILD).initiator()).isEqualTo(!lowest.loserIsA());
    }

    /** B deletes what it was to delete and then the new pair too, before its response arrives. */
    @ParameterizedTest
    @EnumSource(Lowest.class)
    void collisionDelayedResponseDelete(Lowest lowest) {
        crossedRequests(lowest);
        Flight delayed = c.takeOut(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }    INFORMATIONAL { D } -->
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        c.deleteChild(c.b);
        while (!c.inFlight.isEmpty()) {
            c.deliver(c.inFlight.getFirst());
        }
        // <-- CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr } (delayed)
        c.deliver(delayed);
        c.finish();
        Agreement.assertNoPair(c.a, c.b, CHILD);
        Agreement.assertOneIkeSa(c.a, c.b);
    }

    /** B does not notice the collision: A's request comes when B is deleting the old pair. */
    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_A_AS_RESPONDER"})
    void collisionDelayedRequest(Lowest lowest) {
        c.established().lowest(lowest);
        int firstOfA = newest(c.a);
        c.rekeyChild(c.a);
        c.rekeyChild(c.b);
        Flight delayed = c.takeOut(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        assertUsable();
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } --> (delayed)
        c.deliver(delayed);
        // <-- INFORMATIONAL { D }
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(c.b, CREATE_CHILD_SA, Content.NOTIFY);
        assertUsable();
        // INFORMATIONAL { D } -->
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(c.inFlight).isEmpty();
        assertRekeyed(firstOfA);
        assertThat(c.b.pair(CHILD).initiator()).isTrue();
        assertThat(c.b.everInstalled).hasSize(2);
    }

    /** As before, with the TEMPORARY_FAILURE before the Delete. */
    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_A_AS_RESPONDER"})
    void collisionDelayedRequestAndDelete(Lowest lowest) {
        c.established().lowest(lowest);
        int firstOfA = newest(c.a);
        c.rekeyChild(c.a);
        c.rekeyChild(c.b);
        Flight delayed = c.takeOut(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } --> (delayed)
        c.deliver(delayed);
        Flight delete = c.takeOut(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(c.b, CREATE_CHILD_SA, Content.NOTIFY);
        assertUsable();
        // <-- INFORMATIONAL { D } (delayed)
        c.deliver(delete);
        assertUsable();
        assertRekeyed(firstOfA);
        assertThat(c.b.everInstalled).hasSize(2);
    }

    /** A's request comes when the old pair is gone. */
    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_A_AS_RESPONDER"})
    void collisionDelayedRequestMore(Lowest lowest) {
        int firstOfA = rekeyedByBBeforeTheRequestOfA(lowest, false);
        assertRekeyed(firstOfA);
        assertThat(c.b.everInstalled).hasSize(2);
    }

    /** As before, and the new pair is deleted too. */
    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_A_AS_RESPONDER"})
    void collisionDelayedRequestMoreDelete(Lowest lowest) {
        rekeyedByBBeforeTheRequestOfA(lowest, true);
        c.finish();
        Agreement.assertNoPair(c.a, c.b, CHILD);
        Agreement.assertOneIkeSa(c.a, c.b);
    }

    private int rekeyedByBBeforeTheRequestOfA(Lowest lowest, boolean deleteToo) {
        c.established().lowest(lowest);
        int firstOfA = newest(c.a);
        c.rekeyChild(c.a);
        c.rekeyChild(c.b);
        Flight delayed = c.takeOut(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        // INFORMATIONAL { D } -->
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        if (deleteToo) {
            c.deleteChild(c.b);
            // <-- INFORMATIONAL { D }
            c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
            // INFORMATIONAL { D } -->
            c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        }
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } --> (delayed)
        c.deliver(delayed);
        // <-- CREATE_CHILD_SA { N(CHILD_SA_NOT_FOUND) }
        c.next(c.b, CREATE_CHILD_SA, Content.NOTIFY_WITH_SPI);
        return firstOfA;
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void collisionKeInvalid(Lowest lowest) {
        establishedWithPfs();
        int firstOfA = newest(c.a);
        crossedWithInvalidGroups(lowest);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr } -->    <-- the same
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Nr, KEr, TSi, TSr }    the same -->
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        assertUsable();
        // INFORMATIONAL { D } -->    <-- INFORMATIONAL { D }
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertRekeyed(firstOfA);
        assertThat(c.a.pair(CHILD).initiator()).isEqualTo(!lowest.loserIsA());
    }

    /** Each side's first group is not the other's: both are sent back, and the nonces of the second try decide. */
    private void crossedWithInvalidGroups(Lowest lowest) {
        c.rekeyChild(c.a);
        c.rekeyChild(c.b);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi(ecp256), TSi, TSr } -->    <-- the same with x25519
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        c.lowest(lowest);
        // <-- CREATE_CHILD_SA { N(INVALID_KE_PAYLOAD) }    the same -->
        c.next(c.b, CREATE_CHILD_SA, Content.INVALID_KE);
        c.next(c.a, CREATE_CHILD_SA, Content.INVALID_KE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Lowest.class,
            names = {"OF_A_AS_INITIATOR", "OF_B_AS_INITIATOR", "OF_A_AS_RESPONDER"})
    void collisionKeInvalidDelayedRetry(Lowest lowest) {
        establishedWithPfs();
        int firstOfA = newest(c.a);
        crossedWithInvalidGroups(lowest);
        Flight delayed = c.takeOut(c.a, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr }
        c.next(c.b, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { SA, Nr, KEr, TSi, TSr } -->
        c.next(c.a, CREATE_CHILD_SA, Content.LONG);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr } --> (delayed)
        c.deliver(delayed);
        // <-- INFORMATIONAL { D }
        c.next(c.b, INFORMATIONAL, Content.DELETE_CHILD);
        assertUsable();
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(c.b, CREATE_CHILD_SA, Content.NOTIFY);
        // INFORMATIONAL { D } -->
        c.next(c.a, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(c.inFlight).isEmpty();
        assertRekeyed(firstOfA);
    }

    // ---- collisions with a delete ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collisionDelete(boolean aRekeys) {
        c.established();
        Gateway one = aRekeys ? c.a : c.b;
        Gateway other = c.other(one);
        c.rekeyChild(one);
        c.deleteChild(other);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }
        c.next(other, INFORMATIONAL, Content.DELETE_CHILD);
        assertThat(one.installed).isEmpty();
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY);
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_CHILD);
        assertGone();
    }

    private void assertGone() {
        assertThat(c.inFlight).isEmpty();
        c.finish();
        Agreement.assertNoPair(c.a, c.b, CHILD);
        Agreement.assertOneIkeSa(c.a, c.b);
        assertThat(c.a.everInstalled).hasSize(1);
        assertThat(c.b.everInstalled).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collisionDeleteDropDelete(boolean aRekeys) {
        c.established();
        Gateway one = aRekeys ? c.a : c.b;
        Gateway other = c.other(one);
        c.rekeyChild(one);
        c.deleteChild(other);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        Flight delayed = c.takeOut(other, INFORMATIONAL, Content.DELETE_CHILD);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY);
        assertThat(one.installed).hasSize(1);
        // <-- INFORMATIONAL { D } (delayed)
        c.deliver(delayed);
        assertThat(one.installed).isEmpty();
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_CHILD);
        assertGone();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collisionDeleteDropRekey(boolean aRekeys) {
        c.established();
        Gateway one = aRekeys ? c.a : c.b;
        Gateway other = c.other(one);
        c.rekeyChild(one);
        c.deleteChild(other);
        Flight delayed = c.takeOut(one, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }
        c.next(other, INFORMATIONAL, Content.DELETE_CHILD);
        // INFORMATIONAL { D } -->
        c.next(one, INFORMATIONAL, Content.DELETE_CHILD);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } --> (delayed)
        c.deliver(delayed);
        // <-- CREATE_CHILD_SA { N(CHILD_SA_NOT_FOUND) }
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY_WITH_SPI);
        assertGone();
    }

    /** The peer rekeys at our request and deletes the new pair before its response arrives here. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collisionDeleteDelayedResponse(boolean aRekeys) {
        c.established();
        Gateway one = aRekeys ? c.a : c.b;
        Gateway other = c.other(one);
        c.rekeyChild(one);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        Flight delayed = c.takeOut(other, CREATE_CHILD_SA, Content.LONG);
        c.deleteChild(other);
        while (!c.inFlight.isEmpty()) {
            c.deliver(c.inFlight.getFirst());
        }
        // <-- CREATE_CHILD_SA { SA, Nr, [KEr,] TSi, TSr } (delayed)
        c.deliver(delayed);
        c.finish();
        Agreement.assertNoPair(c.a, c.b, CHILD);
        Agreement.assertOneIkeSa(c.a, c.b);
    }

    // ---- collisions with the IKE SA ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collisionIkeRekey(boolean aRekeysTheChild) {
        c.established();
        Gateway one = aRekeysTheChild ? c.a : c.b;
        Gateway other = c.other(one);
        int firstOfA = newest(c.a);
        c.rekeyChild(one);
        c.rekeyIke(other);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { SA, Ni, KEi }
        c.next(other, CREATE_CHILD_SA, Content.LONG);
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY);
        // CREATE_CHILD_SA { N(TEMPORARY_FAILURE) } -->
        c.next(one, CREATE_CHILD_SA, Content.NOTIFY);
        assertThat(c.inFlight).isEmpty();
        assertUsable();
        // Both are tried again in a while.
        c.run(Duration.ofMinutes(1));
        assertRekeyed(firstOfA);
        assertThat(other.count(AuditEvent.IKE_SA_REKEYED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void collisionIkeDelete(boolean aRekeysTheChild) {
        c.established();
        Gateway one = aRekeysTheChild ? c.a : c.b;
        Gateway other = c.other(one);
        c.rekeyChild(one);
        c.deleteIke(other);
        // CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr } -->
        c.next(one, CREATE_CHILD_SA, Content.LONG);
        // <-- INFORMATIONAL { D }
        c.next(other, INFORMATIONAL, Content.DELETE_IKE);
        assertThat(one.installed).isEmpty();
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }, and nobody waits for it any more
        c.next(other, CREATE_CHILD_SA, Content.NOTIFY);
        // INFORMATIONAL { } -->
        c.next(one, INFORMATIONAL, Content.EMPTY);
        c.finish();
        Agreement.assertNoPair(c.a, c.b, CHILD);
        assertThat(c.a.endpoint.establishedIkeSas() + c.b.endpoint.establishedIkeSas())
                .isZero();
    }
}

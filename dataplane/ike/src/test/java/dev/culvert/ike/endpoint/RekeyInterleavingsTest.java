package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.endpoint.Crossing.Lowest;
import dev.culvert.ike.endpoint.Interleavings.Mishap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests of both sides that cross, in every order there is (RFC 7296 §2.8, §2.25). What takes minutes is tagged
 * {@code exhaustive} and runs with {@code -DexcludedGroups=}.
 */
class RekeyInterleavingsTest {
    private static final String EXHAUSTIVE = "exhaustive";
    private static final Command REKEY_CHILD = new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD));
    private static final Command REKEY_IKE = new Command.Rekey(Tunnels.NAME, Optional.empty());
    private static final Command DELETE_CHILD = new Command.Terminate(Tunnels.NAME, Optional.of(Tunnels.CHILD));
    private static final Command DELETE_IKE = new Command.Terminate(Tunnels.NAME, Optional.empty());
    private static final Command REAUTHENTICATE = new Command.Reauthenticate(Tunnels.NAME);
    private static final Command START = new Command.Initiate(Tunnels.NAME, Optional.empty());
    private static final String VOICE = "voice";
    private static final Command CREATE_VOICE = new Command.Initiate(Tunnels.NAME, Optional.of(VOICE));
    /** The old SA, and the two that both sides make. */
    private static final int AT_MOST_AT_ONCE = 3;

    private static Crossing withVoice() {
        return new Crossing(1)
                .established(
                        t -> t.addChild(Tunnels.child(VOICE, "10.3.0.0/16", "10.4.0.0/16", "aes256gcm16").toBuilder()
                                .startAction(StartAction.NONE)
                                .build()),
                        t -> t.addChild(Tunnels.child(VOICE, "10.4.0.0/16", "10.3.0.0/16", "aes256gcm16").toBuilder()
                                .startAction(StartAction.NONE)
                                .build()));
    }

    private static Consumer<Crossing> usable(String child) {
        return c -> Agreement.assertUsable(c.a, c.b, child);
    }

    private static void noMoreThanAllowed(Crossing c) {
        for (Gateway gateway : new Gateway[] {c.a, c.b}) {
            assertThat(gateway.pairs(Tunnels.CHILD)).hasSizeLessThanOrEqualTo(AT_MOST_AT_ONCE);
            assertThat(gateway.endpoint.establishedIkeSas()).isLessThanOrEqualTo(AT_MOST_AT_ONCE);
        }
    }

    private static void oneOfEach(Crossing c) {
        Agreement.assertOneIkeSa(c.a, c.b);
        Agreement.assertOnePair(c.a, c.b, Tunnels.CHILD);
        assertThat(c.a.failure()).isEmpty();
        assertThat(c.b.failure()).isEmpty();
    }

    private static void noPairOnOneIkeSa(Crossing c) {
        Agreement.assertOneIkeSa(c.a, c.b);
        Agreement.assertNoPair(c.a, c.b, Tunnels.CHILD);
    }

    private static void nothingIsLeft(Crossing c) {
        assertThat(c.a.endpoint.establishedIkeSas()).isZero();
        assertThat(c.b.endpoint.establishedIkeSas()).isZero();
        Agreement.assertNoPair(c.a, c.b, Tunnels.CHILD);
    }

    private static void sameChild(Crossing c) {
        assertThat(c.a.removals).isEmpty();
        assertThat(c.b.removals).isEmpty();
    }

    private static Interleavings upAllTheTime(Interleavings interleavings) {
        return interleavings
                .always(usable(Tunnels.CHILD))
                .always(RekeyInterleavingsTest::noMoreThanAllowed)
                .inTheEnd(RekeyInterleavingsTest::oneOfEach);
    }

    /** Without a mishap, and with a message that is lost. */
    static Stream<Optional<Mishap>> mishaps() {
        return Stream.of(Optional.empty(), Optional.of(Mishap.LOST));
    }

    private static Interleavings established(Optional<Mishap> mishap) {
        return begin(mishap, () -> new Crossing(1).established());
    }

    private static Interleavings begin(Optional<Mishap> mishap, Supplier<Crossing> begin) {
        Interleavings interleavings = Interleavings.from(begin);
        mishap.ifPresent(interleavings::mishap);
        return interleavings;
    }

    /** @param atLeast so many states there must be, so that the test is about something */
    private static void explore(Interleavings interleavings, int atLeast) {
        int states = interleavings.explore();
        assertThat(states).isGreaterThan(atLeast);
        assertThat(interleavings.ends()).isPositive();
    }

    // ---- rekeyings of both sides ----

    /**
     * <pre>
     * --&gt; CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, TSi, TSr }         &lt;-- the same of B
     * &lt;-- CREATE_CHILD_SA { SA, Nr, TSi, TSr }                      --&gt; the same of A
     * --&gt; INFORMATIONAL { D }  (the old pair or the redundant one)  &lt;-- the same of B
     * &lt;-- INFORMATIONAL { D }                                       --&gt; the same of A
     * </pre>
     */
    @ParameterizedTest
    @EnumSource(Lowest.class)
    void line32_simultaneousChildRekey(Lowest lowest) {
        explore(
                upAllTheTime(
                        Interleavings.from(() -> new Crossing(1).established().lowest(lowest))
                                .a(REKEY_CHILD)
                                .b(REKEY_CHILD)),
                70);
    }

    @Test
    void line32_simultaneousChildRekeyWithAMessageLost() {
        explore(
                upAllTheTime(
                        Interleavings.from(() -> new Crossing(1).established().lowest(Lowest.OF_A_AS_INITIATOR))
                                .a(REKEY_CHILD)
                                .b(REKEY_CHILD)
                                .mishap(Mishap.LOST)),
                300);
    }

    /**
     * <pre>
     * --&gt; CREATE_CHILD_SA { SA, Ni, KEi }   &lt;-- the same of B
     * &lt;-- CREATE_CHILD_SA { SA, Nr, KEr }   --&gt; the same of A
     * --&gt; INFORMATIONAL { D }               &lt;-- the same of B
     * &lt;-- INFORMATIONAL { }                 --&gt; the same of A
     * </pre>
     */
    @ParameterizedTest
    @EnumSource(Lowest.class)
    void line33_simultaneousIkeRekey(Lowest lowest) {
        explore(
                upAllTheTime(Interleavings.from(
                                        () -> new Crossing(1).established().lowest(lowest))
                                .a(REKEY_IKE)
                                .b(REKEY_IKE))
                        .inTheEnd(RekeyInterleavingsTest::sameChild),
                70);
    }

    @Test
    void line33_simultaneousIkeRekeyWithAMessageLost() {
        explore(
                upAllTheTime(Interleavings.from(
                                        () -> new Crossing(1).established().lowest(Lowest.OF_A_AS_INITIATOR))
                                .a(REKEY_IKE)
                                .b(REKEY_IKE)
                                .mishap(Mishap.LOST))
                        .inTheEnd(RekeyInterleavingsTest::sameChild),
                300);
    }

    // ---- with an additional key exchange (RFC 9370 §2.2.4) ----

    private static final String ESP_ONCE = "aes256gcm16-x25519";
    private static final String IKE_ONCE = "aes256gcm16-prfsha384-x25519";
    private static final String ESP_TWICE = "aes256gcm16-x25519-ke1_mlkem512";
    private static final String IKE_TWICE = "aes256gcm16-prfsha384-x25519-ke1_mlkem512";

    private static Crossing withTwoKeyExchanges() {
        return new Crossing(1)
                .established(
                        t -> t.ikeProposals(IKE_TWICE).childProposals(ESP_TWICE),
                        t -> t.ikeProposals(IKE_TWICE).childProposals(ESP_TWICE));
    }

    /** What A asks for has one key exchange, what B asks for has two: as the responder prefers. */
    private static Crossing mixed() {
        return new Crossing(1)
                .established(
                        t -> t.ikeProposals(IKE_TWICE, IKE_ONCE).childProposals(ESP_TWICE, ESP_ONCE),
                        t -> t.ikeProposals(IKE_ONCE, IKE_TWICE).childProposals(ESP_ONCE, ESP_TWICE));
    }

    /**
     * <pre>
     * --&gt; CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr }                    &lt;-- the same of B
     * &lt;-- CREATE_CHILD_SA { SA, Nr, KEr, N(ADDITIONAL_KEY_EXCHANGE), TSi, TSr }     --&gt; the same of A
     * --&gt; IKE_FOLLOWUP_KE { KEi(1), N(ADDITIONAL_KEY_EXCHANGE) }   or   &lt;-- the same of B, never both
     * &lt;-- IKE_FOLLOWUP_KE { KEr(1) }
     * --&gt; INFORMATIONAL { D }
     * &lt;-- INFORMATIONAL { D }
     * </pre>
     */
    @ParameterizedTest
    @EnumSource(Lowest.class)
    void simultaneousChildRekeyWithTwoKeyExchanges(Lowest lowest) {
        explore(
                upAllTheTime(Interleavings.from(() -> withTwoKeyExchanges().lowest(lowest))
                        .a(REKEY_CHILD)
                        .b(REKEY_CHILD)),
                70);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void simultaneousIkeRekeyWithTwoKeyExchanges(Lowest lowest) {
        explore(
                upAllTheTime(Interleavings.from(() -> withTwoKeyExchanges().lowest(lowest))
                                .a(REKEY_IKE)
                                .b(REKEY_IKE))
                        .inTheEnd(RekeyInterleavingsTest::sameChild),
                70);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void simultaneousChildRekeyOfWhichOneHasTwoKeyExchanges(Lowest lowest) {
        explore(
                upAllTheTime(Interleavings.from(() -> mixed().lowest(lowest))
                        .a(REKEY_CHILD)
                        .b(REKEY_CHILD)),
                70);
    }

    @ParameterizedTest
    @EnumSource(Lowest.class)
    void simultaneousIkeRekeyOfWhichOneHasTwoKeyExchanges(Lowest lowest) {
        explore(
                upAllTheTime(Interleavings.from(() -> mixed().lowest(lowest))
                                .a(REKEY_IKE)
                                .b(REKEY_IKE))
                        .inTheEnd(RekeyInterleavingsTest::sameChild),
                70);
    }

    @Test
    void childRekeyWithTwoKeyExchangesAgainstDelete() {
        explore(
                Interleavings.from(RekeyInterleavingsTest::withTwoKeyExchanges)
                        .a(REKEY_CHILD)
                        .b(DELETE_CHILD)
                        .inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa),
                20);
    }

    @Test
    void childRekeyWithTwoKeyExchangesAgainstIkeRekey() {
        explore(
                upAllTheTime(Interleavings.from(RekeyInterleavingsTest::withTwoKeyExchanges)
                        .a(REKEY_CHILD)
                        .b(REKEY_IKE)),
                20);
    }

    @Test
    @Tag(EXHAUSTIVE)
    void simultaneousRekeyWithTwoKeyExchangesAndAMessageLost() {
        for (Lowest lowest : Lowest.values()) {
            for (Command rekey : List.of(REKEY_CHILD, REKEY_IKE)) {
                explore(
                        upAllTheTime(
                                Interleavings.from(() -> withTwoKeyExchanges().lowest(lowest))
                                        .a(rekey)
                                        .b(rekey)
                                        .mishap(Mishap.LOST)),
                        300);
            }
        }
    }

    /** With one of the four nonces for each: with all of them it does not end within ten minutes. */
    @Test
    @Tag(EXHAUSTIVE)
    void simultaneousRekeyWithTwoKeyExchangesAndAMessageRepeated() {
        explore(
                upAllTheTime(Interleavings.from(() -> withTwoKeyExchanges().lowest(Lowest.OF_A_AS_INITIATOR))
                        .a(REKEY_CHILD)
                        .b(REKEY_CHILD)
                        .mishap(Mishap.REPEATED)),
                300);
        explore(
                upAllTheTime(Interleavings.from(() -> withTwoKeyExchanges().lowest(Lowest.OF_B_AS_RESPONDER))
                        .a(REKEY_IKE)
                        .b(REKEY_IKE)
                        .mishap(Mishap.REPEATED)),
                300);
    }

    // ---- a message that arrives twice ----

    private static Interleavings repeated(Command a, Command b) {
        return established(Optional.of(Mishap.REPEATED)).a(a).b(b);
    }

    @Test
    @Tag(EXHAUSTIVE)
    void rekeyingsWithAMessageRepeated() {
        for (Command a : List.of(REKEY_CHILD, REKEY_IKE)) {
            for (Command b : List.of(REKEY_CHILD, REKEY_IKE)) {
                explore(upAllTheTime(repeated(a, b)), 20);
            }
        }
    }

    @Test
    @Tag(EXHAUSTIVE)
    void deletesWithAMessageRepeated() {
        explore(repeated(REKEY_CHILD, DELETE_CHILD).inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa), 20);
        explore(repeated(DELETE_CHILD, REKEY_CHILD).inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa), 20);
        explore(repeated(DELETE_CHILD, REKEY_IKE).inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa), 20);
        explore(repeated(REKEY_IKE, DELETE_IKE).inTheEnd(RekeyInterleavingsTest::nothingIsLeft), 20);
        explore(repeated(DELETE_IKE, REKEY_IKE).inTheEnd(RekeyInterleavingsTest::nothingIsLeft), 20);
    }

    @Test
    @Tag(EXHAUSTIVE)
    void creationsWithAMessageRepeated() {
        for (Command b : List.of(REKEY_IKE, CREATE_VOICE)) {
            explore(
                    upAllTheTime(begin(Optional.of(Mishap.REPEATED), RekeyInterleavingsTest::withVoice)
                                    .a(CREATE_VOICE)
                                    .b(b))
                            .inTheEnd(c -> Agreement.assertOnePair(c.a, c.b, VOICE)),
                    20);
        }
    }

    // ---- exceptions (RFC 7296 §2.25) ----

    @ParameterizedTest
    @MethodSource("mishaps")
    void line34_childRekeyAgainstDelete(Optional<Mishap> mishap) {
        explore(
                established(mishap).a(REKEY_CHILD).b(DELETE_CHILD).inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa),
                20);
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void line34_deleteAgainstChildRekey(Optional<Mishap> mishap) {
        explore(
                established(mishap).a(DELETE_CHILD).b(REKEY_CHILD).inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa),
                20);
    }

    /** The side that rekeys is told to delete, at any time. */
    @ParameterizedTest
    @MethodSource("mishaps")
    void childRekeyAndDeleteOfOneSide(Optional<Mishap> mishap) {
        explore(
                established(mishap).a(REKEY_CHILD).a(DELETE_CHILD).inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa),
                10);
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void childCreationAndDeleteOfOneSide(Optional<Mishap> mishap) {
        explore(
                begin(mishap, RekeyInterleavingsTest::withVoice)
                        .a(CREATE_VOICE)
                        .a(new Command.Terminate(Tunnels.NAME, Optional.of(VOICE)))
                        .always(usable(Tunnels.CHILD))
                        .inTheEnd(RekeyInterleavingsTest::sameVoice),
                10);
    }

    /** Created and deleted, or the other way round: in the end both sides see the same. */
    private static void sameVoice(Crossing c) {
        oneOfEach(c);
        if (c.a.pairs(VOICE).isEmpty()) {
            Agreement.assertNoPair(c.a, c.b, VOICE);
        } else {
            Agreement.assertOnePair(c.a, c.b, VOICE);
        }
    }

    @Test
    void childRekeyWithTwoKeyExchangesAndDeleteOfOneSide() {
        explore(
                Interleavings.from(RekeyInterleavingsTest::withTwoKeyExchanges)
                        .a(REKEY_CHILD)
                        .a(DELETE_CHILD)
                        .inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa),
                10);
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void line34_childRekeyAgainstIkeRekey(Optional<Mishap> mishap) {
        explore(upAllTheTime(established(mishap).a(REKEY_CHILD).b(REKEY_IKE)), 20);
    }

    @Test
    void line34_ikeRekeyAgainstChildRekey() {
        explore(upAllTheTime(established(Optional.empty()).a(REKEY_IKE).b(REKEY_CHILD)), 20);
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void line34_childCreationAgainstIkeRekey(Optional<Mishap> mishap) {
        explore(
                upAllTheTime(begin(mishap, RekeyInterleavingsTest::withVoice)
                                .a(CREATE_VOICE)
                                .b(REKEY_IKE))
                        .inTheEnd(c -> Agreement.assertOnePair(c.a, c.b, VOICE)),
                20);
    }

    @Test
    void line34_ikeRekeyAgainstChildCreation() {
        explore(
                upAllTheTime(Interleavings.from(RekeyInterleavingsTest::withVoice)
                                .a(REKEY_IKE)
                                .b(CREATE_VOICE))
                        .inTheEnd(c -> Agreement.assertOnePair(c.a, c.b, VOICE)),
                20);
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void line34_childDeletionAgainstIkeRekey(Optional<Mishap> mishap) {
        explore(
                established(mishap).a(DELETE_CHILD).b(REKEY_IKE).inTheEnd(RekeyInterleavingsTest::noPairOnOneIkeSa),
                20);
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void ikeRekeyAgainstIkeDelete(Optional<Mishap> mishap) {
        explore(established(mishap).a(REKEY_IKE).b(DELETE_IKE).inTheEnd(RekeyInterleavingsTest::nothingIsLeft), 20);
    }

    @Test
    void ikeDeleteAgainstIkeRekey() {
        explore(
                established(Optional.empty())
                        .a(DELETE_IKE)
                        .b(REKEY_IKE)
                        .inTheEnd(RekeyInterleavingsTest::nothingIsLeft),
                20);
    }

    // ---- the same thing begun by both ----

    @ParameterizedTest
    @MethodSource("mishaps")
    void bothCreateTheSameChild(Optional<Mishap> mishap) {
        explore(
                upAllTheTime(begin(mishap, RekeyInterleavingsTest::withVoice)
                                .a(CREATE_VOICE)
                                .b(CREATE_VOICE))
                        .inTheEnd(c -> Agreement.assertOnePair(c.a, c.b, VOICE)),
                20);
    }

    /** Both sides begin at once; the IKE SA with the lower SPIs stays. */
    @Test
    void bothInitiateTheIkeSa() {
        explore(bothInitiate(Optional.empty()), 20);
    }

    @ParameterizedTest
    @EnumSource(Mishap.class)
    @Tag(EXHAUSTIVE)
    void bothInitiateTheIkeSaWithAMishap(Mishap mishap) {
        explore(bothInitiate(Optional.of(mishap)), 20);
    }

    private static Interleavings bothInitiate(Optional<Mishap> mishap) {
        return begin(mishap, () -> new Crossing(1).configure(t -> t.start(StartAction.NONE), t -> t))
                .a(START)
                .b(START)
                .inTheEnd(RekeyInterleavingsTest::oneOfEach);
    }

    /** B makes its IKE SA anew while A, who has lost it, begins too; B's old one ends. */
    @Test
    void bothInitiateAfterARestartOfOne() {
        explore(
                Interleavings.from(() -> new Crossing(1).established().restartedA())
                        .a(START)
                        .b(REAUTHENTICATE)
                        .inTheEnd(RekeyInterleavingsTest::oneOfEach),
                20);
    }

    @Test
    @Tag(EXHAUSTIVE)
    void bothReauthenticate() {
        explore(upAllTheTime(established(Optional.empty()).a(REAUTHENTICATE).b(REAUTHENTICATE)), 20);
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void reauthenticationAlone(Optional<Mishap> mishap) {
        explore(upAllTheTime(established(mishap).a(REAUTHENTICATE)), 5);
    }

    @Test
    @Tag(EXHAUSTIVE)
    void reauthenticationAgainstChildRekey() {
        explore(upAllTheTime(established(Optional.empty()).a(REAUTHENTICATE).b(REKEY_CHILD)), 20);
    }
}

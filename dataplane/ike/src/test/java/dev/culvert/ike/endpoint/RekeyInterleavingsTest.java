package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.endpoint.Crossing.Lowest;
import dev.culvert.ike.endpoint.Interleavings.Mishap;
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
 * Requests of both sides that cross, in every order there is (RFC 7296 §2.8, §2.25). What takes minutes runs with
 * {@code -DexcludedGroups= -Dculvert.test.jvm="-Dculvert.interleavings=all"}.
 */
class RekeyInterleavingsTest {
    private static final String ALL = "culvert.interleavings";
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

    /** Without a mishap, and with one. */
    static Stream<Optional<Mishap>> mishaps() {
        return Stream.concat(Stream.of(Optional.empty()), someMishaps().map(Optional::of));
    }

    /** A message lost; with all of them the tests take minutes. */
    static Stream<Mishap> someMishaps() {
        return System.getProperty(ALL) == null ? Stream.of(Mishap.LOST) : Stream.of(Mishap.LOST, Mishap.REPEATED);
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

    @ParameterizedTest
    @MethodSource("someMishaps")
    void line32_simultaneousChildRekeyWithAMishap(Mishap mishap) {
        explore(
                upAllTheTime(
                        Interleavings.from(() -> new Crossing(1).established().lowest(Lowest.OF_A_AS_INITIATOR))
                                .a(REKEY_CHILD)
                                .b(REKEY_CHILD)
                                .mishap(mishap)),
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

    @ParameterizedTest
    @MethodSource("someMishaps")
    void line33_simultaneousIkeRekeyWithAMishap(Mishap mishap) {
        explore(
                upAllTheTime(Interleavings.from(
                                        () -> new Crossing(1).established().lowest(Lowest.OF_A_AS_INITIATOR))
                                .a(REKEY_IKE)
                                .b(REKEY_IKE)
                                .mishap(mishap))
                        .inTheEnd(RekeyInterleavingsTest::sameChild),
                300);
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
    @MethodSource("someMishaps")
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

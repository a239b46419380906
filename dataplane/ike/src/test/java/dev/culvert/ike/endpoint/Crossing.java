package dev.culvert.ike.endpoint;

import dev.culvert.ike.message.ExchangeType;
import dev.culvert.testkit.VirtualClock;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Two gateways whose messages wait until a test delivers them, in any order. Each has a clock of its own, which moves with
 * its own events: so what a gateway is depends on nothing but the order of what happened to it.
 */
final class Crossing {
    private static final Duration STEP = Duration.ofMillis(1);
    private static final int ESTABLISHING_STEPS = 100;

    /** The lowest of the four nonces of two rekeyings that cross (RFC 7296 §2.8.1). */
    enum Lowest {
        OF_A_AS_INITIATOR,
        OF_B_AS_INITIATOR,
        OF_B_AS_RESPONDER,
        OF_A_AS_RESPONDER;

        /** Whose new SA is the redundant one. */
        boolean loserIsA() {
            return this == OF_A_AS_INITIATOR || this == OF_B_AS_RESPONDER;
        }
    }

    /** What a protected message holds. */
    enum Content {
        EMPTY,
        DELETE_IKE,
        DELETE_CHILD,
        /** A notify without SPI and data, as TEMPORARY_FAILURE. */
        NOTIFY,
        /** N(INVALID_KE_PAYLOAD). */
        INVALID_KE,
        /** A notify about a child SA, as CHILD_SA_NOT_FOUND. */
        NOTIFY_WITH_SPI,
        LONG
    }

    /** A message on its way. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not shared; each is itself
    record Flight(Gateway from, Gateway to, int number, UdpAddress source, UdpAddress target, byte[] payload) {
        private static final int EXCHANGE = 18;
        private static final int FLAGS = 19;
        private static final int MESSAGE_ID = 23;
        private static final int RESPONSE = 0x20;
        /** Header, SK header, IV, pad length and ICV. */
        private static final int SEALED_EMPTY = 28 + 4 + 8 + 1 + 16;

        boolean isResponse() {
            return (payload[FLAGS] & RESPONSE) != 0;
        }

        boolean is(ExchangeType type) {
            return payload[EXCHANGE] == type.id();
        }

        /** What it holds: AES-GCM adds the same to any content, so that the length tells short ones apart. */
        Content content() {
            return switch (payload.length - SEALED_EMPTY) {
                case 0 -> Content.EMPTY;
                case 8 -> is(ExchangeType.INFORMATIONAL) ? Content.DELETE_IKE : Content.NOTIFY;
                case 10 -> Content.INVALID_KE;
                case 12 -> is(ExchangeType.INFORMATIONAL) ? Content.DELETE_CHILD : Content.NOTIFY_WITH_SPI;
                default -> Content.LONG;
            };
        }

        String id() {
            return from.name + number;
        }

        @Override
        public String toString() {
            return id() + " "
                    + ExchangeType.byId(payload[EXCHANGE]).map(Enum::name).orElse("?") + " "
                    + (isResponse() ? "response " : "request ") + payload[MESSAGE_ID] + " of " + from.name;
        }
    }

    final List<Flight> inFlight = new ArrayList<>();
    Gateway a;
    final Gateway b;
    private final VirtualClock clockA = new VirtualClock();
    private final VirtualClock clockB = new VirtualClock();
    private ChosenNonces randomA;
    private final ChosenNonces randomB;
    private final StringBuilder pastOfA = new StringBuilder();
    private final StringBuilder pastOfB = new StringBuilder();
    private final long seed;
    private final EndpointConfig config;
    private Optional<Lowest> lowest = Optional.empty();
    private int sentByA;
    private int sentByB;

    Crossing(long seed) {
        this(seed, EndpointConfig.defaults());
    }

    Crossing(long seed, EndpointConfig config) {
        this.seed = seed;
        this.config = config;
        randomA = new ChosenNonces(2 * seed);
        randomB = new ChosenNonces(2 * seed + 1);
        a = new Gateway("A", EndpointPair.A, config, this::fromA, clockA, randomA);
        b = new Gateway("B", EndpointPair.B, config, this::fromB, clockB, randomB);
    }

    private void fromA(UdpAddress from, UdpAddress to, byte[] payload) {
        inFlight.add(new Flight(a, b, sentByA++, from, to, payload));
    }

    private void fromB(UdpAddress from, UdpAddress to, byte[] payload) {
        inFlight.add(new Flight(b, a, sentByB++, from, to, payload));
    }

    /** Both sides' usual tunnel, brought up by A. */
    Crossing established() {
        return established(UnaryOperator.identity(), UnaryOperator.identity());
    }

    Crossing established(UnaryOperator<Tunnels> forA, UnaryOperator<Tunnels> forB) {
        configure(forA, forB);
        settle();
        if (a.endpoint.establishedIkeSas() > 1) {
            // Both began: one of the two goes in a while.
            run(IkeSas.SETTLING.plusSeconds(1));
        }
        Agreement.assertOneIkeSa(a, b);
        return this;
    }

    /** A is killed and begins anew, with the usual tunnel but without starting it. B knows nothing of it. */
    Crossing restartedA() {
        randomA = new ChosenNonces(2 * seed + 1000);
        a = new Gateway("A", EndpointPair.A, config, this::fromA, clockA, randomA);
        command(
                a,
                new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                        .start(StartAction.NONE)
                        .build()));
        return this;
    }

    /** Both sides' usual tunnel; what that makes A send is in flight. */
    Crossing configure(UnaryOperator<Tunnels> forA, UnaryOperator<Tunnels> forB) {
        command(
                b,
                new Command.PutTunnel(forB.apply(Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                                .swapSelectors()
                                .start(StartAction.NONE))
                        .build()));
        command(
                a,
                new Command.PutTunnel(forA.apply(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example"))
                        .build()));
        return this;
    }

    /** From now on this nonce is the lowest of those that are made. */
    Crossing lowest(Lowest which) {
        lowest = Optional.of(which);
        return this;
    }

    Gateway other(Gateway gateway) {
        return gateway == a ? b : a;
    }

    // ---- what happens ----

    void rekeyChild(Gateway gateway) {
        command(gateway, new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
    }

    void rekeyIke(Gateway gateway) {
        command(gateway, new Command.Rekey(Tunnels.NAME, Optional.empty()));
    }

    void deleteChild(Gateway gateway) {
        command(gateway, new Command.Terminate(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
    }

    void deleteIke(Gateway gateway) {
        command(gateway, new Command.Terminate(Tunnels.NAME, Optional.empty()));
    }

    void command(Gateway gateway, Command command) {
        before(gateway, false);
        past(gateway).append(command.getClass().getSimpleName());
        gateway.command(command);
    }

    /** The message arrives. */
    void deliver(Flight flight) {
        inFlight.remove(flight);
        repeat(flight);
    }

    /** The message arrives, and may arrive again. */
    void repeat(Flight flight) {
        Gateway to = flight.to();
        before(to, !flight.isResponse());
        past(to).append('d').append(flight.id());
        to.receive(flight.source(), flight.target(), flight.payload(), clock(to).nowNanos());
    }

    /** A message that the other gateway did not send arrives, as from there. */
    void forge(Gateway to, byte[] payload) {
        before(to, false);
        UdpAddress from = new UdpAddress(other(to).address, config.ikePort());
        to.receive(
                from,
                new UdpAddress(to.address, config.ikePort()),
                payload,
                clock(to).nowNanos());
    }

    void lose(Flight flight) {
        inFlight.remove(flight);
    }

    /** The first message in flight that a gateway sent arrives; it has to be this. */
    void next(Gateway from, ExchangeType type, Content content) {
        repeat(takeOut(from, type, content));
    }

    /** The first message in flight that a gateway sent is held back; it has to be this. */
    Flight takeOut(Gateway from, ExchangeType type, Content content) {
        Flight flight = takeOut(from);
        if (!flight.is(type) || flight.content() != content) {
            throw new AssertionError(
                    flight + " holds " + flight.content() + ", not " + type + " " + content + "\n" + journal());
        }
        return flight;
    }

    /** The first message in flight that a gateway sent, which is held back. */
    Flight takeOut(Gateway from) {
        Flight first = inFlight.stream()
                .filter(f -> f.from() == from)
                .findFirst()
                .orElseThrow(() -> new AssertionError(from.name + " has sent nothing\n" + journal()));
        inFlight.remove(first);
        return first;
    }

    /** Whether somebody waits for a time. */
    boolean hasDeadline() {
        return Math.min(a.endpoint.deadline(), b.endpoint.deadline()) != Long.MAX_VALUE;
    }

    /** Time passes until the next deadline. */
    void elapse() {
        elapse(Math.min(left(a), left(b)));
    }

    private void elapse(long nanos) {
        for (Gateway gateway : List.of(a, b)) {
            clock(gateway).advanceNanos(nanos);
            past(gateway).append('e').append(nanos);
            before(gateway, false);
            gateway.timeout();
        }
    }

    private long left(Gateway gateway) {
        long deadline = gateway.endpoint.deadline();
        return deadline == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : Math.max(0, deadline - clock(gateway).nowNanos());
    }

    /** Delivers everything, in the order in which it was sent, without time for timers. */
    void settle() {
        for (int i = 0; !inFlight.isEmpty(); i++) {
            if (i > ESTABLISHING_STEPS) {
                throw new AssertionError("no end of messages\n" + journal());
            }
            deliver(inFlight.getFirst());
        }
    }

    /** Delivers everything, and lets time pass until nobody waits for anything. */
    void finish() {
        settle();
        for (int i = 0; hasDeadline(); i++) {
            if (i > ESTABLISHING_STEPS) {
                throw new AssertionError("no end of timers\n" + journal());
            }
            elapse();
            settle();
        }
    }

    /** Delivers everything, and lets that much time pass. */
    void run(Duration time) {
        settle();
        long end = clockA.nowNanos() + time.toNanos();
        while (clockA.nowNanos() + Math.min(left(a), left(b)) - end <= 0 && hasDeadline()) {
            elapse();
            settle();
        }
        elapse(Math.max(0, end - clockA.nowNanos()));
        settle();
    }

    private void before(Gateway gateway, boolean responds) {
        clock(gateway).advance(STEP);
        lowest.ifPresent(low -> {
            Lowest mine = gateway == a
                    ? (responds ? Lowest.OF_A_AS_RESPONDER : Lowest.OF_A_AS_INITIATOR)
                    : (responds ? Lowest.OF_B_AS_RESPONDER : Lowest.OF_B_AS_INITIATOR);
            (gateway == a ? randomA : randomB).first(mine == low ? 0 : 0xff);
        });
    }

    // ---- looking ----

    /** Everything that the rest of this run depends on. */
    String past() {
        StringBuilder all =
                new StringBuilder(pastOfA).append('|').append(pastOfB).append('|');
        inFlight.stream().map(Flight::id).sorted().forEach(id -> all.append(id).append(' '));
        return all.toString();
    }

    String journal() {
        return Agreement.journal(a, b);
    }

    private VirtualClock clock(Gateway gateway) {
        return gateway == a ? clockA : clockB;
    }

    private StringBuilder past(Gateway gateway) {
        return gateway == a ? pastOfA : pastOfB;
    }
}

package dev.culvert.testkit;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A network that carries UDP datagrams between addresses in virtual time. Deterministic: the same seed and the same calls
 * give the same deliveries in the same order. One thread.
 *
 * <p>A test attaches nodes, sends, and then moves the clock from one {@link #nextDelivery} (or deadline of its own) to
 * the next and calls {@link #deliverDue}; {@link #run} does that where nothing else has deadlines.
 */
public final class SimulatedNetwork {
    /** Deliveries at one instant after which two nodes are taken to answer each other for ever. */
    private static final int DELIVERIES_AT_ONE_INSTANT = 100_000;

    private final VirtualClock clock;
    private final SplittableRandom random;
    private final Map<IpAddress, Node> nodes = new HashMap<>();
    private final Map<Direction, LinkConditions> conditions = new HashMap<>();
    private final List<NatDevice> nats = new ArrayList<>();
    private final List<Consumer<Datagram>> observers = new ArrayList<>();
    private final PriorityQueue<Flight> flights = new PriorityQueue<>();
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private LinkConditions usualConditions = LinkConditions.GOOD;
    private Interceptor interceptor = datagram -> Interceptor.Fate.DELIVER;
    private long flightsSoFar;

    public SimulatedNetwork(VirtualClock clock, long seed) {
        this.clock = clock;
        this.random = new SplittableRandom(seed);
    }

    /** A host: gets every datagram to its address, whatever the port. It may send from within. */
    @FunctionalInterface
    public interface Node {
        void receive(UdpAddress from, UdpAddress to, byte[] payload, long nowNanos);
    }

    /** What became of datagrams; a duplicated one counts once as such and twice by its outcome. */
    public enum Outcome {
        SENT,
        DELIVERED,
        INTERCEPTED,
        LOST,
        DUPLICATED,
        TOO_BIG,
        /** No such mapping in a NAT, or its filter did not let the sender in. */
        NAT_REFUSED,
        NO_SUCH_ADDRESS
    }

    /** Connects a host, in place of one that had the address. */
    public void attach(IpAddress address, Node node) {
        nodes.put(address, node);
    }

    /** Unplugs a host; datagrams under way to it get lost. */
    public void detach(IpAddress address) {
        nodes.remove(address);
    }

    /** The conditions of all paths that have none of their own. */
    public void conditions(LinkConditions usual) {
        usualConditions = usual;
    }

    /**
     * The conditions of one direction.
     *
     * @param from the sender's own address
     * @param to the address that it writes to, which for a host behind a NAT is the NAT's
     */
    public void conditions(IpAddress from, IpAddress to, LinkConditions ofThisPath) {
        conditions.put(new Direction(from, to), ofThisPath);
    }

    /** Puts hosts behind a NAT. A NAT's public address may itself be inside of another. */
    public NatDevice addNat(IpAddress publicAddress, IpAddress... inside) {
        NatDevice nat = new NatDevice(publicAddress, Set.of(inside), random.split());
        nats.add(nat);
        return nat;
    }

    /** Puts somebody on all paths, in place of whoever was there. */
    public void intercept(Interceptor newInterceptor) {
        interceptor = newInterceptor;
    }

    /** Is told every datagram that is sent, as it looks behind the sender's NAT, lost ones included. */
    public void observe(Consumer<Datagram> observer) {
        observers.add(observer);
    }

    public long count(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }

    /** Sends a datagram now. Never delivers from within this call. */
    public void send(UdpAddress from, UdpAddress to, byte[] payload) {
        long now = clock.nowNanos();
        Datagram datagram = new Datagram(translateOutbound(from, to, now), to, payload, now);
        count(Outcome.SENT, 1);
        observers.forEach(observer -> observer.accept(datagram));

        LinkConditions path = conditions.getOrDefault(new Direction(from.address(), to.address()), usualConditions);
        switch (interceptor.judge(datagram)) {
            case Interceptor.Deliver() -> launch(datagram, path, Duration.ZERO);
            case Interceptor.Drop() -> count(Outcome.INTERCEPTED, 1);
            case Interceptor.Delay(Duration by) -> launch(datagram, path, by);
            case Interceptor.Replace replace -> launch(datagram.payload(replace.payload()), path, Duration.ZERO);
        }
    }

    /** When the next datagram arrives; {@link Long#MAX_VALUE} when none is under way. */
    public long nextDelivery() {
        Flight next = flights.peek();
        return next == null ? Long.MAX_VALUE : next.arrivalNanos;
    }

    public boolean isIdle() {
        return flights.isEmpty();
    }

    /**
     * Delivers what is due by now, including what that causes to be due by now.
     *
     * @return the number of datagrams taken off the network
     * @throws IllegalStateException if nodes without latency answer each other for ever
     */
    public int deliverDue() {
        int done = 0;
        for (Flight next = flights.peek();
                next != null && next.arrivalNanos - clock.nowNanos() <= 0;
                next = flights.peek()) {
            flights.remove();
            if (++done > DELIVERIES_AT_ONE_INSTANT) {
                throw new IllegalStateException("nodes answer each other for ever without latency");
            }
            deliver(next.datagram);
        }
        return done;
    }

    /** Moves the clock from delivery to delivery until the network is idle or {@code limit} has passed. */
    public void run(Duration limit) {
        long end = clock.nowNanos() + limit.toNanos();
        while (!isIdle() && nextDelivery() - end <= 0) {
            clock.advanceNanos(Math.max(0, nextDelivery() - clock.nowNanos()));
            deliverDue();
        }
    }

    private void launch(Datagram datagram, LinkConditions path, Duration extra) {
        if (datagram.packetLength() > path.mtu()) {
            count(Outcome.TOO_BIG, 1);
            return;
        }
        if (random.nextDouble() < path.duplication()) {
            count(Outcome.DUPLICATED, 1);
            launchOne(datagram, path, extra);
        }
        launchOne(datagram, path, extra);
    }

    private void launchOne(Datagram datagram, LinkConditions path, Duration extra) {
        if (random.nextDouble() < path.loss()) {
            count(Outcome.LOST, 1);
            return;
        }
        long delay = extra.toNanos() + path.latency().toNanos();
        if (!path.jitter().isZero()) {
            delay += random.nextLong(path.jitter().toNanos() + 1);
        }
        if (random.nextDouble() < path.reordering()) {
            delay += path.latency().toNanos() + 1;
        }
        flights.add(new Flight(clock.nowNanos() + delay, flightsSoFar++, datagram));
    }

    private void deliver(Datagram datagram) {
        long now = clock.nowNanos();
        Optional<UdpAddress> to = translateInbound(datagram, now);
        if (to.isEmpty()) {
            count(Outcome.NAT_REFUSED, 1);
            return;
        }
        Node node = nodes.get(to.get().address());
        if (node == null) {
            count(Outcome.NO_SUCH_ADDRESS, 1);
            return;
        }
        count(Outcome.DELIVERED, 1);
        node.receive(datagram.from(), to.get(), datagram.payload(), now);
    }

    private UdpAddress translateOutbound(UdpAddress from, UdpAddress to, long nowNanos) {
        UdpAddress translated = from;
        for (NatDevice nat : nats) {
            // Devices are in the order of their making, and an outer one is made after the one that it hides.
            if (nat.hidesInside(translated.address()) && !nat.hidesInside(to.address())) {
                translated = nat.outbound(translated, to, nowNanos);
            }
        }
        return translated;
    }

    private Optional<UdpAddress> translateInbound(Datagram datagram, long nowNanos) {
        UdpAddress translated = datagram.to();
        for (NatDevice nat : nats.reversed()) {
            if (nat.publicAddress().equals(translated.address())) {
                Optional<UdpAddress> inside = nat.inbound(datagram.from(), translated, nowNanos);
                if (inside.isEmpty()) {
                    return inside;
                }
                translated = inside.get();
            }
        }
        return Optional.of(translated);
    }

    private void count(Outcome outcome, long more) {
        outcomes.merge(outcome, more, Long::sum);
    }

    private record Direction(IpAddress from, IpAddress to) {}

    private record Flight(long arrivalNanos, long number, Datagram datagram) implements Comparable<Flight> {
        @Override
        public int compareTo(Flight other) {
            int byTime = Long.signum(arrivalNanos - other.arrivalNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}

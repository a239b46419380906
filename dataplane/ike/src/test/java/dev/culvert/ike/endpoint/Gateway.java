package dev.culvert.ike.endpoint;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.testkit.SimulatedNetwork;
import dev.culvert.testkit.VirtualClock;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** An endpoint on the simulated network, with what an agent and an ESP engine would know of it. */
final class Gateway {
    private static final int NAT_PORT = 4500;
    /** As the agent's {@code SaInstaller} has it. */
    private static final long STRAGGLERS_NANOS = 5_000_000_000L;

    final String name;
    IpAddress address;
    final IkeEndpoint endpoint;
    /** Pairs in the ESP engine, by inbound SPI, in the order of their installation. */
    final Map<Integer, Output.InstallChildSa> installed = new LinkedHashMap<>();
    /** Inbound SPI of the pair that sends, for each child. */
    final Map<String, Integer> sending = new LinkedHashMap<>();
    /** Every pair that was ever installed. */
    final List<Output.InstallChildSa> everInstalled = new ArrayList<>();

    final Map<String, TunnelStatus> status = new LinkedHashMap<>();
    final List<TunnelStatus> statuses = new ArrayList<>();
    final List<AuditRecord> audit = new ArrayList<>();
    final List<Output.RemoveChildSa> removals = new ArrayList<>();
    final List<Output.UpdateChildSa> updates = new ArrayList<>();
    final List<Output.ConfigurationApplied> applied = new ArrayList<>();
    /** Audit records with times. */
    final List<String> journal = new ArrayList<>();

    /** Keys of the IKE SA that was made last. */
    private Optional<LastKeys> lastKeys = Optional.empty();

    int transmitted;
    int keepAlives;
    private final Map<Integer, Long> receivingUntil = new HashMap<>();
    private final Set<Integer> active = new HashSet<>();
    /** Then the responder's first pair receives before its last message has come, and sends after it. */
    private boolean speaksIkeV1;

    final TestStreams streams;
    private final Wire wire;
    private final Optional<SimulatedNetwork> network;
    private final VirtualClock clock;

    /** Takes what a gateway sends. */
    @FunctionalInterface
    interface Wire {
        void send(UdpAddress from, UdpAddress to, byte[] payload);
    }

    /** SPIs and keys of an IKE SA, for somebody who speaks as its original responder. */
    record LastKeys(long spiInitiator, long spiResponder, SaKeys asResponder) {}

    Gateway(
            String name,
            String address,
            EndpointConfig config,
            SimulatedNetwork network,
            VirtualClock clock,
            long seed) {
        this(name, address, config, network::send, Optional.of(network), clock, RandomSource.seeded(seed));
        network.attach(this.address, this::receive);
    }

    Gateway(String name, String address, EndpointConfig config, Wire wire, VirtualClock clock, RandomSource random) {
        this(name, address, config, wire, Optional.empty(), clock, random);
    }

    private Gateway(
            String name,
            String address,
            EndpointConfig config,
            Wire wire,
            Optional<SimulatedNetwork> network,
            VirtualClock clock,
            RandomSource random) {
        this.name = name;
        this.address = IpAddress.parse(address);
        this.endpoint = new IkeEndpoint(
                config,
                random,
                (spiInitiator, spiResponder, suite, keys) -> lastKeys = Optional.of(new LastKeys(
                        spiInitiator, spiResponder, new SaKeys(suite, keys, false, RandomSource.seeded(77)))));
        this.wire = wire;
        this.streams = new TestStreams(wire);
        this.network = network;
        this.clock = clock;
    }

    void receive(UdpAddress from, UdpAddress to, byte[] payload, long now) {
        Optional<IkeDatagram> inStream = streams.receive(from, to, payload, this, now);
        if (inStream.isPresent()) {
            endpoint.receive(inStream.get(), now);
            drain();
        }
        if (TestStreams.isOne(payload)) {
            return;
        }
        byte[] message = payload;
        if (to.port() == NAT_PORT) {
            if (payload.length < 4 || !Arrays.equals(payload, 0, 4, new byte[4], 0, 4)) {
                return;
            }
            message = Arrays.copyOfRange(payload, 4, payload.length);
        }
        endpoint.receive(new IkeDatagram(to, from, message), now);
        drain();
    }

    /** It is killed: nothing reaches it any more. */
    void leave() {
        network.orElseThrow().detach(address);
    }

    /** It has another address besides. */
    void alsoAt(IpAddress other) {
        network.orElseThrow().attach(other, this::receive);
    }

    /** It has another address, the old one is gone, and the agent notices. */
    void moveTo(String newAddress, UdpAddress... peers) {
        network.orElseThrow().detach(address);
        address = IpAddress.parse(newAddress);
        network.orElseThrow().attach(address, this::receive);
        for (UdpAddress peer : peers) {
            command(new Command.LocalPath(peer.address(), address));
        }
    }

    void command(Command command) {
        speaksIkeV1 |=
                command instanceof Command.PutTunnel(TunnelConfig config) && config.version() == IkeVersion.IKEV1;
        endpoint.command(command, clock.nowNanos());
        drain();
    }

    void timeout() {
        endpoint.timeout(clock.nowNanos());
        drain();
    }

    /** TCP connections on the simulated network end here. */
    void streamLost(UdpAddress local, UdpAddress remote, String why, long now) {
        endpoint.command(new Command.StreamLost(local, remote, why), now);
        drain();
    }

    private void drain() {
        for (Output output = endpoint.poll(); output != null; output = endpoint.poll()) {
            note(output);
            switch (output) {
                case Output.Transmit transmit -> transmit(transmit);
                case Output.KeepAlive keepAlive -> {
                    keepAlives++;
                    wire.send(source(keepAlive.local()), keepAlive.remote(), new byte[] {(byte) 0xff});
                }
                case Output.OpenStream open -> streams.open(source(open.local()), open.remote());
                case Output.KeepStream keep -> streams.keep(source(keep.local()), keep.remote());
                case Output.ReleaseStream release -> streams.release(source(release.local()), release.remote());
                case Output.InstallChildSa install -> install(install);
                case Output.ActivateChildSa activate -> {
                    if (!installed.containsKey(activate.spiIn())) {
                        throw new IllegalStateException(
                                name + " activates a pair that is not there: " + activate + "\n" + log());
                    }
                    active.add(activate.spiIn());
                    chooseSender(activate.child());
                }
                case Output.UpdateChildSa update -> updates.add(update);
                case Output.RemoveChildSa remove -> remove(remove);
                case Output.Status(TunnelStatus now) -> {
                    status.put(now.tunnel(), now);
                    statuses.add(now);
                }
                case Output.ConfigurationApplied change -> applied.add(change);
                case Output.Audit(AuditRecord event) -> audit.add(event);
            }
        }
    }

    private void note(Output output) {
        String what =
                switch (output) {
                    case Output.Audit(AuditRecord event) -> event.event() + " " + event.message();
                    case Output.InstallChildSa i ->
                        String.format(
                                "install %s %08x sending=%s",
                                i.child(), i.parameters().spiIn(), i.sending());
                    case Output.ActivateChildSa a -> String.format("activate %s %08x", a.child(), a.spiIn());
                    case Output.RemoveChildSa r -> String.format("remove %s %08x %s", r.child(), r.spiIn(), r.reason());
                    case Output.UpdateChildSa u -> "update " + u.outerRemote();
                    case Output.Status(TunnelStatus now) -> "status " + now.state() + " " + now.failure();
                    case Output.ConfigurationApplied change -> "applied " + change.effect();
                    case Output.KeepAlive keepAlive -> "keepalive";
                    case Output.OpenStream open -> "open " + open;
                    case Output.KeepStream keep -> "keep " + keep;
                    case Output.ReleaseStream release -> "release " + release;
                    case Output.Transmit transmit ->
                        String.format(
                                "transmit %02x%02x exchange %d flags %02x id %d",
                                transmit.message()[0],
                                transmit.message()[1],
                                transmit.message()[18],
                                transmit.message()[19],
                                transmit.message()[23]);
                };
        journal.add(String.format("%9.3f %s %s", clock.nowNanos() / 1e9, name, what));
    }

    private void transmit(Output.Transmit transmit) {
        transmitted++;
        byte[] payload = transmit.message();
        if (transmit.carrier() == Carrier.TCP) {
            streams.send(source(transmit.local()), transmit.remote(), payload);
            return;
        }
        if (transmit.local().port() == NAT_PORT) {
            payload = new byte[transmit.message().length + 4];
            System.arraycopy(transmit.message(), 0, payload, 4, transmit.message().length);
        }
        wire.send(source(transmit.local()), transmit.remote(), payload);
    }

    private UdpAddress source(UdpAddress local) {
        return local.address().isAny() ? new UdpAddress(address, local.port()) : local;
    }

    private void install(Output.InstallChildSa install) {
        ChildSaParameters p = install.parameters();
        if (installed.put(p.spiIn(), install) != null) {
            throw new IllegalStateException(name + " installs an SPI twice: " + install);
        }
        everInstalled.add(install);
        if (install.sending()) {
            active.add(p.spiIn());
            chooseSender(install.child());
        } else if (!sending.containsKey(install.child()) && !speaksIkeV1) {
            throw new IllegalStateException(name + " has nothing to send " + install.child() + " on\n" + log());
        }
    }

    private void remove(Output.RemoveChildSa remove) {
        if (installed.remove(remove.spiIn()) == null) {
            throw new IllegalStateException(name + " removes what is not there: " + remove);
        }
        removals.add(remove);
        if (remove.reason() == Output.RemovalReason.REKEYED) {
            receivingUntil.put(remove.spiIn(), clock.nowNanos() + STRAGGLERS_NANOS);
        }
        active.remove(remove.spiIn());
        chooseSender(remove.child());
    }

    /** As the data path does: the newest pair that may send. */
    private void chooseSender(String child) {
        sending.remove(child);
        pairs(child).stream()
                .map(ChildSaParameters::spiIn)
                .filter(active::contains)
                .forEach(spiIn -> sending.put(child, spiIn));
    }

    /** Whether a packet on that SA is taken, if only because it was on its way when a newer pair took its place. */
    boolean receives(int spiIn) {
        return installed.containsKey(spiIn) || receivingUntil.getOrDefault(spiIn, 0L) > clock.nowNanos();
    }

    /** The pair that carries outbound traffic of the child. */
    Optional<ChildSaParameters> sender(String child) {
        return Optional.ofNullable(sending.get(child))
                .map(spiIn -> Objects.requireNonNull(installed.get(spiIn)).parameters());
    }

    /** The pairs of one child. */
    List<ChildSaParameters> pairs(String child) {
        return installed.values().stream()
                .filter(i -> i.child().equals(child))
                .map(Output.InstallChildSa::parameters)
                .toList();
    }

    ChildSaParameters pair(String child) {
        List<ChildSaParameters> pairs = pairs(child);
        if (pairs.size() != 1) {
            throw new AssertionError(
                    name + " has " + pairs.size() + " pairs of '" + child + "', expected one; " + log());
        }
        return pairs.getFirst();
    }

    LastKeys lastKeys() {
        return lastKeys.orElseThrow();
    }

    TunnelStatus status() {
        return status.values().iterator().next();
    }

    Optional<TunnelStatus.Failure> failure() {
        return status().failure();
    }

    boolean isEstablished() {
        return status().state() == TunnelStatus.State.ESTABLISHED;
    }

    long count(AuditEvent event) {
        return audit.stream().filter(a -> a.event() == event).count();
    }

    /** For failed assertions. */
    String log() {
        return String.join("\n", journal);
    }
}

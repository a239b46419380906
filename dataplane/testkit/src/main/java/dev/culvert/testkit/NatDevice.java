package dev.culvert.testkit;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A masquerading NAT: one mapping for each inside address and port (endpoint-independent mapping), through which only
 * those get in to whom the inside has written since the mapping was made (address and port dependent filtering,
 * RFC 4787 §5). Only traffic from inside keeps a mapping alive. Made by {@link SimulatedNetwork#addNat}.
 */
public final class NatDevice {
    private final SplittableRandom random;
    private final Set<IpAddress> inside = new HashSet<>();
    private final Map<UdpAddress, Mapping> byInside = new HashMap<>();
    private final Map<Integer, Mapping> byPort = new HashMap<>();
    private final Map<Integer, UdpAddress> forwards = new HashMap<>();
    private IpAddress publicAddress;
    private long idleTimeoutNanos = Duration.ofMinutes(2).toNanos();
    private boolean preservesPorts;

    NatDevice(IpAddress publicAddress, Set<IpAddress> inside, SplittableRandom random) {
        this.publicAddress = publicAddress;
        this.inside.addAll(inside);
        this.random = random;
    }

    public IpAddress publicAddress() {
        return publicAddress;
    }

    /** How long a mapping lives without traffic from inside; 2 minutes unless told (RFC 4787 REQ-5). */
    public void idleTimeout(Duration timeout) {
        idleTimeoutNanos = timeout.toNanos();
    }

    /** Whether a new mapping takes the inside port where it is free. Off unless told, so that ports visibly change. */
    public void preservesPorts(boolean preserves) {
        preservesPorts = preserves;
    }

    /** A fixed mapping from outside in for everybody: what lets a peer behind this NAT be a responder. */
    public void forward(int publicPort, UdpAddress insideAddress) {
        forwards.put(publicPort, insideAddress);
    }

    /** Forgets all mappings, as a reboot does: the next datagram from inside gets another port. */
    public void forgetMappings() {
        byInside.clear();
        byPort.clear();
    }

    /** Forgets all mappings and has another public address from now on, as after a reconnection. */
    public void changePublicAddress(IpAddress newAddress) {
        publicAddress = newAddress;
        forgetMappings();
    }

    /** What the outside sees of an inside address now; nothing where there is no mapping. */
    public Optional<UdpAddress> mappingOf(UdpAddress insideAddress) {
        Mapping mapping = byInside.get(insideAddress);
        return mapping == null ? Optional.empty() : Optional.of(new UdpAddress(publicAddress, mapping.publicPort));
    }

    boolean hidesInside(IpAddress address) {
        return inside.contains(address);
    }

    UdpAddress outbound(UdpAddress from, UdpAddress to, long nowNanos) {
        for (Map.Entry<Integer, UdpAddress> forward : forwards.entrySet()) {
            if (forward.getValue().equals(from)) {
                return new UdpAddress(publicAddress, forward.getKey());
            }
        }
        Mapping mapping = byInside.get(from);
        if (mapping == null || expired(mapping, nowNanos)) {
            if (mapping != null) {
                byPort.remove(mapping.publicPort);
            }
            mapping = new Mapping(from, freePort(from.port()), nowNanos);
            byInside.put(from, mapping);
            byPort.put(mapping.publicPort, mapping);
        }
        mapping.lastOutboundNanos = nowNanos;
        mapping.writtenTo.add(to);
        return new UdpAddress(publicAddress, mapping.publicPort);
    }

    Optional<UdpAddress> inbound(UdpAddress from, UdpAddress to, long nowNanos) {
        UdpAddress forward = forwards.get(to.port());
        if (forward != null) {
            return Optional.of(forward);
        }
        Mapping mapping = byPort.get(to.port());
        return mapping == null || expired(mapping, nowNanos) || !mapping.writtenTo.contains(from)
                ? Optional.empty()
                : Optional.of(mapping.inside);
    }

    private boolean expired(Mapping mapping, long nowNanos) {
        return nowNanos - mapping.lastOutboundNanos > idleTimeoutNanos;
    }

    private int freePort(int wanted) {
        if (preservesPorts && isFree(wanted)) {
            return wanted;
        }
        while (true) {
            int port = random.nextInt(20_000, 60_000);
            if (isFree(port)) {
                return port;
            }
        }
    }

    private boolean isFree(int port) {
        return !byPort.containsKey(port) && !forwards.containsKey(port);
    }

    private static final class Mapping {
        private final UdpAddress inside;
        private final int publicPort;
        private final Set<UdpAddress> writtenTo = new HashSet<>();
        private long lastOutboundNanos;

        private Mapping(UdpAddress inside, int publicPort, long nowNanos) {
            this.inside = inside;
            this.publicPort = publicPort;
            this.lastOutboundNanos = nowNanos;
        }
    }
}

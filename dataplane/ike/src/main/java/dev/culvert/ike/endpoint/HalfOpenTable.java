package dev.culvert.ike.endpoint;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.IkeSaState;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.UdpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The IKE SAs that we answered IKE_SA_INIT for: found again when the request is repeated, and counted while nobody has
 * authenticated (RFC 8019 §4).
 */
final class HalfOpenTable {
    private static final int IPV6_PREFIX = 64;

    private record Request(UdpAddress peer, Bytes message) {}

    private static final class Entry {
        final Request request;
        final IpPrefix prefix;
        boolean counted = true;

        Entry(Request request, IpPrefix prefix) {
            this.request = request;
            this.prefix = prefix;
        }
    }

    private final EndpointConfig.HalfOpenLimits limits;
    private final Map<Request, IkeSa> byRequest = new HashMap<>();
    private final Map<IkeSa, Entry> entries = new HashMap<>();
    private final Map<IpPrefix, Integer> byPrefix = new HashMap<>();
    private int count;

    HalfOpenTable(EndpointConfig.HalfOpenLimits limits) {
        this.limits = limits;
    }

    /** The SA that this very request led to: the whole message decides, not its SPI (RFC 7296 §2.1). */
    Optional<IkeSa> find(IkeDatagram request) {
        return Optional.ofNullable(byRequest.get(new Request(request.remote(), Bytes.of(request.message()))));
    }

    int count() {
        return count;
    }

    /** Whether a request from there has to prove its return path first. */
    boolean wantsCookie(UdpAddress peer) {
        return count >= limits.cookieAt() || 2 * from(peer) >= limits.maximumPerPrefix();
    }

    boolean isFull(UdpAddress peer) {
        return count >= limits.maximum() || from(peer) >= limits.maximumPerPrefix();
    }

    void add(IkeSa sa, IkeDatagram request) {
        Request key = new Request(request.remote(), Bytes.of(request.message()));
        IpPrefix prefix = prefix(request.remote().address());
        byRequest.put(key, sa);
        entries.put(sa, new Entry(key, prefix));
        byPrefix.merge(prefix, 1, Integer::sum);
        count++;
    }

    /** Stops counting an SA that is half-open no more. */
    void update(IkeSa sa) {
        Entry entry = entries.get(sa);
        if (entry != null && entry.counted && sa.state() != IkeSaState.HALF_OPEN) {
            entry.counted = false;
            byPrefix.computeIfPresent(entry.prefix, (prefix, n) -> n == 1 ? null : n - 1);
            count--;
        }
    }

    void remove(IkeSa sa) {
        update(sa);
        Entry entry = entries.remove(sa);
        if (entry != null) {
            byRequest.remove(entry.request);
        }
    }

    private int from(UdpAddress peer) {
        return byPrefix.getOrDefault(prefix(peer.address()), 0);
    }

    private static IpPrefix prefix(IpAddress address) {
        return address.isV4() ? IpPrefix.host(address) : new IpPrefix(new IpAddress(6, address.high(), 0), IPV6_PREFIX);
    }
}

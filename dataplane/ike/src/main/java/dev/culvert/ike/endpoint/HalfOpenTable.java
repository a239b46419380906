package dev.culvert.ike.endpoint;

import dev.culvert.crypto.Hash;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.BegunSa;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.UdpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The IKE SAs whose first message we answered: found again when the request is repeated, and counted while nobody has
 * authenticated (RFC 8019 §4). One thread owns it; others may ask for the counts.
 *
 * <p>A configured peer may begin all its tunnels at once, and others' half-open SAs are not its fault: for its address
 * only what comes from there counts, until the table is about half full.
 */
public final class HalfOpenTable<S extends BegunSa> {
    private static final int IPV6_PREFIX = 64;

    /** Of so many times as many half-open SAs on, configured peers have to return cookies as well. */
    private static final int PEERS_COOKIE_FACTOR = 50;

    /** @param digest of the whole message, which may be long and is kept for as long as the SA lives */
    private record Request(UdpAddress peer, Bytes digest) {
        static Request of(IkeDatagram request) {
            return new Request(request.remote(), Bytes.of(Hash.SHA2_256.digest(request.message())));
        }
    }

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
    private final Map<Request, S> byRequest = new HashMap<>();
    private final Map<S, Entry> entries = new HashMap<>();
    private final Map<IpPrefix, Integer> byPrefix = new ConcurrentHashMap<>();
    private final Set<Long> spis = ConcurrentHashMap.newKeySet();
    /** Entries that are not counted any more. */
    private int settled;

    private volatile int count;

    public HalfOpenTable(EndpointConfig.HalfOpenLimits limits) {
        this.limits = limits;
    }

    /** The SA that this very request led to: the whole message decides, not its SPI (RFC 7296 §2.1). */
    public Optional<S> find(IkeDatagram request) {
        return Optional.ofNullable(byRequest.get(Request.of(request)));
    }

    /** Any thread. */
    public int count() {
        return count;
    }

    /** Whether that is our SPI of a half-open SA. Any thread. */
    public boolean contains(long localSpi) {
        return spis.contains(localSpi);
    }

    /**
     * Whether a request from there has to prove its return path first. Any thread.
     *
     * @param expected tunnels that name that address as their peer's
     */
    public boolean wantsCookie(UdpAddress peer, int expected) {
        int total = expected == 0
                ? limits.cookieAt()
                : Math.min(PEERS_COOKIE_FACTOR * limits.cookieAt(), limits.maximum() / 2);
        return count >= total || from(peer) >= (limits.maximumPerPrefix() + 1) / 2 + expected;
    }

    /** Whether there are so many that not even who proved its return path gets in; others' do not keep a peer out. */
    public boolean isFull(UdpAddress peer, int expected) {
        int total = expected == 0 ? limits.maximum() : 2 * Math.max(limits.maximum(), expected);
        return count >= total || from(peer) >= limits.maximumPerPrefix() + 2 * expected;
    }

    public void add(S sa, IkeDatagram request) {
        Request key = Request.of(request);
        IpPrefix prefix = prefix(request.remote().address());
        byRequest.put(key, sa);
        entries.put(sa, new Entry(key, prefix));
        byPrefix.merge(prefix, 1, Integer::sum);
        spis.add(sa.localSpi());
        count = entries.size() - settled;
    }

    /** Stops counting an SA that is half-open no more. */
    public void update(S sa) {
        Entry entry = entries.get(sa);
        if (entry != null && entry.counted && !sa.isHalfOpen()) {
            entry.counted = false;
            byPrefix.computeIfPresent(entry.prefix, (prefix, n) -> n == 1 ? null : n - 1);
            spis.remove(sa.localSpi());
            settled++;
            count = entries.size() - settled;
        }
    }

    public void remove(S sa) {
        update(sa);
        Entry entry = entries.remove(sa);
        if (entry != null) {
            byRequest.remove(entry.request);
            settled--;
        }
    }

    private int from(UdpAddress peer) {
        return byPrefix.getOrDefault(prefix(peer.address()), 0);
    }

    private static IpPrefix prefix(IpAddress address) {
        return address.isV4() ? IpPrefix.host(address) : IpPrefix.around(address, IPV6_PREFIX);
    }
}

package dev.culvert.agent.revocation;

import dev.culvert.crypto.x509.Crl;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * CRLs that were fetched and are in their time, by URL, those used last; and one lock for each few URLs, so that of many
 * peers who come at the same moment one fetches and the others wait for it.
 */
final class CrlCache {
    private static final int MAX_OCTETS = 16 * 1024 * 1024;
    private static final int LOCKS = 16;

    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
    private long octets;

    private record Entry(Crl crl, int octets, Instant until) {}

    CrlCache() {
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    /** Has the URL to oneself; false if it took too long. To be followed by {@link #release} if not. */
    boolean acquire(String url, long nanos) throws InterruptedException {
        return lock(url).tryLock(nanos, TimeUnit.NANOSECONDS);
    }

    void release(String url) {
        lock(url).unlock();
    }

    synchronized Optional<Crl> find(String url, Instant now) {
        return Optional.ofNullable(entries.get(url))
                .filter(entry -> now.isBefore(entry.until()))
                .map(Entry::crl);
    }

    /**
     * Keeps a CRL that was found to be valid.
     *
     * @param length of its encoding
     */
    synchronized void keep(String url, Crl crl, int length, Instant until) {
        Entry before = entries.put(url, new Entry(crl, length, until));
        octets += length - (before == null ? 0 : before.octets());
        var eldest = entries.entrySet().iterator();
        while (octets > MAX_OCTETS && eldest.hasNext()) {
            octets -= eldest.next().getValue().octets();
            eldest.remove();
        }
    }

    private ReentrantLock lock(String url) {
        return locks[Math.floorMod(url.hashCode(), LOCKS)];
    }
}

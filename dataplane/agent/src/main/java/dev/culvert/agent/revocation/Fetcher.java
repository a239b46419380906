package dev.culvert.agent.revocation;

import java.time.Duration;
import java.util.Optional;

/** Gets what a URL leads to, within bounds. Blocking: for a virtual thread. */
interface Fetcher {
    /**
     * What is asked for.
     *
     * @param hosts from which it may come
     * @param post sent with POST as an OCSP request; GET without
     * @param maximum octets of the answer
     * @param timeout for everything, name lookup included
     */
    record Request(String url, AllowedHosts hosts, Optional<byte[]> post, int maximum, Duration timeout) {}

    /**
     * Fetches.
     *
     * @throws FetchException if nothing came that can be used, or nothing may be fetched from there
     */
    byte[] fetch(Request request) throws FetchException, InterruptedException;
}

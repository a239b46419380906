package dev.culvert.agent.revocation;

import dev.culvert.api.v1alpha1.validation.AllowedHost;
import dev.culvert.wire.IpAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What of the URLs in certificates may be fetched. They are somebody else's: without this list whoever issues certificates
 * could have us call any service that we reach.
 */
public record AllowedHosts(Set<AllowedHost> hosts) {
    public AllowedHosts {
        hosts = Set.copyOf(hosts);
    }

    /**
     * Reads a tunnel's list.
     *
     * @throws IllegalArgumentException if an entry is none
     */
    public static AllowedHosts of(List<String> entries) {
        return new AllowedHosts(entries.stream().map(AllowedHost::parse).collect(Collectors.toSet()));
    }

    /**
     * A URL that may be fetched, if the addresses of its host may.
     *
     * @param host a name in lower case or an address, without brackets
     * @param port never 0
     * @param target path and query as they go into a request
     */
    record Place(boolean tls, String host, int port, String target) {
        /** As it stands in a request's Host field. */
        String authority() {
            String name = host.contains(":") ? "[" + host + "]" : host;
            return port == standardPort(tls) ? name : name + ":" + port;
        }
    }

    /**
     * Reads a URL.
     *
     * @throws FetchException saying why it may not be fetched
     */
    Place place(String url) throws FetchException {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new FetchException("it is not a URL");
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new FetchException("only http and https are fetched");
        }
        if (uri.getHost() == null || uri.getUserInfo() != null) {
            throw new FetchException("it names no host, or somebody at it");
        }
        boolean tls = scheme.equals("https");
        String host = canonical(uri.getHost());
        int port = uri.getPort() == -1 ? standardPort(tls) : uri.getPort();
        if (!names(host, port, tls)) {
            throw new FetchException(
                    "allowedHosts does not have " + host + (port == standardPort(tls) ? "" : " with port " + port));
        }
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new Place(tls, host, port, uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    }

    /**
     * Checks an address that a place's name leads to, so that a name cannot lead where no certificate should.
     *
     * @throws FetchException if it is one that only the list itself may name
     */
    void check(Place place, IpAddress address) throws FetchException {
        if (LocalAddresses.contains(address) && !names(address.toString(), place.port(), place.tls())) {
            throw new FetchException("it leads to " + address
                    + ", a loopback, link-local or metadata address that allowedHosts" + " does not have");
        }
    }

    private boolean names(String host, int port, boolean tls) {
        return hosts.stream()
                .anyMatch(
                        allowed -> allowed.host().equals(host) && allowed.port().orElse(standardPort(tls)) == port);
    }

    /** As {@link AllowedHost} writes it. */
    private static String canonical(String host) {
        try {
            return AllowedHost.parse(host).host();
        } catch (IllegalArgumentException e) {
            // no name that could be on the list
            return host.toLowerCase(Locale.ROOT);
        }
    }

    private static int standardPort(boolean tls) {
        return tls ? 443 : 80;
    }
}

package dev.culvert.api.v1alpha1.validation;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * A host that may be fetched from.
 *
 * @param host a domain name in lower case, or an address without brackets
 * @param port empty for the scheme's own
 */
public record AllowedHost(String host, OptionalInt port) {
    private static final int MAX_PORT = 65535;

    /**
     * Reads {@code pki.example}, {@code pki.example:8080}, {@code 192.0.2.1} or {@code [2001:db8::1]:8080}.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static AllowedHost parse(String text) {
        boolean bracketed = text.startsWith("[");
        int end = bracketed ? text.indexOf(']') + 1 : text.contains(":") ? text.indexOf(':') : text.length();
        String host = bracketed && end > 0 ? text.substring(1, end - 1) : text.substring(0, end);
        boolean known = bracketed
                ? Addresses.ip(host).filter(address -> !address.isV4()).isPresent()
                : Addresses.isIp(host) || Addresses.isDomainName(host);
        String rest = text.substring(end);
        if (!known || !rest.matches("(:[1-9][0-9]{0,4})?")) {
            throw new IllegalArgumentException("'" + text + "' is not a host");
        }
        OptionalInt port = rest.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(rest.substring(1)));
        if (port.orElse(1) > MAX_PORT) {
            throw new IllegalArgumentException("'" + text + "' has a port above " + MAX_PORT);
        }
        String canonical = Addresses.ip(host).map(Object::toString).orElseGet(() -> host.toLowerCase(Locale.ROOT));
        return new AllowedHost(canonical, port);
    }
}

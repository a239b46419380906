package dev.culvert.api.v1alpha1.validation;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.Optional;
import java.util.regex.Pattern;

/** What of a text is an address, a network or a name, as strictly as CEL's own functions. */
final class Addresses {
    /** {@link java.net.InetAddress} takes 10.1 and 0x0a000001 as well. */
    private static final Pattern DOTTED_QUAD = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
    private static final Pattern ALL_NUMERIC = Pattern.compile("[0-9.]+");
    private static final Pattern DOMAIN_NAME =
            Pattern.compile("([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?");

    private Addresses() {}

    static Optional<IpAddress> ip(String text) {
        if (!DOTTED_QUAD.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            // An IPv4 address in IPv6 notation is neither.
            return Optional.of(IpAddress.parse(text)).filter(address -> address.isV4() != text.contains(":"));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static boolean isIp(String text) {
        return ip(text).isPresent();
    }

    static boolean isDomainName(String text) {
        return DOMAIN_NAME.matcher(text).matches() && !ALL_NUMERIC.matcher(text).matches();
    }

    /**
     * A network in CIDR notation.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static IpPrefix network(String text) {
        int slash = text.indexOf('/');
        if (slash < 0
                || !isIp(text.substring(0, slash))
                || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' is not a network in CIDR notation");
        }
        return IpPrefix.parse(text);
    }
}

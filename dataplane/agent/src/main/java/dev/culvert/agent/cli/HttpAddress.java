package dev.culvert.agent.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 127.0.0.1:9180}, {@code [::1]:9180}, or {@code :9180} for all addresses. */
final class HttpAddress implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            String host = text.substring(0, Math.max(colon, 0));
            if (colon < 0 || port < 0 || port > 65535 || (host.contains(":") && !host.startsWith("["))) {
                throw unusable(text);
            }
            if (host.isEmpty()) {
                return new InetSocketAddress(port);
            }
            String literal = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
        } catch (IllegalArgumentException e) {
            throw unusable(text);
        }
    }

    private static TypeConversionException unusable(String text) {
        return new TypeConversionException(
                "'" + text + "' is not ADDRESS:PORT, such as 127.0.0.1:9180, [::1]:9180 or :9180");
    }
}

package dev.culvert.ike.endpoint;

/**
 * Whether IKE and ESP may go in a TCP connection (RFC 9329), which gets through where UDP does not, and costs throughput.
 *
 * @param mode when a connection is opened
 * @param port TCP port of the peer to which it is opened
 */
public record TcpEncapsulation(Mode mode, int port) {
    public static final TcpEncapsulation OFF = new TcpEncapsulation(Mode.OFF, 4500);

    public TcpEncapsulation {
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("TCP port " + port + " is not in 1 to 65535");
        }
    }

    /** When it is used. What a peer opens is used in any case, unless it is off. */
    public enum Mode {
        OFF,
        /** Where the peer does not answer by UDP (RFC 9329 §5.1). */
        FALLBACK,
        /** Not even tried by UDP. */
        ALWAYS
    }

    public boolean isAllowed() {
        return mode != Mode.OFF;
    }
}

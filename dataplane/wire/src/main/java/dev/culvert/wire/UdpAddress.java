package dev.culvert.wire;

/**
 * An IP address with a UDP port.
 *
 * @param port 0 to 65535
 */
public record UdpAddress(IpAddress address, int port) {
    public UdpAddress {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
        }
    }

    public static UdpAddress of(String address, int port) {
        return new UdpAddress(IpAddress.parse(address), port);
    }

    public UdpAddress withPort(int newPort) {
        return newPort == port ? this : new UdpAddress(address, newPort);
    }

    @Override
    public String toString() {
        return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
    }
}

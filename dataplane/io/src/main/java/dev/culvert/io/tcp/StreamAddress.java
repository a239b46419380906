package dev.culvert.io.tcp;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * The two ends of a connection. The local address may be the unspecified one as long as the kernel has not chosen it.
 */
record StreamAddress(UdpAddress local, UdpAddress remote) {
    /** The ends that a connected channel has. */
    static StreamAddress of(SocketChannel channel) throws IOException {
        return new StreamAddress(
                of((InetSocketAddress) channel.getLocalAddress()), of((InetSocketAddress) channel.getRemoteAddress()));
    }

    private static UdpAddress of(InetSocketAddress address) {
        return new UdpAddress(IpAddress.of(address.getAddress()), address.getPort());
    }

    static InetSocketAddress socketAddress(UdpAddress address) {
        return new InetSocketAddress(address.address().toInetAddress(), address.port());
    }
}

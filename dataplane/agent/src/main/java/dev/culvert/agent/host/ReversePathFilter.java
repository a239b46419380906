package dev.culvert.agent.host;

import dev.culvert.io.udp.OwnSource;
import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The kernel's check that a packet came by the device by which an answer to its source would leave (RFC 3704 §2.2). An
 * answer to a peer of transport mode would leave by the TUN device, while the peer's ESP, AH and IKE come by another one,
 * and so does what a policy has come in the clear: where the check is strict, the kernel drops these.
 */
public final class ReversePathFilter {
    private static final Path SETTINGS = Path.of("/proc/sys/net/ipv4/conf");
    private static final int STRICT = 1;

    private ReversePathFilter() {}

    /** The device by which our packets to the peer leave, if the kernel is strict with what comes by it. */
    public static Optional<String> strictTowards(IpAddress peer) {
        return peer.isV4()
                ? OwnSource.towards(peer).flatMap(ReversePathFilter::device).filter(ReversePathFilter::isStrict)
                : Optional.empty();
    }

    /** For people, what to do about it. */
    public static String inTheWay(String device) {
        return "the strict reverse path filter of " + device
                + " drops what does not come by the way that other packets to its sender take: what the peer of a child in transport mode sends, and what a policy lets past the tunnel; make it loose: sysctl -w net.ipv4.conf."
                + device + ".rp_filter=2";
    }

    private static Optional<String> device(IpAddress source) {
        try {
            return Optional.ofNullable(NetworkInterface.getByInetAddress(source.toInetAddress()))
                    .map(NetworkInterface::getName);
        } catch (SocketException e) {
            return Optional.empty();
        }
    }

    /** What counts is the greater one of a device's own setting and that for all (ip-sysctl of the kernel). */
    private static boolean isStrict(String device) {
        return Math.max(setting("all"), setting(device)) == STRICT;
    }

    private static int setting(String device) {
        try {
            return Integer.parseInt(Files.readString(SETTINGS.resolve(device).resolve("rp_filter"))
                    .strip());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}

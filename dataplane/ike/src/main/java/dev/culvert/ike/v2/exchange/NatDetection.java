package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.Hash;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.wire.UdpAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * NAT detection (RFC 7296 §2.23): hashes of SPIs, address and port in both directions.
 *
 * @param supported whether the peer sent such notifies at all; without them there is no NAT traversal
 * @param localBehindNat the peer sees us at another address than we do
 * @param remoteBehindNat we see the peer at another address than it does, or it pretends so to have ESP encapsulated
 */
public record NatDetection(boolean supported, boolean localBehindNat, boolean remoteBehindNat) {
    public static final NatDetection NONE = new NatDetection(false, false, false);

    /**
     * The two notifies to send.
     *
     * @param forged whether the source hash is to match nothing, so that the peer finds a NAT before us
     */
    public static List<Payload> notifies(
            long spiInitiator,
            long spiResponder,
            UdpAddress local,
            UdpAddress remote,
            boolean forged,
            RandomSource random) {
        byte[] source = forged || local.address().isAny()
                ? random.bytes(Hash.SHA1.length())
                : hash(spiInitiator, spiResponder, local);
        return List.of(
                NotifyPayload.of(NotifyType.NAT_DETECTION_SOURCE_IP, Bytes.of(source)),
                NotifyPayload.of(
                        NotifyType.NAT_DETECTION_DESTINATION_IP, Bytes.of(hash(spiInitiator, spiResponder, remote))));
    }

    /**
     * What the notifies of a received message say. The SPIs are those in its header.
     *
     * @param local where it arrived
     * @param remote where it came from
     */
    public static NatDetection of(IkeMessage message, UdpAddress local, UdpAddress remote) {
        List<NotifyPayload> notifies = message.all(NotifyPayload.class);
        List<NotifyPayload> sources = notifies.stream()
                .filter(n -> n.is(NotifyType.NAT_DETECTION_SOURCE_IP))
                .toList();
        List<NotifyPayload> destinations = notifies.stream()
                .filter(n -> n.is(NotifyType.NAT_DETECTION_DESTINATION_IP))
                .toList();
        if (sources.isEmpty() || destinations.isEmpty()) {
            return NONE;
        }
        long spiI = message.header().initiatorSpi();
        long spiR = message.header().responderSpi();
        Bytes remoteHash = Bytes.of(hash(spiI, spiR, remote));
        Bytes localHash = Bytes.of(hash(spiI, spiR, local));
        return new NatDetection(
                true,
                !local.address().isAny()
                        && destinations.stream().noneMatch(n -> n.data().equals(localHash)),
                sources.stream().noneMatch(n -> n.data().equals(remoteHash)));
    }

    /** SHA-1 of SPIi | SPIr | address | port. */
    static byte[] hash(long spiInitiator, long spiResponder, UdpAddress address) {
        byte[] ip = address.address().toBytes();
        return Hash.SHA1.digest(ByteBuffer.allocate(2 * Long.BYTES + ip.length + Short.BYTES)
                .putLong(spiInitiator)
                .putLong(spiResponder)
                .put(ip)
                .putShort((short) address.port())
                .array());
    }
}

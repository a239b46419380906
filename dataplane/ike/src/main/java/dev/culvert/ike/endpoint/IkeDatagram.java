package dev.culvert.ike.endpoint;

import dev.culvert.wire.Carrier;
import dev.culvert.wire.UdpAddress;

/**
 * One IKE message as it came in, by UDP or in a TCP stream (RFC 9329).
 *
 * @param carrier UDP or TCP
 * @param local our address and port that it was sent to; the address may be the unspecified one if it is not known
 * @param remote where it came from
 * @param message the IKE message without the non-ESP marker (RFC 7296 §2.23); the receiver owns the array
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared; nobody compares datagrams
public record IkeDatagram(Carrier carrier, UdpAddress local, UdpAddress remote, byte[] message) {
    /** One that came by UDP. */
    public IkeDatagram(UdpAddress local, UdpAddress remote, byte[] message) {
        this(Carrier.UDP, local, remote, message);
    }

    public boolean isInStream() {
        return carrier == Carrier.TCP;
    }
}

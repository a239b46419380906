package dev.culvert.ipsec.sad;

import dev.culvert.ipsec.ah.AhHeader;
import dev.culvert.ipsec.ah.AhIcv;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.PacketBuffer;

/** RFC 4302 §3.3. */
final class AhSealer implements Sealer {
    private final AhIcv icv;

    AhSealer(AhIcv icv) {
        this.icv = icv;
    }

    @Override
    public int protocol() {
        return IpProtocol.AH;
    }

    @Override
    public int headerLength(int ipVersion) {
        return AhHeader.length(icv.icvLength(), ipVersion);
    }

    @Override
    public void seal(PacketBuffer payload, int ipVersion, int spi, long sequence, int nextHeader) {
        int length = headerLength(ipVersion);
        payload.offset -= length;
        payload.length += length;
        AhHeader.write(payload.array, payload.offset, length, nextHeader, spi, (int) sequence);
    }

    @Override
    public boolean sign(PacketBuffer packet, int header, long sequence) {
        return icv.sign(packet.array, packet.offset, header, packet.end(), sequence);
    }

    @Override
    public void close() {
        // The JCA's copies of the key cannot be reached.
    }
}

package dev.culvert.ipsec.sad;

import dev.culvert.ipsec.ah.AhHeader;
import dev.culvert.ipsec.ah.AhIcv;
import dev.culvert.wire.IpProtocol;

/** RFC 4302 §3.4. */
final class AhOpener implements Opener {
    private final AhIcv icv;

    AhOpener(AhIcv icv) {
        this.icv = icv;
    }

    @Override
    public int protocol() {
        return IpProtocol.AH;
    }

    @Override
    public int minimumLength() {
        return AhHeader.FIXED_LENGTH + icv.icvLength();
    }

    @Override
    public int open(byte[] a, int outer, int header, int length, long sequence, byte[] out, int outOffset) {
        int ah = AhHeader.length(a, header);
        if (ah > length
                || !AhHeader.isLength(ah, icv.icvLength())
                || !icv.verify(a, outer, header, header + length, sequence)) {
            return NOT_AUTHENTIC;
        }
        System.arraycopy(a, header + ah, out, outOffset, length - ah);
        return length - ah;
    }

    @Override
    public void close() {
        // The JCA's copies of the key cannot be reached.
    }
}

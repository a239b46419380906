package dev.culvert.ipsec.ah;

import dev.culvert.crypto.PacketMac;
import dev.culvert.wire.BigEndian;
import java.util.Arrays;

/**
 * The integrity check value of AH (RFC 4302 §3.3.3): over the IP header with its mutable fields zero, AH with a zero ICV,
 * everything behind it, and with ESN the upper half of the sequence number. Owned by one worker.
 */
public final class AhIcv {
    /** Bytes of IP header, options or extension headers, and AH; an honest packet has far fewer. */
    private static final int LONGEST_HEADERS = 512;

    private final PacketMac mac;
    private final boolean esn;
    private final byte[] headers = new byte[LONGEST_HEADERS];
    private final byte[] sequenceHigh = new byte[Integer.BYTES];

    public AhIcv(PacketMac mac, boolean esn) {
        this.mac = mac;
        this.esn = esn;
    }

    public int icvLength() {
        return mac.icvLength();
    }

    /**
     * Writes the ICV into a packet that is otherwise complete.
     *
     * @param ip offset of the IP header
     * @param ah offset of the AH header
     * @param end offset behind the packet
     * @return false if the packet's options or extension headers are malformed
     */
    public boolean sign(byte[] a, int ip, int ah, int end, long sequence) {
        if (!take(a, ip, ah, end, sequence)) {
            return false;
        }
        mac.sign(a, ah + AhHeader.ICV);
        return true;
    }

    /** Whether a packet has the ICV that it should. */
    public boolean verify(byte[] a, int ip, int ah, int end, long sequence) {
        return take(a, ip, ah, end, sequence) && mac.verify(a, ah + AhHeader.ICV);
    }

    private boolean take(byte[] a, int ip, int ah, int end, long sequence) {
        int payload = ah + AhHeader.length(a, ah);
        int length = payload - ip;
        if (length > LONGEST_HEADERS || payload > end) {
            return false;
        }
        System.arraycopy(a, ip, headers, 0, length);
        if (!MutableFields.zero(headers, ah - ip)) {
            return false;
        }
        int icv = ah - ip + AhHeader.ICV;
        Arrays.fill(headers, icv, icv + mac.icvLength(), (byte) 0);
        mac.update(headers, 0, length);
        mac.update(a, payload, end - payload);
        if (esn) {
            BigEndian.putInt32(sequenceHigh, 0, (int) (sequence >>> 32));
            mac.update(sequenceHigh, 0, sequenceHigh.length);
        }
        return true;
    }
}

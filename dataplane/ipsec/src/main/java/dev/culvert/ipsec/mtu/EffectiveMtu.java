package dev.culvert.ipsec.mtu;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ipsec.ah.AhHeader;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.wire.Carrier;

/**
 * How long an inner packet may be so that what carries it fits the path: the MTU for a TUN device is the smallest over
 * its SAs. Wrong, it is the tunnel that is up and where only small packets get through.
 */
public final class EffectiveMtu {
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int UDP_HEADER = 8;
    /** With timestamps, and the length before each message (RFC 9329 §3.2): one that fits a segment costs no second. */
    private static final int TCP_HEADER = 20 + 12 + 2;

    private static final int ESP_HEADER = 8;
    private static final int ESP_TRAILER = 2;

    private EffectiveMtu() {}

    /**
     * The longest inner packet in bytes. In transport mode that is the packet before ESP or AH is put into it.
     *
     * @param outerVersion 4 or 6
     * @param outerMtu the longest outer IP packet in bytes
     */
    public static int of(ChildSuite suite, SaMode mode, Carrier carrier, int outerVersion, int outerMtu) {
        int header = outerVersion == 4 ? IPV4_HEADER : IPV6_HEADER;
        if (suite.protocol() == SecurityProtocol.AH) {
            int authenticated = Math.max(0, outerMtu - header - AhHeader.length(suite.icvLength(), outerVersion));
            return mode == SaMode.TUNNEL ? authenticated : authenticated + header;
        }
        int room = outerMtu
                - header
                - switch (carrier) {
                    case IP -> 0;
                    case UDP -> UDP_HEADER;
                    case TCP -> TCP_HEADER;
                }
                - ESP_HEADER
                - suite.encryption().ivLength()
                - suite.icvLength();
        int payload = Math.max(0, room - room % suite.padBlock() - ESP_TRAILER);
        return mode == SaMode.TUNNEL ? payload : payload + header;
    }

    /**
     * The longest inner packet in tunnel mode with UDP encapsulation (RFC 4303 §2, RFC 3948 §2.1), in bytes.
     *
     * <p>1438 for AES-GCM over IPv4 and 1500.
     *
     * @param outerVersion 4 or 6
     * @param outerMtu the longest outer IP packet in bytes
     */
    public static int udpEncapsulated(ChildSuite suite, int outerVersion, int outerMtu) {
        return of(suite, SaMode.TUNNEL, Carrier.UDP, outerVersion, outerMtu);
    }
}

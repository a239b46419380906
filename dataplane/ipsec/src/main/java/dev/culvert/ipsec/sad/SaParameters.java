package dev.culvert.ipsec.sad;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.List;

/**
 * A pair of SAs, as an IKE exchange creates them (RFC 7296 §2.17, RFC 4301 §4.4.2.1). The pair is
 * known by {@link #spiIn}, which is ours to choose and unique in a data path.
 *
 * @param tunnel name for events and status
 * @param child name of the child within the tunnel; together with {@code tunnel} the key to its policy
 * @param spiIn SPI that the peer sends to us, 256 or above (unsigned)
 * @param spiOut SPI that we send to the peer, 256 or above (unsigned)
 * @param encryptionKeyIn with the salt behind it where the algorithm has one (RFC 4106 §8.1). The data path copies what
 *     it needs during installation; the caller keeps these keys and closes them
 * @param integrityKeyIn empty with an AEAD
 * @param local traffic selectors of our side, as negotiated; not empty
 * @param remote traffic selectors of the peer's side, as negotiated; not empty
 * @param mode tunnel or transport
 * @param carrier whether packets go as IP protocol 50, in UDP (RFC 3948) or in a TCP stream (RFC 9329)
 * @param outerLocal our address and, unless the carrier is IP, port
 * @param outerRemote the peer's
 * @param outerMtu MTU in bytes of the device by which packets leave; the path's may be less
 * @param replayWindow packets, {@link #MINIMUM_REPLAY_WINDOW} to {@link #MAXIMUM_REPLAY_WINDOW}, or 0 for no replay
 *     protection, which ESN does not allow (RFC 4303 §3.4.3)
 * @param sizes what is configured about the sizes of packets
 * @param outboundDeferred whether outbound traffic stays on the child's older SA until the peer was heard on this one or
 *     the older one is removed: what the responder of a rekey wants, since its peer may not have installed the new SA
 *     when the first packet arrives (RFC 7296 §2.8). The newest SA that is not deferred is used otherwise; without any
 *     other SA nothing is sent
 */
public record SaParameters(
        String tunnel,
        String child,
        int spiIn,
        int spiOut,
        ChildSuite suite,
        SecretBytes encryptionKeyIn,
        SecretBytes integrityKeyIn,
        SecretBytes encryptionKeyOut,
        SecretBytes integrityKeyOut,
        List<TrafficSelector> local,
        List<TrafficSelector> remote,
        SaMode mode,
        Carrier carrier,
        UdpAddress outerLocal,
        UdpAddress outerRemote,
        int outerMtu,
        int replayWindow,
        Lifetime lifetime,
        SizePolicy sizes,
        boolean outboundDeferred) {
    public static final int MINIMUM_REPLAY_WINDOW = 32;
    public static final int MAXIMUM_REPLAY_WINDOW = 4096;

    /** RFC 4303 §2.1: 1 to 255 are reserved by IANA, 0 is for local use and the non-ESP marker of RFC 3948. */
    public static final int LOWEST_SPI = 256;

    public SaParameters {
        local = List.copyOf(local);
        remote = List.copyOf(remote);
        requireSpi("inbound", spiIn);
        requireSpi("outbound", spiOut);
        if (local.isEmpty() || remote.isEmpty()) {
            throw new IllegalArgumentException("an SA needs traffic selectors for both sides");
        }
        if (replayWindow != 0 && (replayWindow < MINIMUM_REPLAY_WINDOW || replayWindow > MAXIMUM_REPLAY_WINDOW)) {
            throw new IllegalArgumentException("replay window " + replayWindow + " is neither 0 nor "
                    + MINIMUM_REPLAY_WINDOW + " to " + MAXIMUM_REPLAY_WINDOW);
        }
        if (suite.esn() && replayWindow == 0) {
            throw new IllegalArgumentException(
                    "extended sequence numbers need a replay window: without one their upper half is unknown");
        }
        if (suite.protocol() == SecurityProtocol.AH && carrier != Carrier.IP) {
            throw new IllegalArgumentException(
                    "AH does not go in UDP or TCP (RFC 3948 §1, RFC 9329 §1): it covers the addresses that a NAT changes");
        }
        if (outerLocal.address().version() != outerRemote.address().version()) {
            throw new IllegalArgumentException(outerLocal + " and " + outerRemote + " are of different IP versions");
        }
    }

    private static void requireSpi(String direction, int spi) {
        if (Integer.compareUnsigned(spi, LOWEST_SPI) < 0) {
            throw new IllegalArgumentException(direction + " SPI " + spi + " is reserved (0 to 255)");
        }
    }
}

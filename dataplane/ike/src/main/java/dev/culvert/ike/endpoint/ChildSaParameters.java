package dev.culvert.ike.endpoint;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.List;
import java.util.Optional;

/**
 * A pair of ESP security associations, as negotiated.
 *
 * @param spiIn the SPI on packets to us, chosen by us, unique within the endpoint, unsigned, at least 256
 * @param spiOut the SPI on packets to the peer, chosen by it
 * @param encryptionKeyIn with the salt behind it where the algorithm has one; the receiver of this record owns and
 *     closes the four keys
 * @param integrityKeyIn of length 0 for an AEAD
 * @param local what was agreed on for our side, after narrowing
 * @param remote what was agreed on for the peer's side
 * @param outerLocal our address and, unless the carrier is IP, port
 * @param outerRemote the peer's
 * @param carrier whether ESP goes as it is, into UDP (RFC 3948) or into the TCP stream of IKE (RFC 9329)
 * @param initiator whether we initiated the exchange that made it
 * @param replacesSpiIn our SPI of the pair that this one replaces
 * @param lifeBytes in either direction, after which the peer does not take it any more; 0 for no limit
 */
public record ChildSaParameters(
        int spiIn,
        int spiOut,
        ChildSuite suite,
        IpsecMode mode,
        SecretBytes encryptionKeyIn,
        SecretBytes integrityKeyIn,
        SecretBytes encryptionKeyOut,
        SecretBytes integrityKeyOut,
        List<TrafficSelector> local,
        List<TrafficSelector> remote,
        UdpAddress outerLocal,
        UdpAddress outerRemote,
        Carrier carrier,
        boolean localBehindNat,
        boolean peerBehindNat,
        boolean initiator,
        Optional<Integer> replacesSpiIn,
        long lifeBytes) {
    public ChildSaParameters {
        local = List.copyOf(local);
        remote = List.copyOf(remote);
    }
}

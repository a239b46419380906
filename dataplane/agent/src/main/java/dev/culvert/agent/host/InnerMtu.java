package dev.culvert.agent.host;

import dev.culvert.agent.config.DesiredState;
import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.DefaultProposals;
import dev.culvert.api.v1alpha1.Encapsulation;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.api.v1alpha1.TcpEncapsulation;
import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.Transform;
import dev.culvert.crypto.TransformType;
import dev.culvert.ipsec.mtu.EffectiveMtu;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.wire.Carrier;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * MTU of the TUN device: what fits each tunnel whichever of its proposals is chosen, so that it need not change when an
 * SA is negotiated.
 */
public final class InnerMtu {
    /** For a device without tunnels. */
    public static final int WITHOUT_TUNNELS = 1400;

    private InnerMtu() {}

    /**
     * The smallest over all tunnels, in bytes.
     *
     * @param outerMtu MTU of the path to a tunnel's peer
     */
    public static int of(DesiredState state, ToIntFunction<DesiredTunnel> outerMtu) {
        return state.tunnels().stream()
                .mapToInt(tunnel -> of(tunnel, outerMtu))
                .min()
                .orElse(WITHOUT_TUNNELS);
    }

    private static int of(DesiredTunnel tunnel, ToIntFunction<DesiredTunnel> outerMtu) {
        Integer configured = tunnel.spec().mtu();
        if (configured != null) {
            return configured;
        }
        int outer = outerMtu.applyAsInt(tunnel);
        Carrier longest = longestHeader(tunnel);
        int outerVersion = tunnel.spec().remote().addresses().stream().anyMatch(a -> a.contains(":")) ? 6 : 4;
        return tunnel.spec().children().stream()
                .flatMapToInt(child -> suites(tunnel.spec().ike().version(), child).stream()
                        .mapToInt(suite -> EffectiveMtu.of(
                                suite,
                                mode(child),
                                suite.protocol() == SecurityProtocol.ESP ? longest : Carrier.IP,
                                outerVersion,
                                outer)))
                .min()
                .orElse(WITHOUT_TUNNELS);
    }

    private static SaMode mode(ChildSpec child) {
        return switch (child.mode()) {
            case TUNNEL -> SaMode.TUNNEL;
            case TRANSPORT -> SaMode.TRANSPORT;
        };
    }

    /** Of what may carry the tunnel, what leaves the least room. */
    private static Carrier longestHeader(DesiredTunnel tunnel) {
        if (tunnel.spec().ike().tcpEncapsulation() != TcpEncapsulation.OFF) {
            return Carrier.TCP;
        }
        return tunnel.spec().nat().encapsulation() == Encapsulation.NEVER ? Carrier.IP : Carrier.UDP;
    }

    private static List<ChildSuite> suites(IkeVersion version, ChildSpec child) {
        List<String> keywords = child.proposals().isEmpty() ? DefaultProposals.of(child.protocol()) : child.proposals();
        return keywords.stream()
                .map(text -> version.proposal(child.protocol().securityProtocol(), text))
                .flatMap(proposal -> suites(proposal).stream())
                .toList();
    }

    /** Every pair of encryption and integrity algorithm that the proposal allows. */
    private static List<ChildSuite> suites(Proposal proposal) {
        List<Optional<IntegrityAlgorithm>> integrity = proposal.transforms(TransformType.INTEGRITY).stream()
                .map(t -> IntegrityAlgorithm.byId(t.id()))
                .toList();
        if (proposal.protocol() == SecurityProtocol.AH) {
            return integrity.stream()
                    .map(i -> new ChildSuite(
                            SecurityProtocol.AH, EncryptionAlgorithm.NULL, 0, i, Optional.empty(), false))
                    .toList();
        }
        return proposal.transforms(TransformType.ENCRYPTION).stream()
                .flatMap(cipher -> (integrity.isEmpty() ? List.of(Optional.<IntegrityAlgorithm>empty()) : integrity)
                        .stream().map(i -> suite(cipher, i)))
                .toList();
    }

    private static ChildSuite suite(Transform cipher, Optional<IntegrityAlgorithm> integrity) {
        EncryptionAlgorithm encryption =
                EncryptionAlgorithm.byId(cipher.id()).orElseThrow(() -> new IllegalArgumentException("" + cipher));
        int bits = cipher.keyLengthBits() == 0 ? encryption.keyLengthsBits().getFirst() : cipher.keyLengthBits();
        return new ChildSuite(SecurityProtocol.ESP, encryption, bits, integrity, Optional.empty(), false);
    }
}

package dev.culvert.api.v1alpha1;

import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import java.util.List;

/** What is offered for a tunnel that names no proposals, best first, as keywords: nothing that counts as weak. */
public final class DefaultProposals {
    public static final List<String> IKE = keywords(SecurityProtocol.IKE);

    /** For IKEv1, which knows no combined modes, PRFs of their own and Curve25519 in phase 1 (RFC 2409 appendix A). */
    private static final List<String> MAIN_MODE = List.of("aes256-aes128-sha256-ecp256-modp2048");

    /** For aggressive mode, in which the first message has a key exchange already: there is no choosing (RFC 2409 §5). */
    private static final List<String> AGGRESSIVE_MODE = List.of("aes256-aes128-sha256-modp2048");

    public static final List<String> ESP = keywords(SecurityProtocol.ESP);

    public static final List<String> AH = keywords(SecurityProtocol.AH);

    private DefaultProposals() {}

    /** Those of the IKE SA. */
    public static List<String> ike(IkeSettings ike) {
        return switch (ike.version()) {
            case IKE_V1 -> ike.mode() == IkeMode.AGGRESSIVE ? AGGRESSIVE_MODE : MAIN_MODE;
            case IKE_V2 -> IKE;
        };
    }

    /** Those of a child. */
    public static List<String> of(ChildProtocol protocol) {
        return switch (protocol) {
            case ESP -> ESP;
            case AH -> AH;
        };
    }

    private static List<String> keywords(SecurityProtocol protocol) {
        return ProposalKeywords.defaults(protocol).stream()
                .map(Proposal::toString)
                .toList();
    }
}

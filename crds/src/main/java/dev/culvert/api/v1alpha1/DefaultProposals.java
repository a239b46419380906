package dev.culvert.api.v1alpha1;

import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import java.util.List;

/** What is offered for a tunnel that names no proposals, best first, as keywords: nothing that counts as weak. */
public final class DefaultProposals {
    public static final List<String> IKE = keywords(SecurityProtocol.IKE);
    public static final List<String> ESP = keywords(SecurityProtocol.ESP);

    public static final List<String> AH = keywords(SecurityProtocol.AH);

    private DefaultProposals() {}

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

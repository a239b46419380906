package dev.culvert.api.v1alpha1;

import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import java.util.List;

/** What is offered for a tunnel that names no proposals, best first, as keywords: nothing that counts as weak. */
public final class DefaultProposals {
    public static final List<String> IKE = keywords(SecurityProtocol.IKE);
    public static final List<String> ESP = keywords(SecurityProtocol.ESP);

    private DefaultProposals() {}

    private static List<String> keywords(SecurityProtocol protocol) {
        return ProposalKeywords.defaults(protocol).stream()
                .map(Proposal::toString)
                .toList();
    }
}

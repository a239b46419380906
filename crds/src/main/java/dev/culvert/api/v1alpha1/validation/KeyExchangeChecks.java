package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.DefaultProposals;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether the key exchanges of the child SAs, perfect forward secrecy, look as if they had been thought of. In IKE_AUTH a
 * child SA has none (RFC 7296 §1.2), so that a difference between the two ends shows only at the first rekeying, when the
 * tunnel has been up for an hour.
 */
final class KeyExchangeChecks {
    private KeyExchangeChecks() {}

    static List<Problem> of(IPSecTunnelSpec spec) {
        if (spec.ike().version() == IkeVersion.IKE_V1) {
            return List.of(); // a quick mode has its key exchange from the first one on (RFC 2409 §5.5)
        }
        List<KeyExchangeMethod> ike =
                methods(SecurityProtocol.IKE, spec.ike().proposals(), DefaultProposals.ike(spec.ike()));
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < spec.children().size(); i++) {
            ChildSpec child = spec.children().get(i);
            List<KeyExchangeMethod> own = methods(
                    child.protocol().securityProtocol(), child.proposals(), DefaultProposals.of(child.protocol()));
            if (!ike.isEmpty() && !own.isEmpty() && own.stream().noneMatch(ike::contains)) {
                problems.add(Problem.inconsistentKeyExchange(
                        "spec.children[" + i + "].proposals",
                        "perfect forward secrecy with " + names(own) + ", while the IKE SA has " + names(ike)
                                + ": a difference to the peer would show only at the first rekeying",
                        names(ike) + ", or none, as the peer has it"));
            }
        }
        return problems;
    }

    private static List<KeyExchangeMethod> methods(
            SecurityProtocol protocol, List<String> texts, List<String> byDefault) {
        List<KeyExchangeMethod> methods = new ArrayList<>();
        for (String text : texts.isEmpty() ? byDefault : texts) {
            try {
                Proposal proposal = ProposalKeywords.parse(protocol, text);
                methods.addAll(proposal.keyExchangeMethods());
            } catch (IllegalArgumentException e) {
                return List.of(); // said elsewhere
            }
        }
        return methods;
    }

    private static String names(List<KeyExchangeMethod> methods) {
        return new TreeSet<>(methods.stream().map(KeyExchangeMethod::keyword).toList())
                .stream().collect(Collectors.joining(", "));
    }
}

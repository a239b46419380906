package dev.culvert.agent.revocation;

import dev.culvert.api.v1alpha1.Revocation;
import dev.culvert.api.v1alpha1.RevocationMethod;
import dev.culvert.api.v1alpha1.RevocationPolicy;
import dev.culvert.crypto.x509.Crl;
import dev.culvert.crypto.x509.TrustBundle;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a tunnel wants to know of revocation.
 *
 * @param hard whether a peer of whom nothing is known is refused
 * @param methods tried in this order
 * @param crls of the trust bundle
 */
public record RevocationRules(boolean hard, List<RevocationMethod> methods, AllowedHosts hosts, Set<Crl> crls) {
    public RevocationRules {
        methods = List.copyOf(methods);
        crls = Set.copyOf(crls);
    }

    /**
     * What a tunnel says; empty if it wants to know nothing.
     *
     * @throws IllegalArgumentException for a value that validation should have refused
     */
    public static Optional<RevocationRules> of(@Nullable Revocation wanted, TrustBundle bundle) {
        return wanted == null || !wanted.isOn()
                ? Optional.empty()
                : Optional.of(new RevocationRules(
                        wanted.policy() == RevocationPolicy.HARD,
                        wanted.methods(),
                        AllowedHosts.of(wanted.allowedHosts()),
                        bundle.crls()));
    }
}

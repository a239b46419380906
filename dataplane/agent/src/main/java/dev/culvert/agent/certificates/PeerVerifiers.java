package dev.culvert.agent.certificates;

import dev.culvert.agent.revocation.RevocationRules;
import dev.culvert.agent.revocation.Revocations;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.Revocation;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.crypto.x509.TrustBundle;
import dev.culvert.ike.endpoint.CertificateVerifier;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the verifiers of tunnels, and tells people what these let in without knowing all. */
public final class PeerVerifiers {
    private static final Logger log = LoggerFactory.getLogger(PeerVerifiers.class);

    private final Clock clock;
    private final Revocations revocations;
    private final StatusBook book;

    public PeerVerifiers(Clock clock, Revocations revocations, StatusBook book) {
        this.clock = clock;
        this.revocations = revocations;
        this.book = book;
    }

    /**
     * The one of a tunnel.
     *
     * @param revocation what the tunnel wants to know of that; nothing if it is null
     * @throws IllegalArgumentException for a value that validation should have refused
     */
    public CertificateVerifier of(String tunnel, TrustBundle bundle, @Nullable Revocation revocation) {
        Optional<RevocationRules> rules = RevocationRules.of(revocation, bundle);
        if (rules.isEmpty()) {
            book.degraded(tunnel, Optional.empty());
        }
        return new PeerVerifier(bundle, clock, rules, revocations, doubt -> tell(tunnel, doubt));
    }

    private void tell(String tunnel, Optional<String> doubt) {
        Optional<Verdict> verdict = doubt.map(words -> Verdict.yes(
                ConditionTypes.DEGRADED,
                ConditionReasons.REVOCATION_UNKNOWN,
                words + " (the peer is let in: revocation has policy Soft)"));
        if (book.degraded(tunnel, verdict)) {
            verdict.ifPresent(v -> log.atWarn().addKeyValue("tunnel", tunnel).log(v.message()));
        }
    }
}

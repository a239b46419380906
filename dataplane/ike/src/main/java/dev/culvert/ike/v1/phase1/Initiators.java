package dev.culvert.ike.v1.phase1;

import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Phase1Mode;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.PhaseOne;
import dev.culvert.ike.v1.V1Failures;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.ike.v1.proposal.Phase1Proposals;
import java.util.Optional;

/** Who begins, by the mode that the tunnel has. */
public final class Initiators {
    private Initiators() {}

    /** Why a tunnel cannot begin at all: IKEv1 has no number for what it wants. */
    public static Optional<Failure> obstacle(TunnelConfig config) {
        Optional<AuthenticationMethod> method = AuthenticationMethod.of(config.auth());
        if (method.isEmpty()) {
            return Optional.of(V1Failures.of(
                    FailureKind.AUTHENTICATION_FAILED,
                    "IKEv1 has no authentication method for this: both sides need a pre-shared key, or a certificate of"
                            + " an RSA or ECDSA key"));
        }
        try {
            Phase1Proposals.offer(config.ikeProposals(), method.get(), Lifetime.UNSAID);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(V1Failures.of(
                    FailureKind.NO_PROPOSAL_CHOSEN, "IKEv1 can express none of our proposals: " + e.getMessage()));
        }
    }

    /** @throws IllegalArgumentException where there is an {@link #obstacle} */
    public static PhaseOne of(IsakmpSa sa, TunnelConfig config) {
        AuthenticationMethod method = AuthenticationMethod.of(config.auth())
                .orElseThrow(() -> new IllegalArgumentException("no authentication method"));
        return config.phase1Mode() == Phase1Mode.AGGRESSIVE
                ? new AggressiveInitiator(sa, config, method)
                : new MainInitiator(sa, config, method);
    }
}

package dev.culvert.agent.certificates;

import dev.culvert.agent.revocation.Finding;
import dev.culvert.agent.revocation.RevocationRules;
import dev.culvert.agent.revocation.Revocations;
import dev.culvert.crypto.x509.ChainValidator;
import dev.culvert.crypto.x509.IssuedCertificate;
import dev.culvert.crypto.x509.TrustBundle;
import dev.culvert.ike.endpoint.CertificateVerifier;
import dev.culvert.ike.message.Bytes;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trusts certificates that lead to one of the tunnel's bundle, at the time of day, and that nobody has revoked, if the
 * tunnel wants to know. Equal when bundles and rules are.
 */
final class PeerVerifier implements CertificateVerifier {
    private final ChainValidator validator;
    private final Clock clock;
    private final Optional<RevocationRules> rules;
    private final Revocations revocations;
    private final Consumer<Optional<String>> doubts;

    /**
     * @param rules empty to look at no revocation
     * @param doubts takes what is not known of a peer that is let in all the same, or that all is known
     */
    PeerVerifier(
            TrustBundle bundle,
            Clock clock,
            Optional<RevocationRules> rules,
            Revocations revocations,
            Consumer<Optional<String>> doubts) {
        this.validator = new ChainValidator(bundle);
        this.clock = clock;
        this.rules = rules;
        this.revocations = revocations;
        this.doubts = doubts;
    }

    @Override
    public List<Bytes> authorities() {
        return validator.authorityHashes().stream().map(Bytes::of).toList();
    }

    @Override
    public List<Bytes> authorityNames() {
        return validator.authorityNames().stream().map(Bytes::of).toList();
    }

    @Override
    public Judgement judge(List<Bytes> certificates) {
        return switch (validator.validate(
                certificates.stream().map(Bytes::toArray).toList(), clock.instant())) {
            case ChainValidator.Result.Refused(String why) -> new Judgement.Refused(why);
            case ChainValidator.Result.Trusted(List<X509Certificate> path) ->
                rules.map(wanted -> judge(path, wanted)).orElseGet(() -> new Judgement.Trusted(path.getFirst()));
        };
    }

    /** Only a chain that is valid otherwise has anything looked up: strangers' pointers are not followed. */
    private Judgement judge(List<X509Certificate> path, RevocationRules wanted) {
        boolean undecided = false;
        List<String> unknown = new ArrayList<>();
        for (IssuedCertificate step : IssuedCertificate.of(path)) {
            // all are asked for, so that they are found out at the same time
            Optional<Finding> found = revocations.finding(step, wanted);
            if (found.isEmpty()) {
                undecided = true;
                continue;
            }
            switch (found.get()) {
                case Finding.Good good -> {}
                case Finding.Revoked revoked -> {
                    return new Judgement.Refused(revoked.words());
                }
                case Finding.Unknown nothing -> unknown.add(nothing.words());
            }
        }
        if (undecided) {
            return new Judgement.Undecided();
        }
        if (!unknown.isEmpty() && wanted.hard()) {
            return new Judgement.Refused(unknown.getFirst() + " (revocation has policy Hard)");
        }
        doubts.accept(unknown.stream().findFirst());
        return new Judgement.Trusted(path.getFirst());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PeerVerifier that
                && validator.bundle().equals(that.validator.bundle())
                && rules.equals(that.rules);
    }

    @Override
    public int hashCode() {
        return Objects.hash(validator.bundle(), rules);
    }
}

package dev.culvert.agent.certificates;

import dev.culvert.crypto.x509.ChainValidator;
import dev.culvert.crypto.x509.TrustBundle;
import dev.culvert.ike.endpoint.CertificateVerifier;
import dev.culvert.ike.message.Bytes;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;

/** Trusts certificates that lead to one of the tunnel's bundle, at the time of day. Equal when the bundles are. */
public final class PeerVerifier implements CertificateVerifier {
    private final ChainValidator validator;
    private final Clock clock;

    public PeerVerifier(TrustBundle bundle, Clock clock) {
        this.validator = new ChainValidator(bundle);
        this.clock = clock;
    }

    @Override
    public List<Bytes> authorities() {
        return validator.authorityHashes().stream().map(Bytes::of).toList();
    }

    @Override
    public Judgement judge(List<Bytes> certificates) {
        return switch (validator.validate(
                certificates.stream().map(Bytes::toArray).toList(), clock.instant())) {
            case ChainValidator.Result.Trusted(List<X509Certificate> path) -> new Judgement.Trusted(path.getFirst());
            case ChainValidator.Result.Refused(String why) -> new Judgement.Refused(why);
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PeerVerifier that && validator.bundle().equals(that.validator.bundle());
    }

    @Override
    public int hashCode() {
        return validator.bundle().hashCode();
    }
}

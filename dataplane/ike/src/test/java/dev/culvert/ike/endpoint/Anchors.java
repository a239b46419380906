package dev.culvert.ike.endpoint;

import dev.culvert.crypto.signature.SigningKey;
import dev.culvert.crypto.x509.ChainValidator;
import dev.culvert.crypto.x509.TrustBundle;
import dev.culvert.ike.message.Bytes;
import dev.culvert.testkit.certificates.TestAuthority;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a tunnel of a test trusts: authorities, at one fixed time. Remembers what it was asked about. */
final class Anchors implements CertificateVerifier {
    final List<X509Certificate> seen = new ArrayList<>();
    /** So many judgements are put off. */
    int undecided;

    private final ChainValidator validator;

    private Anchors(Set<X509Certificate> anchors) {
        validator = new ChainValidator(new TrustBundle(anchors));
    }

    static Anchors of(TestAuthority... authorities) {
        return new Anchors(
                Stream.of(authorities).map(TestAuthority::certificate).collect(Collectors.toSet()));
    }

    static Anchors of(X509Certificate pinned) {
        return new Anchors(Set.of(pinned));
    }

    AuthConfig.Remote remote() {
        return new AuthConfig.Remote.Certificate(this);
    }

    static AuthConfig.Local local(TestAuthority.Credential credential) {
        return local(SigningKey.of(credential.key()).orElseThrow(), credential.chain());
    }

    static AuthConfig.Local local(SigningKey key, List<X509Certificate> chain) {
        return new AuthConfig.Local.Certificate(
                key, chain.stream().map(Anchors::der).toList());
    }

    private static Bytes der(X509Certificate certificate) {
        try {
            return Bytes.of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
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
        if (undecided > 0) {
            undecided--;
            return new Judgement.Undecided();
        }
        return switch (validator.validate(
                certificates.stream().map(Bytes::toArray).toList(), TestAuthority.NOW)) {
            case ChainValidator.Result.Refused(String why) -> new Judgement.Refused(why);
            case ChainValidator.Result.Trusted(List<X509Certificate> path) -> {
                seen.add(path.getFirst());
                yield new Judgement.Trusted(path.getFirst());
            }
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Anchors that && validator.bundle().equals(that.validator.bundle());
    }

    @Override
    public int hashCode() {
        return validator.bundle().hashCode();
    }
}

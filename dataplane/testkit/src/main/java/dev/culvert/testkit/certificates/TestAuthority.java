package dev.culvert.testkit.certificates;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate authority: issues certificates as a test wants them, good or bad, and says which are revoked. */
public final class TestAuthority {
    /** What certificates are valid around, unless told otherwise: the moment at which the tests began. */
    @SuppressWarnings("TimeInStaticInitializer")
    public static final Instant NOW = Instant.now();

    private static final AtomicLong SERIAL = new AtomicLong(NOW.toEpochMilli() * 1000);

    private final KeyPair keys;
    private final List<X509Certificate> chain;

    private TestAuthority(KeyPair keys, List<X509Certificate> chain) {
        this.keys = keys;
        this.chain = List.copyOf(chain);
    }

    /** A root of that kind of key. */
    public static TestAuthority root(String name, String keyKind) {
        KeyPair pair = TestKeys.shared(keyKind, "authority " + name);
        X500Name subject = new X500Name("CN=" + name + ",O=Culvert test");
        Issue issue = new Issue(subject, pair).authority();
        return new TestAuthority(pair, List.of(issue.sign(subject, pair.getPrivate(), pair)));
    }

    /** An authority under this one. */
    public TestAuthority intermediate(String name, String keyKind) {
        return intermediate(name, keyKind, issue -> {});
    }

    public TestAuthority intermediate(String name, String keyKind, Consumer<Issue> more) {
        KeyPair pair = TestKeys.shared(keyKind, "authority " + name);
        Issue issue = new Issue(new X500Name("CN=" + name + ",O=Culvert test"), pair).authority();
        more.accept(issue);
        return new TestAuthority(pair, concat(sign(issue), chain));
    }

    /** A certificate and its key, for a subject as {@code CN=a,O=b} and with the names that {@code more} gives it. */
    public Credential issue(String subject, String keyKind, Consumer<Issue> more) {
        return issue(subject, TestKeys.shared(keyKind, "subject " + subject), more);
    }

    public Credential issue(String subject, KeyPair pair, Consumer<Issue> more) {
        Issue issue = new Issue(new X500Name(subject), pair);
        more.accept(issue);
        return new Credential(pair, sign(issue), chain.subList(0, chain.size() - 1));
    }

    /** The usual one of a gateway. */
    public Credential gateway(String name, String keyKind) {
        return issue("CN=" + name + ",O=Culvert test", keyKind, issue -> issue.dns(name));
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }

    public String pem() {
        return Credential.pem(List.of(certificate()));
    }

    public PrivateKey key() {
        return keys.getPrivate();
    }

    KeyPair keys() {
        return keys;
    }

    /** A CRL in DER. */
    public byte[] crl(Instant thisUpdate, Instant nextUpdate, X509Certificate... revoked) {
        try {
            X509v2CRLBuilder builder = new X509v2CRLBuilder(subject(), Date.from(thisUpdate));
            builder.setNextUpdate(Date.from(nextUpdate));
            for (X509Certificate certificate : revoked) {
                builder.addCRLEntry(certificate.getSerialNumber(), Date.from(thisUpdate), CRLReason.keyCompromise);
            }
            return builder.build(signer(keys.getPrivate())).getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An OCSP response in DER, signed by {@code responder} or, if that is null, by this authority itself. */
    public byte[] ocsp(
            X509Certificate certificate,
            boolean revoked,
            Instant thisUpdate,
            Instant nextUpdate,
            @Nullable Credential responder) {
        try {
            var digests = new JcaDigestCalculatorProviderBuilder().build();
            X509Certificate signedBy = responder == null ? certificate() : responder.certificate();
            BasicOCSPRespBuilder builder =
                    new BasicOCSPRespBuilder(new RespID(new JcaX509CertificateHolder(signedBy).getSubject()));
            builder.addResponse(
                    new CertificateID(
                            digests.get(CertificateID.HASH_SHA1),
                            new JcaX509CertificateHolder(certificate()),
                            certificate.getSerialNumber()),
                    revoked
                            ? new RevokedStatus(Date.from(thisUpdate), CRLReason.keyCompromise)
                            : CertificateStatus.GOOD,
                    Date.from(thisUpdate),
                    Date.from(nextUpdate),
                    null);
            PrivateKey key = responder == null ? keys.getPrivate() : responder.key();
            return new OCSPRespBuilder()
                    .build(
                            OCSPRespBuilder.SUCCESSFUL,
                            builder.build(
                                    signer(key),
                                    new X509CertificateHolder[] {new JcaX509CertificateHolder(signedBy)},
                                    Date.from(thisUpdate)))
                    .getEncoded();
        } catch (IOException | GeneralSecurityException | OCSPException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private X500Name subject() {
        try {
            return new JcaX509CertificateHolder(certificate()).getSubject();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate sign(Issue issue) {
        return issue.sign(subject(), keys.getPrivate(), keys);
    }

    private static List<X509Certificate> concat(X509Certificate first, List<X509Certificate> rest) {
        return Stream.concat(Stream.of(first), rest.stream()).toList();
    }

    private static ContentSigner signer(PrivateKey key) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> ((EdECPrivateKey) key).getParams().getName();
                };
        return signer(key, algorithm);
    }

    private static ContentSigner signer(PrivateKey key, String algorithm) {
        try {
            return new JcaContentSignerBuilder(algorithm).build(key);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate with its key and what leads to the root, without that. */
    public record Credential(KeyPair keys, X509Certificate certificate, List<X509Certificate> intermediates) {
        public PrivateKey key() {
            return keys.getPrivate();
        }

        /** The own certificate first. */
        public List<X509Certificate> chain() {
            return concat(certificate, intermediates);
        }

        /** tls.crt. */
        public String chainPem() {
            return pem(chain());
        }

        /** tls.key. */
        public String keyPem() {
            return TestKeys.pem(key());
        }

        public static String pem(List<X509Certificate> certificates) {
            return certificates.stream()
                    .map(certificate -> {
                        try {
                            return TestKeys.pem("CERTIFICATE", certificate.getEncoded());
                        } catch (GeneralSecurityException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .collect(Collectors.joining());
        }
    }

    /** What a certificate says, to be changed before it is signed. */
    public static final class Issue {
        private final X500Name subject;
        private final KeyPair pair;
        private final List<GeneralName> names = new ArrayList<>();
        private final List<Extended> extensions = new ArrayList<>();
        private Instant notBefore = NOW.minus(Duration.ofDays(1));
        private Instant notAfter = NOW.plus(Duration.ofDays(365));
        private String algorithm = "";

        private record Extended(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {}

        private Issue(X500Name subject, KeyPair pair) {
            this.subject = subject;
            this.pair = pair;
        }

        Issue authority() {
            return extension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .keyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
        }

        public Issue dns(String name) {
            names.add(new GeneralName(GeneralName.dNSName, name));
            return this;
        }

        public Issue ip(String address) {
            names.add(new GeneralName(GeneralName.iPAddress, address));
            return this;
        }

        public Issue email(String address) {
            names.add(new GeneralName(GeneralName.rfc822Name, address));
            return this;
        }

        public Issue valid(Instant from, Instant to) {
            notBefore = from;
            notAfter = to;
            return this;
        }

        public Issue keyUsage(int bits) {
            return extension(Extension.keyUsage, true, new KeyUsage(bits));
        }

        public Issue extendedKeyUsage(String oid) {
            return extension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid))));
        }

        /** Only names under that domain. */
        public Issue permitted(String domain) {
            return extension(
                    Extension.nameConstraints,
                    true,
                    new NameConstraints(
                            new GeneralSubtree[] {new GeneralSubtree(new GeneralName(GeneralName.dNSName, domain))},
                            null));
        }

        public Issue crlAt(String url) {
            return extension(Extension.cRLDistributionPoints, false, new CRLDistPoint(new DistributionPoint[] {
                new DistributionPoint(
                        new DistributionPointName(
                                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, url))),
                        null,
                        null)
            }));
        }

        public Issue ocspAt(String url) {
            return extension(
                    Extension.authorityInfoAccess,
                    false,
                    new AuthorityInformationAccess(
                            AccessDescription.id_ad_ocsp, new GeneralName(GeneralName.uniformResourceIdentifier, url)));
        }

        /** Replaces one of the same kind. */
        public Issue extension(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
            extensions.removeIf(e -> e.id().equals(id));
            extensions.add(new Extended(id, critical, value));
            return this;
        }

        /** Signed with another algorithm than the usual one, as {@code SHA1withRSA}. */
        public Issue signedWith(String jcaName) {
            algorithm = jcaName;
            return this;
        }

        private X509Certificate sign(X500Name issuer, PrivateKey key, KeyPair issuerKeys) {
            try {
                X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        issuer,
                        BigInteger.valueOf(SERIAL.incrementAndGet()),
                        Date.from(notBefore),
                        Date.from(notAfter),
                        subject,
                        pair.getPublic());
                JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
                builder.addExtension(
                        Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(pair.getPublic()));
                builder.addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        utils.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
                if (!names.isEmpty()) {
                    builder.addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(names.toArray(GeneralName[]::new)));
                }
                for (Extended extension : extensions) {
                    builder.addExtension(extension.id(), extension.critical(), extension.value());
                }
                byte[] der = builder.build(algorithm.isEmpty() ? signer(key) : signer(key, algorithm))
                        .getEncoded();
                return (X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

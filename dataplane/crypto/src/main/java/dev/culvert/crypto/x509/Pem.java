package dev.culvert.crypto.x509;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Text in PEM, as in the Secrets that cert-manager writes. What stands between the blocks is ignored. */
final class Pem {
    private Pem() {}

    /** Certificates and CRLs, each in the order of the text. */
    record Trusted(List<X509Certificate> certificates, List<Crl> crls) {}

    /**
     * The certificates, in the order of the text.
     *
     * @throws CertificateProblemException if a block is broken or is something else than a certificate
     */
    static List<X509Certificate> certificates(byte[] text) throws CertificateProblemException {
        Trusted found = trusted(text);
        if (!found.crls().isEmpty()) {
            throw new CertificateProblemException("holds a CRL, where only certificates are expected");
        }
        return found.certificates();
    }

    /**
     * The certificates, and the CRLs beside them.
     *
     * @throws CertificateProblemException if a block is broken or is something else
     */
    static Trusted trusted(byte[] text) throws CertificateProblemException {
        List<X509Certificate> found = new ArrayList<>();
        List<Crl> crls = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(new String(text, StandardCharsets.UTF_8)))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                if (block.getType().equals("X509 CRL")) {
                    crls.add(Crl.parse(block.getContent())
                            .orElseThrow(() -> new CertificateProblemException("holds a CRL that cannot be read")));
                    continue;
                }
                if (!block.getType().equals("CERTIFICATE") && !block.getType().equals("TRUSTED CERTIFICATE")) {
                    throw new CertificateProblemException(
                            "holds a PEM block of type " + block.getType() + ", where only certificates are expected");
                }
                found.add(Certificates.parse(block.getContent())
                        .orElseThrow(() -> new CertificateProblemException("holds a certificate that cannot be read")));
            }
        } catch (IOException | RuntimeException e) {
            throw new CertificateProblemException("is not PEM");
        }
        return new Trusted(found, crls);
    }

    /**
     * The one private key: PKCS #8, or as OpenSSL and cert-manager write RSA (PKCS #1) and EC keys (SEC 1). Not
     * encrypted.
     *
     * @throws CertificateProblemException if there is none, or it cannot be read
     */
    static PrivateKey privateKey(byte[] text) throws CertificateProblemException {
        try (PEMParser parser = new PEMParser(new StringReader(new String(text, StandardCharsets.UTF_8)))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                PrivateKeyInfo info =
                        switch (block) {
                            case PrivateKeyInfo pkcs8 -> pkcs8;
                            case PEMKeyPair pair -> pair.getPrivateKeyInfo();
                            default -> null;
                        };
                if (info != null) {
                    return convert(info);
                }
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new CertificateProblemException("holds no private key that can be read");
        }
        throw new CertificateProblemException("holds no private key in PEM without encryption");
    }

    private static PrivateKey convert(PrivateKeyInfo info) throws GeneralSecurityException, IOException {
        String algorithm =
                switch (info.getPrivateKeyAlgorithm().getAlgorithm().getId()) {
                    case "1.2.840.113549.1.1.1" -> "RSA";
                    case "1.2.840.10045.2.1" -> "EC";
                    case "1.3.101.112", "1.3.101.113" -> "EdDSA";
                    default -> throw new InvalidKeyException("another kind of key");
                };
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }
}

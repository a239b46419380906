package dev.culvert.e2e.lab;

import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A gateway's certificate and whom it trusts, as cert-manager and trust-manager would write them. */
public final class CertificateDocuments {
    /** The block {@code authentication} of a tunnel whose both ends have certificates. */
    public static final String BOTH =
            "{method: Certificate, certificate: {secretRef: {name: own}, trustBundleRef: {name: peers}}}";

    private CertificateDocuments() {}

    /** A Secret {@code own}, and what is trusted as a ConfigMap and as a Secret {@code peers}. */
    public static String of(Credential own, TestAuthority peers) {
        return """
                ---
                apiVersion: v1
                kind: Secret
                type: kubernetes.io/tls
                metadata: {name: own}
                data: {tls.crt: %s, tls.key: %s}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: peers}
                data: {ca.crt: "%s"}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: peers}
                data: {ca.crt: %s}
                """.formatted(
                base64(own.chainPem()), base64(own.keyPem()), peers.pem().replace("\n", "\\n"), base64(peers.pem()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}

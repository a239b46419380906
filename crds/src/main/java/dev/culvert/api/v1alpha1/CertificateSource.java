package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Where a tunnel's certificates are.
 *
 * @param secretRef for this end, if it proves itself by a certificate
 * @param trustBundleRef for the peer, if it does
 * @param revocation of the peer's certificates
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.revocation) || self.revocation.policy == 'Off' || has(self.trustBundleRef)",
        message = "revocation is looked at for the peer's certificates, which need trustBundleRef")
public record CertificateSource(
        @JsonPropertyDescription(
                "This end's certificate and key: a Secret of type kubernetes.io/tls, as cert-manager writes it; intermediate certificates follow in tls.crt.")
        @Nullable
        SecretReference secretRef,

        @JsonPropertyDescription("The certificates at which the peer's chain may end.") @Nullable
        TrustBundleReference trustBundleRef,

        @JsonPropertyDescription("Whether the peer's certificates may have been revoked; not looked at by default.")
        @Nullable
        Revocation revocation) {}

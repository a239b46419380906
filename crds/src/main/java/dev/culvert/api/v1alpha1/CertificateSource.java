package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/**
 * Where a tunnel's certificates are.
 *
 * @param secretRef for this end, if it proves itself by a certificate
 * @param trustBundleRef for the peer, if it does
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record CertificateSource(
        @JsonPropertyDescription(
                "This end's certificate and key: a Secret of type kubernetes.io/tls, as cert-manager writes it; intermediate certificates follow in tls.crt.")
        @Nullable
        SecretReference secretRef,

        @JsonPropertyDescription("The certificates at which the peer's chain may end.") @Nullable
        TrustBundleReference trustBundleRef) {}

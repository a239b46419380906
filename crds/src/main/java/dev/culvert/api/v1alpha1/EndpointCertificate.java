package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Where the agent finds a tunnel's certificates: entries of the Secret that belongs to its node, in PEM. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record EndpointCertificate(
        @JsonPropertyDescription("Key of this end's certificates in the data of the node's Secret.")
        @Size(min = 1, max = 253)
        @Nullable
        String certificateKey,

        @JsonPropertyDescription("Key of this end's private key.") @Size(min = 1, max = 253) @Nullable
        String privateKeyKey,

        @JsonPropertyDescription("Key of the certificates at which the peer's chain may end.")
        @Size(min = 1, max = 253)
        @Nullable
        String trustBundleKey,

        @JsonPropertyDescription("Whether the peer's certificates may have been revoked; absent where nobody looks.")
        @Nullable
        Revocation revocation) {}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** How both ends prove who they are, with references into the node's own Secret only. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record EndpointAuthentication(
        @JsonPropertyDescription("How this end proves who it is.") @Required
        AuthenticationMethod method,

        @JsonPropertyDescription("How the peer does; as method by default.") @Nullable
        AuthenticationMethod remoteMethod,

        @JsonPropertyDescription("The pre-shared key, for method PreSharedKey.") @Nullable
        EndpointPreSharedKey preSharedKey,

        @JsonPropertyDescription("Certificates, for method Certificate.") @Nullable
        EndpointCertificate certificate,

        @JsonPropertyDescription("The post-quantum pre-shared key (RFC 8784), if there is one.") @Nullable
        EndpointPostQuantumPreSharedKey postQuantumPreSharedKey) {
    /** How the peer proves who it is. */
    public AuthenticationMethod methodOfPeer() {
        return remoteMethod == null ? method : remoteMethod;
    }
}

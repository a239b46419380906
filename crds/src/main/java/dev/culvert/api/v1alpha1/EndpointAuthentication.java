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
        @JsonPropertyDescription("Method of authentication.") @Required
        AuthenticationMethod method,

        @JsonPropertyDescription("The pre-shared key, for method PreSharedKey.") @Nullable
        EndpointPreSharedKey preSharedKey) {}

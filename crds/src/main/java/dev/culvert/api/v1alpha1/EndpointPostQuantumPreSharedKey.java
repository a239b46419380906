package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A post-quantum pre-shared key, and where the agent finds it: an entry of the Secret that belongs to its node. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record EndpointPostQuantumPreSharedKey(
        @JsonPropertyDescription("By what both ends call the key (PPK_ID); not secret.")
        @Required
        @Size(min = 1, max = 64)
        String id,

        @JsonPropertyDescription("Key in the data of the node's Secret.") @Required @Size(min = 1, max = 253)
        String key,

        @JsonPropertyDescription("Whether there is no tunnel without it.") @Required
        Boolean required) {}

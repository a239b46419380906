package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The IKE SA as it is now.
 *
 * @param proposal the negotiated algorithms in strongSwan's keywords
 * @param establishedTime RFC 3339
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record IkeSaStatus(
        @JsonPropertyDescription("State of the IKE SA.") @Required
        IkeSaState state,

        @JsonPropertyDescription("SPIs in hexadecimal.") @Nullable
        IkeSpis spis,

        @JsonPropertyDescription("Negotiated algorithms.") @Size(max = 256) @Nullable
        String proposal,

        @JsonPropertyDescription("Since when it is established.") @Size(max = 64) @Nullable
        String establishedTime,

        @JsonPropertyDescription("What carries it: UDP, or a TCP connection, which then carries ESP too.") @Nullable
        IkeTransport transport) {}

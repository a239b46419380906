package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * A child SA as it is now.
 *
 * @param spiIn inbound SPI, 8 hexadecimal digits
 * @param spiOut outbound SPI, 8 hexadecimal digits
 * @param establishedTime RFC 3339
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ChildSaStatus(
        @JsonPropertyDescription("Name of the child.") @Required @Size(min = 1, max = 63)
        String name,

        @JsonPropertyDescription("State of the child SA.") @Required
        ChildSaState state,

        @JsonPropertyDescription("Inbound SPI in hexadecimal.") @Size(max = 8) @Nullable
        String spiIn,

        @JsonPropertyDescription("Outbound SPI in hexadecimal.") @Size(max = 8) @Nullable
        String spiOut,

        @JsonPropertyDescription("Negotiated algorithms.") @Size(max = 256) @Nullable
        String proposal,

        @JsonPropertyDescription("Negotiated traffic selectors.") @Nullable
        TrafficSelectorPair trafficSelectors,

        @JsonPropertyDescription("Since when it is established.") @Size(max = 64) @Nullable
        String establishedTime) {}

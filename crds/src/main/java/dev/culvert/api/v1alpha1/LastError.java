package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The last thing that went wrong; it stays until the tunnel is established again.
 *
 * @param time RFC 3339
 * @param notification name of the notify message in play, such as {@code NO_PROPOSAL_CHOSEN}; absent when there was none
 * @param message for a person: what both sides wanted; never key material
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record LastError(
        @JsonPropertyDescription("When.") @Required @Size(max = 64)
        String time,

        @JsonPropertyDescription("What kind of failure.") @Required
        FailureReason reason,

        @JsonProperty("notify")
        @JsonPropertyDescription("The notify message that told of it.")
        @Size(max = 64)
        @Nullable
        String notification,

        @JsonPropertyDescription("What happened, for a person.") @Required @Size(max = 4096)
        String message) {}

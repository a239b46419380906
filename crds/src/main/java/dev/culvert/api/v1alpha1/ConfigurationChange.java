package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * What the last changed configuration cost when the agent took it up.
 *
 * @param time RFC 3339
 * @param message for a person
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ConfigurationChange(
        @JsonPropertyDescription("When.") @Required @Size(max = 64)
        String time,

        @JsonPropertyDescription("What it did to what was up.") @Required
        ConfigurationEffect effect,

        @JsonPropertyDescription("What was done and why, for a person.") @Required @Size(max = 4096)
        String message) {}

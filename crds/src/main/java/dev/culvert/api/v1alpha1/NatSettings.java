package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** How a tunnel gets through NATs. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NatSettings(
        @JsonPropertyDescription("Whether ESP goes in UDP: where a NAT is detected, always, or never.") @Default("Auto")
        Encapsulation encapsulation) {

    public NatSettings {
        encapsulation = encapsulation == null ? Encapsulation.AUTO : encapsulation;
    }

    /** What a tunnel has that says nothing. */
    public static NatSettings defaults() {
        return new NatSettings(Encapsulation.AUTO);
    }
}

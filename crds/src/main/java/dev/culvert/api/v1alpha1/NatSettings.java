package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * How a tunnel gets through NATs, and which it is itself.
 *
 * @param translations the first that holds an address counts
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NatSettings(
        @JsonPropertyDescription("Whether ESP goes in UDP: where a NAT is detected, always, or never.") @Default("Auto")
        Encapsulation encapsulation,

        @JsonPropertyDescription(
                "Other addresses for networks that overlap. The children's traffic selectors name the addresses inside the tunnel: to of a local network, from of a remote one.")
        @Size(max = 16)
        List<AddressTranslation> translations) {

    public NatSettings {
        encapsulation = encapsulation == null ? Encapsulation.AUTO : encapsulation;
        translations = Lists.orEmpty(translations);
    }

    /** What a tunnel has that says nothing. */
    public static NatSettings defaults() {
        return new NatSettings(Encapsulation.AUTO, List.of());
    }
}

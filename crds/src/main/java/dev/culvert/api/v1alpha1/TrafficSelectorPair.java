package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What the two ends agreed to carry, after narrowing (RFC 7296 §2.9): CIDRs, or ranges where it is none. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TrafficSelectorPair(
        @JsonPropertyDescription("On this end.") @Size(max = 64)
        List<@Size(max = 128) String> local,

        @JsonPropertyDescription("On the peer's end.") @Size(max = 64)
        List<@Size(max = 128) String> remote) {
    public TrafficSelectorPair {
        local = Lists.orEmpty(local);
        remote = Lists.orEmpty(remote);
    }
}

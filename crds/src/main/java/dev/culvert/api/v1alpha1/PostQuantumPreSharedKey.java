package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A key beside the authentication that is mixed into all others (RFC 8784), and by which both ends name it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PostQuantumPreSharedKey(
        @JsonPropertyDescription("By what both ends call the key (PPK_ID); not secret.")
        @Required
        @Size(min = 1, max = 64)
        String id,

        @JsonPropertyDescription("The Secret and its key.") @Required
        SecretKeyReference secretRef,

        @JsonPropertyDescription("Whether there is no tunnel without it; else it is used where the peer has it too.")
        @Default("true")
        Boolean required) {
    public PostQuantumPreSharedKey {
        required = required == null ? Boolean.TRUE : required;
    }
}

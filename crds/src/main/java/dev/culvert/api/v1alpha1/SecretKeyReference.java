package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One entry of a Secret in the tunnel's own namespace. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SecretKeyReference(
        @JsonPropertyDescription("Name of a Secret in the tunnel's namespace.") @Required @Size(min = 1, max = 253)
        String name,

        @JsonPropertyDescription("Key in the Secret's data.")
        @Default(SecretKeyReference.DEFAULT_KEY)
        @Size(min = 1, max = 253)
        @Pattern("^[-._a-zA-Z0-9]+$")
        String key) {
    public static final String DEFAULT_KEY = "psk";

    public SecretKeyReference {
        key = key == null ? DEFAULT_KEY : key;
    }
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Certificates in PEM: one entry of a ConfigMap or Secret in the tunnel's own namespace. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TrustBundleReference(
        @JsonPropertyDescription("What holds the certificates.") @Default("ConfigMap")
        TrustBundleKind kind,

        @JsonPropertyDescription("Its name, in the tunnel's namespace.") @Required @Size(min = 1, max = 253)
        String name,

        @JsonPropertyDescription("The key of the entry.")
        @Default(TrustBundleReference.DEFAULT_KEY)
        @Size(min = 1, max = 253)
        @Pattern("^[-._a-zA-Z0-9]+$")
        String key) {
    public static final String DEFAULT_KEY = "ca.crt";

    public TrustBundleReference {
        kind = kind == null ? TrustBundleKind.CONFIG_MAP : kind;
        key = key == null ? DEFAULT_KEY : key;
    }
}

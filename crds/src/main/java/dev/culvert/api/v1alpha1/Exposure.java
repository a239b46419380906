package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How peers reach the gateway.
 *
 * @param publicAddress the address that peers know, where a NAT stands before the node; the node's own by default
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.publicAddress) || isIP(self.publicAddress)",
        fieldPath = ".publicAddress",
        message = "publicAddress is an IPv4 or IPv6 address")
public record Exposure(
        @JsonPropertyDescription("How the gateway's address is reached from outside.") @Default("HostNetwork")
        ExposureType type,

        @JsonPropertyDescription(
                "The address that peers know, where a NAT stands before the node; the node's own by default. Shown in the status.")
        @Size(min = 2, max = 45)
        @Nullable
        String publicAddress) {
    public Exposure {
        type = type == null ? ExposureType.HOST_NETWORK : type;
    }
}

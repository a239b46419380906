package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * This end of a tunnel.
 *
 * @param address the address to bind and send from; absent for any
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.address) || isIP(self.address)",
        fieldPath = ".address",
        message = "address is an IPv4 or IPv6 address")
public record LocalEnd(
        @JsonPropertyDescription("Who this end is to the peer.") @Required
        Identity identity,

        @JsonPropertyDescription("The address of the gateway's node to send from; any by default.")
        @Size(min = 2, max = 45)
        @Nullable
        String address) {}

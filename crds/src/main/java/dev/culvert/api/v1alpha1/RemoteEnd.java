package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * The peer's end of a tunnel.
 *
 * @param addresses address literals or names, tried in order
 * @param port UDP port of the peer's IKE, 1 to 65535
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "self.addresses.all(a, isIP(a) || (a.matches('^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\\\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$') && !a.matches('^[0-9.]+$')))",
        fieldPath = ".addresses",
        message = "each address is an IPv4 or IPv6 address or a domain name")
public record RemoteEnd(
        @JsonPropertyDescription("Addresses or domain names of the peer, tried in order.")
        @Required
        @Size(min = 1, max = 8)
        List<@Size(min = 1, max = 253) String> addresses,

        @JsonPropertyDescription("UDP port of the peer's IKE.") @Default("500") @Min(1) @Max(65535)
        Integer port,

        @JsonPropertyDescription("Who the peer has to be.") @Required
        Identity identity) {
    public static final int DEFAULT_PORT = 500;

    public RemoteEnd {
        addresses = Lists.orEmpty(addresses);
        port = port == null ? DEFAULT_PORT : port;
    }
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * Whether the certificates of a peer's chain may have been revoked, and how that is found out.
 *
 * @param methods tried in this order until one knows
 * @param allowedHosts {@code pki.example}, {@code pki.example:8080}, {@code 192.0.2.1}, {@code [2001:db8::1]:8080}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Revocation(
        @JsonPropertyDescription(
                "Off: not looked at. Soft: a revoked certificate is refused; where nobody says whether it is, the peer is let in with a warning. Hard: where nobody says it is not, the peer is refused.")
        @Default("Off")
        RevocationPolicy policy,

        @JsonPropertyDescription("Who is asked, in this order until one knows.")
        @Default("[\"OCSP\",\"CRL\"]")
        @Size(min = 1, max = 2)
        List<RevocationMethod> methods,

        @JsonPropertyDescription(
                "Hosts that may be fetched from when a certificate points there: domain names and addresses, with a port where it is not the scheme's own; nothing is fetched from others. Without any, only CRLs in the trust bundle are looked at.")
        @Size(max = 16)
        List<@Size(min = 1, max = 262) @Pattern(Revocation.HOST) String> allowedHosts) {
    /** A name or an address, an IPv6 address in brackets, and maybe a port. */
    public static final String HOST =
            "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[1-9][0-9]{0,4})?$";

    public Revocation {
        policy = policy == null ? RevocationPolicy.OFF : policy;
        methods = methods == null ? List.of(RevocationMethod.values()) : List.copyOf(methods);
        allowedHosts = Lists.orEmpty(allowedHosts);
    }

    /** Whether anything is looked at. */
    public boolean isOn() {
        return policy != RevocationPolicy.OFF;
    }
}

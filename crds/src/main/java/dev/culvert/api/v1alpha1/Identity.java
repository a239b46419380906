package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * Who an end claims to be, and has to prove (RFC 7296 §3.5).
 *
 * @param value as text: a domain name, an address literal, an address of electronic mail, a distinguished name
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "self.type != 'IP' || isIP(self.value)",
        fieldPath = ".value",
        message = "an identity of type IP is an IPv4 or IPv6 address")
@ValidationRule(
        value = "self.type != 'Email' || self.value.matches('^[^@\\\\s]+@[^@\\\\s]+$')",
        fieldPath = ".value",
        message = "an identity of type Email looks like name@domain")
@ValidationRule(
        value = "self.type != 'FQDN' || self.value.matches('^[A-Za-z0-9_*]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$')",
        fieldPath = ".value",
        message = "an identity of type FQDN is a domain name: letters, digits, '-', '_' and '.'")
@ValidationRule(
        value = "self.type != 'DN' || self.value.matches('^[A-Za-z0-9.]+ *=.+$')",
        fieldPath = ".value",
        message = "an identity of type DN looks like CN=branch,O=Example,C=CH")
public record Identity(
        @JsonPropertyDescription("Kind of the identity.") @Required
        IdentityType type,

        @JsonPropertyDescription(
                "The identity as text: a domain name, an IP address, name@domain, or a distinguished name such as CN=branch,O=Example,C=CH (RFC 4514).")
        @Required
        @Size(min = 1, max = 255)
        String value) {
    @Override
    public String toString() {
        return type + ":" + value;
    }
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * Other addresses for a network. Traffic selectors name what is in the tunnel: {@code to} of a local network and
 * {@code from} of a remote one.
 *
 * @param from the network at home
 * @param to what the other end takes it for
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "isCIDR(self.from) && cidr(self.from) == cidr(self.from).masked()",
        fieldPath = ".from",
        message = "from is a network in CIDR notation without host bits, such as 10.1.0.0/16")
@ValidationRule(
        value = "isCIDR(self.to) && cidr(self.to) == cidr(self.to).masked()",
        fieldPath = ".to",
        message = "to is a network in CIDR notation without host bits, such as 10.101.0.0/16")
@ValidationRule(
        value =
                "!isCIDR(self.from) || !isCIDR(self.to) || cidr(self.from).ip().family() == cidr(self.to).ip().family()",
        fieldPath = ".to",
        message = "from and to are of the same address family")
@ValidationRule(
        value =
                "self.type != 'OneToOne' || !isCIDR(self.from) || !isCIDR(self.to) || cidr(self.from).prefixLength() == cidr(self.to).prefixLength()",
        fieldPath = ".to",
        message = "with type OneToOne, from and to have the same prefix length")
@ValidationRule(
        value = "self.type != 'Masquerade' || self.side == 'Local'",
        fieldPath = ".type",
        message = "only the local side can be masqueraded")
@ValidationRule(
        value =
                "self.type != 'Masquerade' || !isCIDR(self.to) || cidr(self.to).prefixLength() >= (cidr(self.to).ip().family() == 4 ? 24 : 120)",
        fieldPath = ".to",
        message = "with type Masquerade, to has at most 256 addresses: /24 or longer for IPv4, /120 or longer for IPv6")
public record AddressTranslation(
        @JsonPropertyDescription(
                "Local: hosts on this end, which are from, are seen by the peer as to. Remote: the peer's hosts, which are from in the tunnel, are reached by the hosts on this end as to.")
        @Required
        TranslationSide side,

        @JsonPropertyDescription(
                "OneToOne: each address has its own in a network of the same length, the host part stays. Masquerade, for side Local: many hosts share one or a few addresses, with other ports and ICMP identifiers, and only they can begin a connection.")
        @Required
        TranslationType type,

        @JsonPropertyDescription("The network as it is at its home, in CIDR notation.")
        @Required
        @Size(min = 4, max = 49)
        String from,

        @JsonPropertyDescription("What the other end takes it for, in CIDR notation.")
        @Required
        @Size(min = 4, max = 49)
        String to) {
    /** Of addresses that masquerading spreads hosts over, the most bits. */
    public static final int LONGEST_POOL_BITS = 8;

    /** What the tunnel's traffic selectors are about. */
    public String inTunnel() {
        return side == TranslationSide.LOCAL ? to : from;
    }

    /** What the hosts on this end know. */
    public String atHosts() {
        return side == TranslationSide.LOCAL ? from : to;
    }
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.culvert.wire.TrafficSelector;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets between networks of a tunnel's children that are not protected. It takes effect within these networks only, so
 * that it says nothing of another tunnel's packets; {@link #parts} is what remains of it.
 *
 * @param localTrafficSelectors networks on this end; empty for those of the children
 * @param remoteTrafficSelectors networks on the peer's end; empty for those of the children
 * @param trafficFilter which packets between these networks; null for all
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "!has(self.localTrafficSelectors) || self.localTrafficSelectors.all(s, isCIDR(s) && cidr(s) == cidr(s).masked())",
        fieldPath = ".localTrafficSelectors",
        message = "each traffic selector is a network in CIDR notation without host bits, such as 10.1.0.0/16")
@ValidationRule(
        value =
                "!has(self.remoteTrafficSelectors) || self.remoteTrafficSelectors.all(s, isCIDR(s) && cidr(s) == cidr(s).masked())",
        fieldPath = ".remoteTrafficSelectors",
        message = "each traffic selector is a network in CIDR notation without host bits, such as 10.1.0.0/16")
public record TrafficPolicy(
        @JsonPropertyDescription("Name of the policy, unique in the tunnel.")
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String name,

        @JsonPropertyDescription(
                "Bypass: such packets go in the clear, by the host's other routes. Discard: they are dropped.")
        @Required
        PolicyAction action,

        @JsonPropertyDescription("Networks on this end, in CIDR notation; those of the children by default.")
        @Size(max = 16)
        List<@Size(min = 4, max = 49) String> localTrafficSelectors,

        @JsonPropertyDescription("Networks on the peer's end, in CIDR notation; those of the children by default.")
        @Size(max = 16)
        List<@Size(min = 4, max = 49) String> remoteTrafficSelectors,

        @JsonPropertyDescription("Which packets between these networks, as {protocol: icmp}; all by default.") @Nullable
        TrafficFilter trafficFilter) {
    public TrafficPolicy {
        localTrafficSelectors = Lists.orEmpty(localTrafficSelectors);
        remoteTrafficSelectors = Lists.orEmpty(remoteTrafficSelectors);
    }

    /** Packets between any network of one list and any of the other. Neither is empty. */
    public record Part(List<TrafficSelector> local, List<TrafficSelector> remote) {
        public Part {
            local = List.copyOf(local);
            remote = List.copyOf(remote);
        }
    }

    /**
     * What the policy has in common with each child's networks, whatever the child's own filter; nothing where it does not
     * meet them.
     *
     * @throws IllegalArgumentException if a selector or the filter is malformed
     */
    public List<Part> parts(List<ChildSpec> children) {
        return children.stream()
                .map(child -> new Part(
                        common(
                                child.localTrafficSelectors(),
                                TrafficFilter.local(
                                        orElse(localTrafficSelectors, child.localTrafficSelectors()), trafficFilter)),
                        common(
                                child.remoteTrafficSelectors(),
                                TrafficFilter.remote(
                                        orElse(remoteTrafficSelectors, child.remoteTrafficSelectors()),
                                        trafficFilter))))
                .filter(part -> !part.local().isEmpty() && !part.remote().isEmpty())
                .distinct()
                .toList();
    }

    private static List<TrafficSelector> common(List<String> networks, List<TrafficSelector> selectors) {
        return networks.stream()
                .map(TrafficSelector::parse)
                .flatMap(network -> selectors.stream().flatMap(selector -> selector.intersect(network).stream()))
                .distinct()
                .toList();
    }

    private static List<String> orElse(List<String> networks, List<String> otherwise) {
        return networks.isEmpty() ? otherwise : networks;
    }
}

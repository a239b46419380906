package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.culvert.api.v1alpha1.schema.IntOrText;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.TrafficSelector;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of the packets between two networks: those of one protocol and, where that has ports, of some of these (RFC 4301
 * §4.4.1.1). Local and remote are the ends of the tunnel: a server on this end has its port in {@code localPorts}.
 *
 * @param protocol a name of {@link #PROTOCOLS} or a number, 1 to 255
 * @param localPorts a port or a range as {@code 8000-8080}; all by default
 * @param remotePorts the same of the peer's end
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = IntOrText.class, input = "protocol:" + TrafficFilter.PROTOCOL)
@SchemaCustomizer(value = IntOrText.class, input = "localPorts:" + TrafficFilter.PORTS)
@SchemaCustomizer(value = IntOrText.class, input = "remotePorts:" + TrafficFilter.PORTS)
@ValidationRule(
        value = "type(self.protocol) != int || (self.protocol >= 1 && self.protocol <= 255)",
        fieldPath = ".protocol",
        message = "a protocol's number is 1 to 255")
@ValidationRule(
        value =
                "(!has(self.localPorts) && !has(self.remotePorts)) || string(self.protocol) in ['tcp', 'udp', 'sctp', 'dccp', 'udplite', '6', '17', '132', '33', '136']",
        message = "only tcp, udp, sctp, dccp and udplite have ports")
@ValidationRule(
        value =
                "!has(self.localPorts) || type(self.localPorts) != int || (self.localPorts >= 1 && self.localPorts <= 65535)",
        fieldPath = ".localPorts",
        message = "a port is 1 to 65535")
@ValidationRule(
        value =
                "!has(self.remotePorts) || type(self.remotePorts) != int || (self.remotePorts >= 1 && self.remotePorts <= 65535)",
        fieldPath = ".remotePorts",
        message = "a port is 1 to 65535")
public record TrafficFilter(
        @JsonPropertyDescription(
                "The protocol, by name (tcp, udp, icmp, icmpv6, sctp, dccp, udplite, gre) or by number.")
        @Required
        @JsonDeserialize(using = NumberOrText.class)
        IntOrString protocol,

        @JsonPropertyDescription("Port on this end, or a range as 8000-8080; all by default.")
        @Nullable
        @JsonDeserialize(using = NumberOrText.class)
        IntOrString localPorts,

        @JsonPropertyDescription("Port on the peer's end, or a range as 8000-8080; all by default.")
        @Nullable
        @JsonDeserialize(using = NumberOrText.class)
        IntOrString remotePorts) {
    static final String PROTOCOL = "^(tcp|udp|icmp|icmpv6|sctp|dccp|udplite|gre|[0-9]{1,3})$";
    static final String PORTS = "^[0-9]{1,5}(-[0-9]{1,5})?$";

    /** The names that stand for numbers (IANA's Assigned Internet Protocol Numbers). */
    public static final Map<String, Integer> PROTOCOLS = Map.of(
            "tcp", IpProtocol.TCP,
            "udp", IpProtocol.UDP,
            "icmp", IpProtocol.ICMP,
            "icmpv6", IpProtocol.ICMPV6,
            "sctp", IpProtocol.SCTP,
            "dccp", IpProtocol.DCCP,
            "udplite", IpProtocol.UDP_LITE,
            "gre", IpProtocol.GRE);

    private static final Set<Integer> WITH_PORTS =
            Set.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, IpProtocol.DCCP, IpProtocol.UDP_LITE);

    /**
     * Local networks as selectors.
     *
     * @param filter null for all packets
     * @throws IllegalArgumentException with what is wrong with a network or the filter
     */
    public static List<TrafficSelector> local(List<String> networks, @Nullable TrafficFilter filter) {
        return select(networks, filter, filter == null ? null : filter.localPorts);
    }

    /** The same of remote networks. */
    public static List<TrafficSelector> remote(List<String> networks, @Nullable TrafficFilter filter) {
        return select(networks, filter, filter == null ? null : filter.remotePorts);
    }

    private static List<TrafficSelector> select(
            List<String> networks, @Nullable TrafficFilter filter, @Nullable IntOrString ports) {
        if (filter == null) {
            return networks.stream().map(TrafficSelector::parse).toList();
        }
        int protocol = filter.protocolNumber();
        Range range = ports(ports);
        return networks.stream()
                .map(IpPrefix::parse)
                .map(network ->
                        new TrafficSelector(protocol, range.first(), range.last(), network.first(), network.last()))
                .toList();
    }

    /** @throws IllegalArgumentException if it is neither a known name nor a number from 1 to 255 */
    public int protocolNumber() {
        String text = text(protocol);
        Integer named = PROTOCOLS.get(text);
        int number = named != null ? named : text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > 255) {
            throw new IllegalArgumentException("'" + text + "' is no protocol");
        }
        return number;
    }

    /** Whether packets of the protocol show ports. */
    public boolean hasPorts() {
        return WITH_PORTS.contains(protocolNumber());
    }

    /** Ports, the last one included. */
    public record Range(int first, int last) {
        static final Range ALL = new Range(0, 0xffff);

        /** Whether these are all ports. */
        public boolean isAll() {
            return equals(ALL);
        }

        boolean meets(Range other) {
            return first <= other.last && other.first <= last;
        }
    }

    /** @throws IllegalArgumentException if it is neither a port nor a range of ports */
    public static Range ports(@Nullable IntOrString ports) {
        if (ports == null) {
            return Range.ALL;
        }
        String text = text(ports);
        if (!text.matches(PORTS)) {
            throw new IllegalArgumentException("'" + text + "' is neither a port nor a range of ports");
        }
        String[] ends = text.split("-", 2);
        Range range = new Range(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
        if (range.first < 1 || range.last > 0xffff || range.first > range.last) {
            throw new IllegalArgumentException("'" + text + "' is not a range of ports from 1 to 65535");
        }
        return range;
    }

    /**
     * Whether some packet passes both filters.
     *
     * @param one null for all packets
     * @param other null for all packets
     * @throws IllegalArgumentException if one of them is malformed
     */
    public static boolean meet(@Nullable TrafficFilter one, @Nullable TrafficFilter other) {
        return one == null
                || other == null
                || (one.protocolNumber() == other.protocolNumber()
                        && ports(one.localPorts).meets(ports(other.localPorts))
                        && ports(one.remotePorts).meets(ports(other.remotePorts)));
    }

    private static String text(IntOrString value) {
        return String.valueOf(value.getValue());
    }

    /** For people: {@code tcp, local ports 80, remote ports 1024-65535}. */
    @Override
    public String toString() {
        return text(protocol)
                + (localPorts == null ? "" : ", local ports " + text(localPorts))
                + (remotePorts == null ? "" : ", remote ports " + text(remotePorts));
    }
}

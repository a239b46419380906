package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.TrafficFilter;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A filter on protocol and ports beside the networks that it is for. */
final class FilterChecks {
    private static final String PORTS = "a port from 1 to 65535, or a range such as 8000-8080";

    private FilterChecks() {}

    /**
     * @param path of what has the filter
     * @param networks between which the packets are
     */
    static List<Problem> of(String path, @Nullable TrafficFilter filter, Stream<String> networks) {
        List<Problem> problems = new ArrayList<>();
        if (filter == null) {
            return problems;
        }
        String at = path + ".trafficFilter";
        check(at + ".localPorts", PORTS, () -> TrafficFilter.ports(filter.localPorts()), problems);
        check(at + ".remotePorts", PORTS, () -> TrafficFilter.ports(filter.remotePorts()), problems);
        String known = String.join(
                ", ", TrafficFilter.PROTOCOLS.keySet().stream().sorted().toList());
        if (check(at + ".protocol", known + ", or a number from 1 to 255", filter::protocolNumber, problems)) {
            if (!filter.hasPorts() && (filter.localPorts() != null || filter.remotePorts() != null)) {
                problems.add(Problem.invalid(
                        at, "has ports, which only tcp, udp, sctp, dccp and udplite have", "the protocol alone"));
            }
            int protocol = filter.protocolNumber();
            boolean v4 = networks.flatMap(text -> SelectorPairs.network(text).stream())
                    .findFirst()
                    .map(IpPrefix::address)
                    .map(address -> address.isV4())
                    .orElse(protocol != IpProtocol.ICMPV6);
            if (protocol == (v4 ? IpProtocol.ICMPV6 : IpProtocol.ICMP)) {
                problems.add(Problem.invalid(
                        at + ".protocol",
                        "is not what networks of IPv" + (v4 ? 4 : 6) + " have",
                        v4 ? "icmp" : "icmpv6"));
            }
        }
        return problems;
    }

    /** Whether it can be read, if it is there. */
    static boolean isFine(@Nullable TrafficFilter filter) {
        return of("", filter, Stream.of()).isEmpty();
    }

    private static boolean check(String path, String allowed, Runnable reading, List<Problem> problems) {
        try {
            reading.run();
            return true;
        } catch (IllegalArgumentException e) {
            problems.add(Problem.invalid(path, String.valueOf(e.getMessage()), allowed));
            return false;
        }
    }
}

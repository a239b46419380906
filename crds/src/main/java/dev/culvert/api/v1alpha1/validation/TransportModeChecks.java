package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ChildMode;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.RemoteEnd;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Transport mode is for packets whose ends are the gateways themselves (RFC 4301 §4.1). */
final class TransportModeChecks {
    private TransportModeChecks() {}

    /** @param path of the child */
    static List<Problem> of(String path, ChildSpec child, RemoteEnd peer) {
        List<Problem> problems = new ArrayList<>();
        if (child.mode() == ChildMode.TRANSPORT) {
            oneAddress(path + ".localTrafficSelectors", child.localTrafficSelectors(), problems);
            oneAddress(path + ".remoteTrafficSelectors", child.remoteTrafficSelectors(), problems)
                    .filter(address -> isAnother(address, peer))
                    .ifPresent(address -> problems.add(Problem.invalid(
                            path + ".remoteTrafficSelectors",
                            "with mode Transport, " + address + " is not the peer's own address",
                            String.join(", ", peer.addresses()))));
        }
        return problems;
    }

    private static Optional<IpAddress> oneAddress(String path, List<String> selectors, List<Problem> problems) {
        Optional<IpPrefix> only =
                selectors.size() == 1 ? SelectorPairs.network(selectors.getFirst()) : Optional.empty();
        if (selectors.size() > 1 || only.filter(network -> !isHost(network)).isPresent()) {
            problems.add(Problem.invalid(
                    path,
                    "mode Transport protects the packets between two addresses, these are "
                            + String.join(", ", selectors),
                    "the gateway's own address, such as 192.0.2.1/32"));
            return Optional.empty();
        }
        return only.map(IpPrefix::address);
    }

    private static boolean isHost(IpPrefix network) {
        return network.length() == network.address().bits();
    }

    /** Where a name is among the peer's addresses, nobody knows yet. */
    private static boolean isAnother(IpAddress address, RemoteEnd peer) {
        return peer.addresses().stream()
                .allMatch(a -> Addresses.isIp(a) && !IpAddress.parse(a).equals(address));
    }
}

package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The packets that a tunnel's children want, by pairs of networks. Selectors that are no networks are passed over. */
final class SelectorPairs {
    private SelectorPairs() {}

    /**
     * Packets between two networks.
     *
     * @param child index in the tunnel
     * @param remoteIndex index of the remote selector in the child
     */
    record Pair(int child, int remoteIndex, IpPrefix local, IpPrefix remote) {
        /** Whether some packet belongs to both. */
        boolean meets(Pair other) {
            return local.overlaps(other.local) && remote.overlaps(other.remote);
        }

        String remotePath() {
            return "spec.children[" + child + "].remoteTrafficSelectors[" + remoteIndex + "]";
        }

        /** {@code 10.1.0.0/16 to 10.2.0.0/16}. */
        @Override
        public String toString() {
            return local + " to " + remote;
        }
    }

    static List<Pair> of(IPSecTunnelSpec spec) {
        List<Pair> pairs = new ArrayList<>();
        for (int c = 0; c < spec.children().size(); c++) {
            ChildSpec child = spec.children().get(c);
            for (int r = 0; r < child.remoteTrafficSelectors().size(); r++) {
                Optional<IpPrefix> remote =
                        network(child.remoteTrafficSelectors().get(r));
                if (remote.isEmpty()) {
                    continue;
                }
                for (String local : child.localTrafficSelectors()) {
                    int childIndex = c;
                    int remoteIndex = r;
                    network(local)
                            .ifPresent(prefix -> pairs.add(new Pair(childIndex, remoteIndex, prefix, remote.get())));
                }
            }
        }
        return pairs;
    }

    static Optional<IpPrefix> network(String text) {
        try {
            return Optional.of(Addresses.network(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

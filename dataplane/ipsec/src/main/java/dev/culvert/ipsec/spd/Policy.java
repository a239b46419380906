package dev.culvert.ipsec.spd;

import dev.culvert.ipsec.translate.Translation;
import dev.culvert.wire.TrafficSelector;
import java.util.List;

/**
 * An entry of the ordered security policy database (RFC 4301 §4.4.1): the first whose selectors match decides. Packets
 * go from {@code local} to {@code remote}; any pair of the two lists matches. A packet that matches none is dropped.
 */
public sealed interface Policy {
    List<TrafficSelector> local();

    List<TrafficSelector> remote();

    /**
     * Protected by the SAs of a child, and dropped while there is none.
     *
     * @param tunnel as in the SAs' parameters
     * @param child as in the SAs' parameters
     * @param holding whether the first packets are kept for a while when there is no SA, because one is negotiated for
     *     them; the others are dropped
     * @param translations what is done to addresses behind this policy: its selectors are those that our hosts know, the
     *     SAs' those in the tunnel
     */
    record Protect(
            String tunnel,
            String child,
            List<TrafficSelector> local,
            List<TrafficSelector> remote,
            boolean holding,
            List<Translation> translations)
            implements Policy {
        /** Without holding packets. */
        public Protect(String tunnel, String child, List<TrafficSelector> local, List<TrafficSelector> remote) {
            this(tunnel, child, local, remote, false);
        }

        /** Without translations. */
        public Protect(
                String tunnel,
                String child,
                List<TrafficSelector> local,
                List<TrafficSelector> remote,
                boolean holding) {
            this(tunnel, child, local, remote, holding, List.of());
        }

        public Protect {
            local = List.copyOf(local);
            remote = List.copyOf(remote);
            translations = List.copyOf(translations);
        }
    }

    /**
     * Goes its way without protection. Whoever routes has to lead such packets past the TUN device: one that comes out of
     * it is dropped, and so is one that comes protected (RFC 4301 §5.2), since nothing here sends in the clear.
     */
    record Bypass(List<TrafficSelector> local, List<TrafficSelector> remote) implements Policy {
        public Bypass {
            local = List.copyOf(local);
            remote = List.copyOf(remote);
        }
    }

    /** Dropped. */
    record Discard(List<TrafficSelector> local, List<TrafficSelector> remote) implements Policy {
        public Discard {
            local = List.copyOf(local);
            remote = List.copyOf(remote);
        }
    }
}

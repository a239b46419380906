package dev.culvert.ike.endpoint;

import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.wire.TrafficSelector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One child of a tunnel: which traffic it protects, and how.
 *
 * @param name unique within the tunnel
 * @param localSelectors traffic from our side, in the order they are proposed; at least one
 * @param remoteSelectors traffic from the peer's side; at least one
 * @param proposals of ESP or of AH in order of preference; a key exchange in one means PFS
 * @param rekeyTime age at which it is rekeyed, less a random part of at most a tenth; zero for never
 * @param lifeTime age at which it is deleted if it could not be rekeyed; zero for never
 * @param lifeBytes in either direction, after which it is to carry nothing: what IKEv1 tells the peer (RFC 2407 §4.5, in
 *     kilobytes); zero for no limit
 * @param commitBit whether we, as the responder of IKEv1's quick mode, have the peer wait until we say that our SAs are up
 *     (RFC 2408 §3.1)
 */
public record ChildConfig(
        String name,
        List<TrafficSelector> localSelectors,
        List<TrafficSelector> remoteSelectors,
        List<Proposal> proposals,
        IpsecMode mode,
        StartAction startAction,
        CloseAction closeAction,
        Duration rekeyTime,
        Duration lifeTime,
        long lifeBytes,
        boolean commitBit) {
    public ChildConfig {
        localSelectors = List.copyOf(localSelectors);
        remoteSelectors = List.copyOf(remoteSelectors);
        proposals = List.copyOf(proposals);
        if (localSelectors.isEmpty() || remoteSelectors.isEmpty()) {
            throw new IllegalArgumentException("child '" + name + "' has no traffic selectors");
        }
        if (proposals.isEmpty()) {
            throw new IllegalArgumentException("child '" + name + "' has no proposals");
        }
        if (proposals.stream().map(Proposal::protocol).distinct().count() > 1) {
            throw new IllegalArgumentException("child '" + name + "' has proposals of ESP and AH");
        }
        if (rekeyTime.isNegative() || lifeTime.isNegative() || lifeBytes < 0) {
            throw new IllegalArgumentException("child '" + name + "' has a negative lifetime");
        }
    }

    /** ESP or AH. */
    public SecurityProtocol protocol() {
        return proposals.getFirst().protocol();
    }

    /** Between a child's name and the number of one of its {@link #singlePairs}; not a character of configured names. */
    private static final char PART = '#';

    /** The name of the configured child, of which this may be one pair. */
    public static String configuredName(String name) {
        int at = name.indexOf(PART);
        return at < 0 ? name : name.substring(0, at);
    }

    /** Whether this is one of the {@link #singlePairs} of a configured child. */
    public boolean isPart() {
        return name.indexOf(PART) >= 0;
    }

    /** Whether both ends of a packet, as far as they are known, are within the selectors. */
    public boolean carries(Optional<TrafficSelector> local, Optional<TrafficSelector> remote) {
        return local.map(l -> localSelectors.stream().anyMatch(s -> s.contains(l)))
                        .orElse(true)
                && remote.map(r -> remoteSelectors.stream().anyMatch(s -> s.contains(r)))
                        .orElse(true);
    }

    /**
     * The same as several children of one selector on either side each, for peers that take no more in one child SA (RFC
     * 7296 §2.9, SINGLE_PAIR_REQUIRED). Itself if there is only one pair.
     */
    public List<ChildConfig> singlePairs() {
        List<ChildConfig> parts = new ArrayList<>();
        for (TrafficSelector local : localSelectors) {
            for (TrafficSelector remote : remoteSelectors) {
                if (local.start().version() == remote.start().version()) {
                    Builder part = new Builder(this);
                    part.name = name + PART + (parts.size() + 1);
                    parts.add(part.selectors(List.of(local), List.of(remote)).build());
                }
            }
        }
        return parts.size() > 1 ? parts : List.of(this);
    }

    /**
     * Whether both configurations lead to the same messages and security associations. A field counts unless it is known
     * not to.
     */
    public boolean sameOnTheWire(ChildConfig other) {
        return toBuilder()
                .startAction(other.startAction)
                .closeAction(other.closeAction)
                .rekeyTime(other.rekeyTime)
                .lifeTime(other.lifeTime)
                .lifeBytes(other.lifeBytes)
                .commitBit(other.commitBit)
                .build()
                .equals(other);
    }

    /** Whether both let a pair live as long. */
    public boolean sameLifetimeAs(ChildConfig other) {
        return rekeyTime.equals(other.rekeyTime) && lifeTime.equals(other.lifeTime);
    }

    /** The same with changes. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** A child in tunnel mode that is started and never rekeyed, until the builder is told otherwise. */
    public static Builder builder(
            String name, List<TrafficSelector> local, List<TrafficSelector> remote, List<Proposal> proposals) {
        return new Builder(new ChildConfig(
                name,
                local,
                remote,
                proposals,
                IpsecMode.TUNNEL,
                StartAction.START,
                CloseAction.NONE,
                Duration.ZERO,
                Duration.ZERO,
                0,
                false));
    }

    /** Makes a child from another one. */
    public static final class Builder {
        private String name;
        private List<TrafficSelector> localSelectors;
        private List<TrafficSelector> remoteSelectors;
        private List<Proposal> proposals;
        private IpsecMode mode;
        private StartAction startAction;
        private CloseAction closeAction;
        private Duration rekeyTime;
        private Duration lifeTime;
        private long lifeBytes;
        private boolean commitBit;

        private Builder(ChildConfig from) {
            name = from.name;
            localSelectors = from.localSelectors;
            remoteSelectors = from.remoteSelectors;
            proposals = from.proposals;
            mode = from.mode;
            startAction = from.startAction;
            closeAction = from.closeAction;
            rekeyTime = from.rekeyTime;
            lifeTime = from.lifeTime;
            lifeBytes = from.lifeBytes;
            commitBit = from.commitBit;
        }

        public Builder selectors(List<TrafficSelector> local, List<TrafficSelector> remote) {
            localSelectors = local;
            remoteSelectors = remote;
            return this;
        }

        public Builder proposals(List<Proposal> value) {
            proposals = value;
            return this;
        }

        public Builder mode(IpsecMode value) {
            mode = value;
            return this;
        }

        public Builder startAction(StartAction value) {
            startAction = value;
            return this;
        }

        public Builder closeAction(CloseAction value) {
            closeAction = value;
            return this;
        }

        public Builder rekeyTime(Duration value) {
            rekeyTime = value;
            return this;
        }

        public Builder lifeTime(Duration value) {
            lifeTime = value;
            return this;
        }

        public Builder lifeBytes(long value) {
            lifeBytes = value;
            return this;
        }

        public Builder commitBit(boolean value) {
            commitBit = value;
            return this;
        }

        public ChildConfig build() {
            return new ChildConfig(
                    name,
                    localSelectors,
                    remoteSelectors,
                    proposals,
                    mode,
                    startAction,
                    closeAction,
                    rekeyTime,
                    lifeTime,
                    lifeBytes,
                    commitBit);
        }
    }
}

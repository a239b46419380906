package dev.culvert.api.v1alpha1.preset;

import dev.culvert.api.v1alpha1.ChildDefaults;
import dev.culvert.api.v1alpha1.DeadPeerDetection;
import dev.culvert.api.v1alpha1.DpdAction;
import dev.culvert.api.v1alpha1.Fragmentation;
import dev.culvert.api.v1alpha1.IkeSettings;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.api.v1alpha1.MssClampMode;
import dev.culvert.api.v1alpha1.TcpMssClamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a preset fills in for one version of IKE, and what it demands.
 *
 * @param ike with what the preset does not say left open
 * @param child the same for each child SA
 * @param tcpMSSClamp null if the preset does not say
 * @param onePairPerChild where the vendor says that a child SA has one pair of traffic selectors
 * @param values all of the above as they stand in a document, each with its source
 */
public record PresetSettings(
        IkeVersion version,
        IkeSettings ike,
        ChildDefaults child,
        @Nullable TcpMssClamp tcpMSSClamp,
        Optional<PresetValue> onePairPerChild,
        List<PresetValue> values) {
    public PresetSettings {
        values = List.copyOf(values);
    }

    /** The value for a field, {@code spec.children[1].rekeyTime} as well as {@code spec.children[*].rekeyTime}. */
    public Optional<PresetValue> value(String field) {
        String path = field.replaceAll("\\[[0-9]+]", "[*]");
        return values.stream().filter(value -> value.field().equals(path)).findFirst();
    }

    static Builder of(IkeVersion version) {
        return new Builder(version);
    }

    /** Takes values, and for each what the vendor says and where. */
    static final class Builder {
        private static final int MINUTE_S = 60;

        private final IkeVersion version;
        private final List<PresetValue> values = new ArrayList<>();
        private String source = "";
        private List<String> ikeProposals = List.of();
        private List<String> childProposals = List.of();
        private @Nullable String ikeRekeyTime;
        private @Nullable String childRekeyTime;
        private @Nullable Long childRekeyBytes;
        private DeadPeerDetection dpd = DeadPeerDetection.defaults();
        private @Nullable TcpMssClamp clamp;
        private Optional<PresetValue> onePair = Optional.empty();

        private Builder(IkeVersion version) {
            this.version = version;
        }

        /** The page that says what follows. */
        Builder page(String url) {
            source = url;
            return this;
        }

        Builder version(String documented) {
            return says("spec.ike.version", version.toString(), documented);
        }

        Builder ikeProposals(String documented, String... proposals) {
            ikeProposals = List.of(proposals);
            return says("spec.ike.proposals", String.join(", ", ikeProposals), documented);
        }

        Builder childProposals(String documented, String... proposals) {
            childProposals = List.of(proposals);
            return says("spec.children[*].proposals", String.join(", ", childProposals), documented);
        }

        Builder ikeLifetime(int seconds) {
            ikeRekeyTime = rekeyTime(seconds);
            return says("spec.ike.rekeyTime", ikeRekeyTime, "lifetime " + seconds + " s");
        }

        Builder childLifetime(int seconds) {
            childRekeyTime = rekeyTime(seconds);
            return says("spec.children[*].rekeyTime", childRekeyTime, "lifetime " + seconds + " s");
        }

        /** An SA of ours carries twice as much as its rekey volume at most: that should not be more than the peer's. */
        Builder childVolume(long kilobytes) {
            childRekeyBytes = kilobytes * 1000 / 2;
            return says("spec.children[*].rekeyBytes", childRekeyBytes.toString(), "lifetime " + kilobytes + " KB");
        }

        Builder liveness(String documented, String delay, String timeout) {
            dpd = new DeadPeerDetection(delay, timeout, null).orElse(dpd);
            says("spec.ike.dpd.delay", delay, documented);
            return says("spec.ike.dpd.timeout", timeout, documented);
        }

        Builder noLiveness(String documented) {
            dpd = new DeadPeerDetection("0s", null, null).orElse(dpd);
            return says("spec.ike.dpd.delay", "0s", documented);
        }

        Builder whenDead(String documented, DpdAction action) {
            dpd = new DeadPeerDetection(null, null, action).orElse(dpd);
            return says("spec.ike.dpd.action", action.toString(), documented);
        }

        Builder segmentSize(String documented, int bytes) {
            clamp = new TcpMssClamp(MssClampMode.FIXED, bytes);
            says("spec.tcpMSSClamp.mode", MssClampMode.FIXED.toString(), documented);
            return says("spec.tcpMSSClamp.value", Integer.toString(bytes), documented);
        }

        Builder onePairPerChild(String documented) {
            onePair = Optional.of(new PresetValue("spec.children[*]", "", documented, source));
            return this;
        }

        PresetSettings build() {
            IkeSettings defaults = IkeSettings.defaults();
            IkeSettings ike = new IkeSettings(
                    version,
                    null,
                    ikeProposals,
                    ikeRekeyTime,
                    null,
                    dpd,
                    defaults.mobike(),
                    Fragmentation.ALLOW,
                    defaults.fragmentSize(),
                    defaults.childless(),
                    defaults.tcpEncapsulation(),
                    defaults.tcpPort());
            return new PresetSettings(
                    version,
                    ike,
                    new ChildDefaults(childProposals, childRekeyTime, childRekeyBytes),
                    clamp,
                    onePair,
                    values);
        }

        private Builder says(String field, String value, String documented) {
            values.add(new PresetValue(field, value, documented, source));
            return this;
        }

        /** An SA of ours ends a tenth after its rekey time: that should not be later than the peer ends it. */
        private static String rekeyTime(int lifetimeSeconds) {
            Duration time = Duration.ofSeconds((long) lifetimeSeconds * 10 / 11 / MINUTE_S * MINUTE_S);
            return (time.toHours() > 0 ? time.toHours() + "h" : "") + time.toMinutesPart() + "m";
        }
    }
}

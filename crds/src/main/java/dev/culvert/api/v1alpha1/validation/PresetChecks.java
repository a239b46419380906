package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.Preset;
import dev.culvert.api.v1alpha1.preset.PresetSettings;
import dev.culvert.api.v1alpha1.preset.PresetValue;
import dev.culvert.api.v1alpha1.preset.Presets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a preset's vendor demands beyond values that can be filled in. */
public final class PresetChecks {
    /** Of both kinds of pre-shared keys only the first: this one proves identities. */
    private static final Pattern AWS_KEY = Pattern.compile("[1-9A-Za-z._][0-9A-Za-z._]{7,63}");

    private PresetChecks() {}

    /**
     * Checks the tunnel.
     *
     * @param spec as the user wrote it, or with its preset filled in
     */
    static List<Problem> of(IPSecTunnelSpec spec) {
        Preset preset = spec.preset();
        if (preset == null) {
            return List.of();
        }
        Optional<PresetSettings> settings = Presets.of(spec);
        if (settings.isEmpty()) {
            return List.of(Problem.unsupported(
                    "spec.ike.version",
                    spec.ike().version() + " is not what preset " + preset + " is for",
                    Presets.of(preset).stream()
                            .map(each -> each.version().toString())
                            .collect(Collectors.joining(", "))));
        }
        List<Problem> problems = new ArrayList<>();
        settings.get().onePairPerChild().ifPresent(why -> onePair(spec, why, problems));
        return problems;
    }

    /**
     * Checks a pre-shared key against what the vendor takes. Says nothing of it but its length.
     *
     * @param fieldPath of the reference to it
     * @param key the key's bytes, read only
     */
    public static List<Problem> preSharedKey(@Nullable Preset preset, String fieldPath, byte[] key) {
        if (preset != Preset.AWS
                || AWS_KEY.matcher(new String(key, StandardCharsets.ISO_8859_1)).matches()) {
            return List.of();
        }
        return List.of(new Problem(
                Problem.Severity.ERROR,
                ConditionReasons.SECRET_INVALID,
                fieldPath,
                "the pre-shared key of " + key.length + " octets is none that " + preset + " takes",
                "8 to 64 letters, digits, '.' and '_', the first of them not 0"));
    }

    private static void onePair(IPSecTunnelSpec spec, PresetValue why, List<Problem> problems) {
        for (int i = 0; i < spec.children().size(); i++) {
            ChildSpec child = spec.children().get(i);
            onePair(
                    "spec.children[" + i + "].localTrafficSelectors",
                    child.localTrafficSelectors(),
                    spec,
                    why,
                    problems);
            onePair(
                    "spec.children[" + i + "].remoteTrafficSelectors",
                    child.remoteTrafficSelectors(),
                    spec,
                    why,
                    problems);
        }
    }

    private static void onePair(
            String path, List<String> selectors, IPSecTunnelSpec spec, PresetValue why, List<Problem> problems) {
        if (selectors.size() > 1) {
            problems.add(Problem.invalid(
                    path,
                    "with preset " + spec.preset() + " a child has one traffic selector on each end, these are "
                            + String.join(", ", selectors) + " (" + why.documented() + ", " + why.source() + ")",
                    "a child for each pair"));
        }
    }
}

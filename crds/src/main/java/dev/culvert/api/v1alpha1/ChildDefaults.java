package dev.culvert.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a child SA has that does not say it itself.
 *
 * @param proposals empty for {@link DefaultProposals#of}
 */
public record ChildDefaults(
        List<String> proposals,
        @Nullable String rekeyTime,
        @Nullable Long rekeyBytes) {
    public ChildDefaults {
        proposals = List.copyOf(proposals);
    }
}

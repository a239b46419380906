package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What becomes of the maximum segment size in TCP's handshakes (RFC 9293 §3.7.1) through the tunnel, in both directions. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "(self.mode == 'Fixed') == has(self.value)",
        fieldPath = ".value",
        message = "a value belongs to mode Fixed, and to no other")
public record TcpMssClamp(
        @JsonPropertyDescription(
                "Auto lowers it to what fits the tunnel, Fixed to the value, Off not at all. It is never raised.")
        @Default("Auto")
        MssClampMode mode,

        @JsonPropertyDescription("With mode Fixed: the longest segment in bytes, IPv4 and IPv6 alike.")
        @Min(TcpMssClamp.LEAST)
        @Max(TcpMssClamp.MOST)
        @Nullable
        Integer value) {
    public static final int LEAST = 88;
    public static final int MOST = 8960;

    public TcpMssClamp {
        mode = mode == null ? MssClampMode.AUTO : mode;
    }

    /** What a tunnel has that says nothing. */
    public static TcpMssClamp defaults() {
        return new TcpMssClamp(MssClampMode.AUTO, null);
    }
}

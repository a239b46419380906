package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the IKE SA is negotiated and kept.
 *
 * @param mode of IKEv1; absent for Main
 * @param proposals strongSwan's keywords, best first; empty for {@link DefaultProposals#ike}
 * @param mobike absent for what the version can: IKEv1 has no such thing
 */
// What is absent stays so when it is written: the accessors tell what it is by default.
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.mode) || !has(self.version) || self.version == 'IKEv1'",
        fieldPath = ".mode",
        message = "mode belongs to version IKEv1")
@ValidationRule(
        value = "!has(self.version) || self.version != 'IKEv1' || !has(self.mobike) || !self.mobike",
        fieldPath = ".mobike",
        message = "IKEv1 has no mobike")
@ValidationRule(
        value = "!has(self.version) || self.version != 'IKEv1' || self.childless in ['Allow', 'Never']",
        fieldPath = ".childless",
        message = "an IKEv1 tunnel begins without a child SA in any case: childless is for IKEv2")
@ValidationRule(
        value = "!has(self.version) || self.version != 'IKEv1' || self.tcpEncapsulation == 'Off'",
        fieldPath = ".tcpEncapsulation",
        message = "IKEv1 has no tcpEncapsulation")
public record IkeSettings(
        @JsonPropertyDescription("Version of IKE: the preset's, or IKEv2. IKEv1 is for peers that have nothing better.")
        @Nullable
        IkeVersion version,

        @JsonPropertyDescription(
                "How an IKEv1 tunnel begins: Main by default; Aggressive sends the identities in the clear and, with a pre-shared key, what lets a listener try guesses at it.")
        @Nullable
        IkeMode mode,

        @JsonPropertyDescription(
                "Proposals in strongSwan's keywords, best first, such as aes256gcm16-prfsha384-x25519; by default the preset's, or sensible ones.")
        @Size(max = 16)
        List<@Size(min = 1, max = 256) @Pattern(IkeSettings.PROPOSAL) String> proposals,

        @JsonPropertyDescription("Age at which the IKE SA gets new keys; 0s never. By default the preset's, or "
                + IkeSettings.DEFAULT_REKEY_TIME + ".")
        @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 24)
        @Nullable
        String rekeyTime,

        @JsonPropertyDescription("Age at which both ends authenticate anew; 0s never. By default the preset's, or "
                + IkeSettings.DEFAULT_REAUTH_TIME + ".")
        @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 24)
        @Nullable
        String reauthTime,

        @JsonPropertyDescription("Liveness checks.") @Default("{}")
        DeadPeerDetection dpd,

        @JsonPropertyDescription(
                "Whether the tunnel follows either side to another address (RFC 4555), if the peer can that too; with IKEv2 it does by default, IKEv1 has no such thing.")
        @Nullable
        Boolean mobike,

        @JsonPropertyDescription(
                "IKE messages in fragments of their own (RFC 7383): Allow where the peer can, Accept takes them only, Never.")
        @Default("Allow")
        Fragmentation fragmentation,

        @JsonPropertyDescription("Longest IP packet in bytes that carries a fragment of an IKE message.")
        @Default("1280")
        @Min(576)
        @Max(65535)
        Integer fragmentSize,

        @JsonPropertyDescription(
                "IKE SA without a child SA at first (RFC 6023), so that every child SA has a key exchange of its own: Allow leaves it to the peer, Prefer where the peer can, Force always, Never.")
        @Default("Allow")
        Childless childless,

        @JsonPropertyDescription(
                "IKE and ESP in a TCP connection (RFC 9329), for paths that let no UDP through: Fallback opens one where the peer does not answer by UDP, Always does not try UDP, Off refuses TCP. Slower than UDP.")
        @Default("Off")
        TcpEncapsulation tcpEncapsulation,

        @JsonPropertyDescription(
                "TCP port of the peer; where tcpEncapsulation is not Off, connections are taken at the same port here.")
        @Default("4500")
        @Min(1)
        @Max(65535)
        Integer tcpPort) {
    public static final String DEFAULT_REKEY_TIME = "4h";
    public static final String DEFAULT_REAUTH_TIME = "0s";
    public static final int DEFAULT_FRAGMENT_SIZE = 1280;
    public static final int DEFAULT_TCP_PORT = 4500;
    static final String PROPOSAL = "^[a-z0-9_]+(-[a-z0-9_]+)*$";

    public IkeSettings {
        proposals = Lists.orEmpty(proposals);
        dpd = dpd == null ? DeadPeerDetection.defaults() : dpd;
        fragmentation = fragmentation == null ? Fragmentation.ALLOW : fragmentation;
        fragmentSize = fragmentSize == null ? DEFAULT_FRAGMENT_SIZE : fragmentSize;
        childless = childless == null ? Childless.ALLOW : childless;
        tcpEncapsulation = tcpEncapsulation == null ? TcpEncapsulation.OFF : tcpEncapsulation;
        tcpPort = tcpPort == null ? DEFAULT_TCP_PORT : tcpPort;
    }

    /** Absent in a document, it is what a preset says, and without that IKEv2; so it is with what follows. */
    @Override
    public IkeVersion version() {
        return version == null ? IkeVersion.IKE_V2 : version;
    }

    @Override
    public String rekeyTime() {
        return rekeyTime == null ? DEFAULT_REKEY_TIME : rekeyTime;
    }

    @Override
    public String reauthTime() {
        return reauthTime == null ? DEFAULT_REAUTH_TIME : reauthTime;
    }

    @Override
    public Boolean mobike() {
        return mobike == null ? version() == IkeVersion.IKE_V2 : mobike;
    }

    /** Whether the version is said here, rather than left to a preset. */
    public boolean saysVersion() {
        return version != null;
    }

    /** The same, with what it leaves open taken from {@code other}. */
    public IkeSettings orElse(IkeSettings other) {
        return new IkeSettings(
                version == null ? other.version : version,
                mode,
                proposals.isEmpty() ? other.proposals : proposals,
                rekeyTime == null ? other.rekeyTime : rekeyTime,
                reauthTime == null ? other.reauthTime : reauthTime,
                dpd.orElse(other.dpd),
                mobike,
                fragmentation,
                fragmentSize,
                childless,
                tcpEncapsulation,
                tcpPort);
    }

    /** What a tunnel has that says nothing. */
    public static IkeSettings defaults() {
        return new IkeSettings(
                null,
                null,
                List.of(),
                null,
                null,
                DeadPeerDetection.defaults(),
                null,
                Fragmentation.ALLOW,
                DEFAULT_FRAGMENT_SIZE,
                Childless.ALLOW,
                TcpEncapsulation.OFF,
                DEFAULT_TCP_PORT);
    }
}

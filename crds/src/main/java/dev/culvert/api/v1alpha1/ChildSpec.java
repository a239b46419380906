package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.culvert.wire.TrafficSelector;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One child SA: what it carries and how.
 *
 * @param localTrafficSelectors networks on this end as they are in the tunnel ({@link AddressTranslation}), in CIDR
 *     notation
 * @param remoteTrafficSelectors the same on the peer's end
 * @param trafficFilter which packets between these networks; null for all
 * @param proposals strongSwan's keywords, best first; a key exchange in one means perfect forward secrecy; empty
 *     for {@link DefaultProposals#of}
 * @param rekeyBytes of inner packets in one direction; 0 for no limit
 * @param rekeyPackets in one direction; 0 for no limit
 * @param replayWindow packets, a multiple of 32; 0 switches replay protection off
 */
// What is absent stays so when it is written: the accessors tell what it is by default.
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "self.localTrafficSelectors.all(s, isCIDR(s) && cidr(s) == cidr(s).masked())",
        fieldPath = ".localTrafficSelectors",
        message = "each traffic selector is a network in CIDR notation without host bits, such as 10.1.0.0/16")
@ValidationRule(
        value = "self.remoteTrafficSelectors.all(s, isCIDR(s) && cidr(s) == cidr(s).masked())",
        fieldPath = ".remoteTrafficSelectors",
        message = "each traffic selector is a network in CIDR notation without host bits, such as 10.1.0.0/16")
@ValidationRule(
        value =
                "self.localTrafficSelectors.all(l, self.remoteTrafficSelectors.all(r, !isCIDR(l) || !isCIDR(r) || cidr(l).ip().family() == cidr(r).ip().family()))",
        message = "local and remote traffic selectors of a child are of the same address family")
@ValidationRule(
        value =
                "self.mode != 'Transport' || [self.localTrafficSelectors, self.remoteTrafficSelectors].all(ts, ts.size() == 1 && ts.all(s, !isCIDR(s) || cidr(s).prefixLength() == (cidr(s).ip().family() == 4 ? 32 : 128)))",
        fieldPath = ".mode",
        message =
                "with mode Transport each end has one traffic selector, the gateway's own address, such as 192.0.2.1/32")
@ValidationRule(
        value = "!has(self.rekeyBytes) || self.rekeyBytes == 0 || self.rekeyBytes >= " + ChildSpec.LEAST_REKEY_BYTES,
        fieldPath = ".rekeyBytes",
        message = "rekeyBytes is 0 or at least " + ChildSpec.LEAST_REKEY_BYTES)
@ValidationRule(
        value = "self.rekeyPackets == 0 || self.rekeyPackets >= " + ChildSpec.LEAST_REKEY_PACKETS,
        fieldPath = ".rekeyPackets",
        message = "rekeyPackets is 0 or at least " + ChildSpec.LEAST_REKEY_PACKETS)
@ValidationRule(
        value = "self.replayWindow % 32 == 0",
        fieldPath = ".replayWindow",
        message = "replayWindow is a multiple of 32")
public record ChildSpec(
        @JsonPropertyDescription("Name of the child, unique in the tunnel.")
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String name,

        @JsonPropertyDescription(
                "Networks on this end, in CIDR notation; with translations of the local side, as they are in the tunnel.")
        @Required
        @Size(min = 1, max = 16)
        List<@Size(min = 4, max = 49) String> localTrafficSelectors,

        @JsonPropertyDescription(
                "Networks on the peer's end, in CIDR notation; with translations of the remote side, as they are in the tunnel.")
        @Required
        @Size(min = 1, max = 16)
        List<@Size(min = 4, max = 49) String> remoteTrafficSelectors,

        @JsonPropertyDescription(
                "Which packets between these networks the child carries, as {protocol: tcp, remotePorts: 443}; all by default. The others are dropped unless another child or a policy is for them.")
        @Nullable
        TrafficFilter trafficFilter,

        @JsonPropertyDescription(
                "Tunnel: the whole packet travels inside a new one. Transport: for the traffic of the two gateways with each other alone, whose addresses are the traffic selectors; what protects a packet goes behind its own header.")
        @Default("Tunnel")
        ChildMode mode,

        @JsonPropertyDescription(
                "Protocol that protects the packets: ESP, or AH, which encrypts nothing and does not pass a NAT.")
        @Default("ESP")
        ChildProtocol protocol,

        @JsonPropertyDescription(
                "Proposals in strongSwan's keywords, best first, such as aes256gcm16-x25519; a key exchange means perfect forward secrecy; by default the preset's, or sensible ones.")
        @Size(max = 16)
        List<@Size(min = 1, max = 256) @Pattern(IkeSettings.PROPOSAL) String> proposals,

        @JsonPropertyDescription(
                "Age at which the child SA gets new keys, at the latest; up to a tenth earlier by chance. One that cannot be renewed ends a tenth after it. 0s never. By default the preset's, or "
                        + ChildSpec.DEFAULT_REKEY_TIME + ".")
        @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 24)
        @Nullable
        String rekeyTime,

        @JsonPropertyDescription(
                "Bytes in either direction after which the child SA gets new keys, at the latest; up to a tenth earlier by chance. One that cannot be renewed carries nothing beyond twice as many. 0 no limit, else at least 1000000. By default the preset's, or none.")
        @Min(0)
        @Max(ChildSpec.MOST_REKEY_BYTES)
        @Nullable
        Long rekeyBytes,

        @JsonPropertyDescription(
                "Packets in either direction after which the child SA gets new keys, at the latest; up to a tenth earlier by chance. One that cannot be renewed carries nothing beyond twice as many. 0 no limit, else at least 1000. Without extended sequence numbers it gets new keys before 2^32 in any case.")
        @Default("0")
        @Min(0)
        @Max(ChildSpec.MOST_REKEY_PACKETS)
        Long rekeyPackets,

        @JsonPropertyDescription(
                "What sets the child SA up: Start at once and again for ever, Trap the first packet, which is kept and sent once the SA is there, None nothing on this end.")
        @Default("Start")
        StartAction startAction,

        @JsonPropertyDescription(
                "What happens when the peer has closed the child SA: Start sets it up again at once, Trap with the next packet, None leaves it to the peer. Applies also where startAction is not Start.")
        @Default("Start")
        StartAction closeAction,

        @JsonPropertyDescription(
                "Packets that may arrive late: 0 (no replay protection) or a multiple of 32 up to 4096.")
        @Default("1024")
        @Min(0)
        @Max(4096)
        Integer replayWindow) {
    public static final String DEFAULT_REKEY_TIME = "1h";
    public static final int DEFAULT_REPLAY_WINDOW = 1024;
    /** Less would have a fast link do nothing but rekey. */
    public static final long LEAST_REKEY_BYTES = 1_000_000;

    public static final long LEAST_REKEY_PACKETS = 1_000;
    static final long MOST_REKEY_BYTES = 1_000_000_000_000_000L;
    static final long MOST_REKEY_PACKETS = 1_000_000_000_000L;

    public ChildSpec {
        localTrafficSelectors = Lists.orEmpty(localTrafficSelectors);
        remoteTrafficSelectors = Lists.orEmpty(remoteTrafficSelectors);
        mode = mode == null ? ChildMode.TUNNEL : mode;
        protocol = protocol == null ? ChildProtocol.ESP : protocol;
        proposals = Lists.orEmpty(proposals);
        rekeyPackets = rekeyPackets == null ? Long.valueOf(0) : rekeyPackets;
        startAction = startAction == null ? StartAction.START : startAction;
        closeAction = closeAction == null ? StartAction.START : closeAction;
        replayWindow = replayWindow == null ? DEFAULT_REPLAY_WINDOW : replayWindow;
    }

    /** Absent in a document, it is what a preset says, and without that the default; so it is with what follows. */
    @Override
    public String rekeyTime() {
        return rekeyTime == null ? DEFAULT_REKEY_TIME : rekeyTime;
    }

    @Override
    public Long rekeyBytes() {
        return rekeyBytes == null ? Long.valueOf(0) : rekeyBytes;
    }

    /** The same, with what it leaves open taken from {@code other}. A protocol without encryption has its own proposals. */
    public ChildSpec orElse(ChildDefaults other) {
        return new ChildSpec(
                name,
                localTrafficSelectors,
                remoteTrafficSelectors,
                trafficFilter,
                mode,
                protocol,
                proposals.isEmpty() && protocol == ChildProtocol.ESP ? other.proposals() : proposals,
                rekeyTime == null ? other.rekeyTime() : rekeyTime,
                rekeyBytes == null ? other.rekeyBytes() : rekeyBytes,
                rekeyPackets,
                startAction,
                closeAction,
                replayWindow);
    }

    /** This end of the packets that the child carries. */
    public List<TrafficSelector> localSelectors() {
        return TrafficFilter.local(localTrafficSelectors, trafficFilter);
    }

    /** The peer's end of the packets that the child carries. */
    public List<TrafficSelector> remoteSelectors() {
        return TrafficFilter.remote(remoteTrafficSelectors, trafficFilter);
    }
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * One child SA: what it carries and how.
 *
 * @param localTrafficSelectors networks on this end, in CIDR notation
 * @param remoteTrafficSelectors networks on the peer's end, in CIDR notation
 * @param proposals strongSwan's keywords, best first; a key exchange in one means perfect forward secrecy; empty
 *     for {@link DefaultProposals#ESP}
 * @param replayWindow packets, a multiple of 32; 0 switches replay protection off
 */
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
                "self.localTrafficSelectors.all(l, self.remoteTrafficSelectors.all(r, !isCIDR(l) || !isCIDR(r) || !(cidr(l).containsCIDR(cidr(r)) || cidr(r).containsCIDR(cidr(l)))))",
        message = "local and remote traffic selectors overlap")
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

        @JsonPropertyDescription("Networks on this end, in CIDR notation.") @Required @Size(min = 1, max = 16)
        List<@Size(min = 4, max = 49) String> localTrafficSelectors,

        @JsonPropertyDescription("Networks on the peer's end, in CIDR notation.") @Required @Size(min = 1, max = 16)
        List<@Size(min = 4, max = 49) String> remoteTrafficSelectors,

        @JsonPropertyDescription("Tunnel: the whole packet travels inside a new one.") @Default("Tunnel")
        ChildMode mode,

        @JsonPropertyDescription("Protocol that protects the packets.") @Default("ESP")
        ChildProtocol protocol,

        @JsonPropertyDescription(
                "Proposals in strongSwan's keywords, best first, such as aes256gcm16-x25519; a key exchange means perfect forward secrecy; sensible ones by default.")
        @Size(max = 16)
        List<@Size(min = 1, max = 256) @Pattern(IkeSettings.PROPOSAL) String> proposals,

        @JsonPropertyDescription("Age at which the child SA gets new keys; 0s never.")
        @Default(ChildSpec.DEFAULT_REKEY_TIME)
        @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 24)
        String rekeyTime,

        @JsonPropertyDescription("What sets the child SA up: at once, the first packet, or nothing on this end.")
        @Default("Start")
        StartAction startAction,

        @JsonPropertyDescription("What happens when the peer has closed the child SA.") @Default("Start")
        StartAction closeAction,

        @JsonPropertyDescription(
                "Packets that may arrive late: 0 (no replay protection) or a multiple of 32 up to 4096.")
        @Default("1024")
        @Min(0)
        @Max(4096)
        Integer replayWindow) {
    public static final String DEFAULT_REKEY_TIME = "1h";
    public static final int DEFAULT_REPLAY_WINDOW = 1024;

    public ChildSpec {
        localTrafficSelectors = Lists.orEmpty(localTrafficSelectors);
        remoteTrafficSelectors = Lists.orEmpty(remoteTrafficSelectors);
        mode = mode == null ? ChildMode.TUNNEL : mode;
        protocol = protocol == null ? ChildProtocol.ESP : protocol;
        proposals = Lists.orEmpty(proposals);
        rekeyTime = rekeyTime == null ? DEFAULT_REKEY_TIME : rekeyTime;
        startAction = startAction == null ? StartAction.START : startAction;
        closeAction = closeAction == null ? StartAction.START : closeAction;
        replayWindow = replayWindow == null ? DEFAULT_REPLAY_WINDOW : replayWindow;
    }
}

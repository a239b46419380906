package dev.culvert.ike.endpoint;

import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds tunnels for tests. */
final class Tunnels {
    static final String NAME = "branch";
    static final String CHILD = "net";

    String local;
    String localId;
    String remoteId;
    List<UdpAddress> remotes;
    List<Proposal> ikeProposals = ike("aes256gcm16-prfsha384-x25519");
    String psk = "at least twenty random characters";
    List<ChildConfig> children = new ArrayList<>();
    DpdConfig dpd = DpdConfig.OFF;
    Encapsulation encapsulation = Encapsulation.AUTO;
    Duration rekeyTime = Duration.ZERO;
    Duration reauthTime = Duration.ZERO;

    private Tunnels(String local, String localId, String remoteId, List<UdpAddress> remotes) {
        this.local = local;
        this.localId = localId;
        this.remoteId = remoteId;
        this.remotes = remotes;
    }

    static Tunnels of(String local, String remote, String localId, String remoteId) {
        Tunnels tunnel = new Tunnels(local, localId, remoteId, List.of(UdpAddress.of(remote, 500)));
        tunnel.children.add(child(CHILD, "10.1.0.0/16", "10.2.0.0/16", "aes256gcm16"));
        return tunnel;
    }

    static ChildConfig child(String name, String local, String remote, String... proposals) {
        return new ChildConfig(
                name,
                List.of(TrafficSelector.parse(local)),
                List.of(TrafficSelector.parse(remote)),
                esp(proposals),
                IpsecMode.TUNNEL,
                StartAction.START,
                CloseAction.NONE,
                Duration.ZERO,
                Duration.ZERO);
    }

    static List<Proposal> ike(String... texts) {
        return ProposalKeywords.parseAll(SecurityProtocol.IKE, List.of(texts));
    }

    static List<Proposal> esp(String... texts) {
        return ProposalKeywords.parseAll(SecurityProtocol.ESP, List.of(texts));
    }

    Tunnels swapSelectors() {
        children.replaceAll(c -> new ChildConfig(
                c.name(),
                c.remoteSelectors(),
                c.localSelectors(),
                c.proposals(),
                c.mode(),
                c.startAction(),
                c.closeAction(),
                c.rekeyTime(),
                c.lifeTime()));
        return this;
    }

    Tunnels start(StartAction action) {
        children.replaceAll(c -> new ChildConfig(
                c.name(),
                c.localSelectors(),
                c.remoteSelectors(),
                c.proposals(),
                c.mode(),
                action,
                c.closeAction(),
                c.rekeyTime(),
                c.lifeTime()));
        return this;
    }

    Tunnels close(CloseAction action) {
        children.replaceAll(c -> new ChildConfig(
                c.name(),
                c.localSelectors(),
                c.remoteSelectors(),
                c.proposals(),
                c.mode(),
                c.startAction(),
                action,
                c.rekeyTime(),
                c.lifeTime()));
        return this;
    }

    Tunnels childTimes(Duration rekey, Duration life) {
        children.replaceAll(c -> new ChildConfig(
                c.name(),
                c.localSelectors(),
                c.remoteSelectors(),
                c.proposals(),
                c.mode(),
                c.startAction(),
                c.closeAction(),
                rekey,
                life));
        return this;
    }

    Tunnels childProposals(String... proposals) {
        children.replaceAll(c -> new ChildConfig(
                c.name(),
                c.localSelectors(),
                c.remoteSelectors(),
                esp(proposals),
                c.mode(),
                c.startAction(),
                c.closeAction(),
                c.rekeyTime(),
                c.lifeTime()));
        return this;
    }

    Tunnels selectors(List<String> localSelectors, List<String> remoteSelectors) {
        children.replaceAll(c -> new ChildConfig(
                c.name(),
                localSelectors.stream().map(TrafficSelector::parse).toList(),
                remoteSelectors.stream().map(TrafficSelector::parse).toList(),
                c.proposals(),
                c.mode(),
                c.startAction(),
                c.closeAction(),
                c.rekeyTime(),
                c.lifeTime()));
        return this;
    }

    Tunnels addChild(ChildConfig child) {
        children.add(child);
        return this;
    }

    Tunnels ikeProposals(String... texts) {
        ikeProposals = ike(texts);
        return this;
    }

    Tunnels psk(String secret) {
        psk = secret;
        return this;
    }

    Tunnels dpd(Duration delay, Duration timeout, DpdConfig.Action action) {
        dpd = new DpdConfig(delay, timeout, action);
        return this;
    }

    Tunnels encapsulation(Encapsulation policy) {
        encapsulation = policy;
        return this;
    }

    Tunnels remotes(UdpAddress... addresses) {
        remotes = List.of(addresses);
        return this;
    }

    Tunnels ids(String newLocal, String newRemote) {
        localId = newLocal;
        remoteId = newRemote;
        return this;
    }

    Tunnels rekeyTime(Duration time) {
        rekeyTime = time;
        return this;
    }

    Tunnels reauthTime(Duration time) {
        reauthTime = time;
        return this;
    }

    TunnelConfig build() {
        return new TunnelConfig(
                NAME,
                IkeVersion.IKEV2,
                ikeProposals,
                Identity.fqdn(localId),
                Identity.fqdn(remoteId),
                new AuthConfig.Psk(SecretBytes.copyOf(psk.getBytes(StandardCharsets.UTF_8))),
                Optional.of(IpAddress.parse(local)),
                remotes,
                children,
                dpd,
                encapsulation,
                rekeyTime,
                reauthTime);
    }
}

package dev.culvert.ike.endpoint;

import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds tunnels for tests. */
final class Tunnels {
    static final String NAME = "branch";
    static final String CHILD = "net";

    String name = NAME;
    String local;
    String localId;
    String remoteId;
    List<UdpAddress> remotes;
    List<Proposal> ikeProposals = ike("aes256gcm16-prfsha384-x25519");
    String psk = "at least twenty random characters";
    AuthConfig.@Nullable Local localAuth;
    AuthConfig.@Nullable Remote remoteAuth;

    @Nullable
    Identity localIdentity;

    @Nullable
    Identity remoteIdentity;

    List<ChildConfig> children = new ArrayList<>();
    DpdConfig dpd = DpdConfig.OFF;
    Encapsulation encapsulation = Encapsulation.AUTO;
    Duration rekeyTime = Duration.ZERO;
    Duration reauthTime = Duration.ZERO;
    boolean mobike;
    boolean anyLocalAddress;
    Fragmentation fragmentation = Fragmentation.DEFAULT;
    Optional<PostQuantumKey> postQuantumKey = Optional.empty();
    Childless childless = Childless.ALLOW;
    TcpEncapsulation tcp = TcpEncapsulation.OFF;

    IkeVersion version = IkeVersion.IKEV2;
    Phase1Mode phase1Mode = Phase1Mode.MAIN;

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
        return ChildConfig.builder(
                        name,
                        List.of(TrafficSelector.parse(local)),
                        List.of(TrafficSelector.parse(remote)),
                        esp(proposals))
                .build();
    }

    static List<Proposal> ike(String... texts) {
        return ProposalKeywords.parseAll(SecurityProtocol.IKE, List.of(texts));
    }

    static List<Proposal> esp(String... texts) {
        return ProposalKeywords.parseAll(SecurityProtocol.ESP, List.of(texts));
    }

    Tunnels named(String other) {
        name = other;
        return this;
    }

    Tunnels swapSelectors() {
        return eachChild(c -> c.toBuilder().selectors(c.remoteSelectors(), c.localSelectors()));
    }

    Tunnels start(StartAction action) {
        return eachChild(c -> c.toBuilder().startAction(action));
    }

    Tunnels close(CloseAction action) {
        return eachChild(c -> c.toBuilder().closeAction(action));
    }

    Tunnels childTimes(Duration rekey, Duration life) {
        return eachChild(c -> c.toBuilder().rekeyTime(rekey).lifeTime(life));
    }

    Tunnels lifeBytes(long bytes) {
        return eachChild(c -> c.toBuilder().lifeBytes(bytes));
    }

    Tunnels commitBit() {
        return eachChild(c -> c.toBuilder().commitBit(true));
    }

    Tunnels childProposals(String... proposals) {
        return eachChild(c -> c.toBuilder().proposals(esp(proposals)));
    }

    Tunnels ah(String... proposals) {
        return eachChild(
                c -> c.toBuilder().proposals(ProposalKeywords.parseAll(SecurityProtocol.AH, List.of(proposals))));
    }

    /** Transport mode for the traffic of the gateways with each other. */
    Tunnels transport(String localAddress, String remoteAddress) {
        return selectors(List.of(localAddress), List.of(remoteAddress))
                .eachChild(c -> c.toBuilder().mode(IpsecMode.TRANSPORT));
    }

    Tunnels selectors(List<String> localSelectors, List<String> remoteSelectors) {
        return eachChild(c -> c.toBuilder()
                .selectors(
                        localSelectors.stream().map(TrafficSelector::parse).toList(),
                        remoteSelectors.stream().map(TrafficSelector::parse).toList()));
    }

    private Tunnels eachChild(Function<ChildConfig, ChildConfig.Builder> change) {
        children.replaceAll(c -> change.apply(c).build());
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

    /** By IKEv1, with algorithms that it has. */
    Tunnels ikev1(Phase1Mode mode) {
        version = IkeVersion.IKEV1;
        phase1Mode = mode;
        return ikeProposals("aes256-sha256-modp2048").childProposals("aes256-sha256");
    }

    /** How we prove our identity, instead of by the pre-shared key. */
    Tunnels proves(AuthConfig.Local how) {
        localAuth = how;
        return this;
    }

    /** How the peer has to prove its. */
    Tunnels accepts(AuthConfig.Remote how) {
        remoteAuth = how;
        return this;
    }

    Tunnels identities(Identity ofLocal, Identity ofRemote) {
        localIdentity = ofLocal;
        remoteIdentity = ofRemote;
        return this;
    }

    private AuthConfig auth() {
        AuthConfig byPsk = AuthConfig.psk(SecretBytes.copyOf(psk.getBytes(StandardCharsets.UTF_8)));
        return new AuthConfig(
                localAuth == null ? byPsk.local() : localAuth, remoteAuth == null ? byPsk.remote() : remoteAuth);
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

    /** With MOBIKE, and without a local address of its own. */
    Tunnels mobike() {
        mobike = true;
        anyLocalAddress = true;
        return this;
    }

    Tunnels fragmentation(Fragmentation.Mode mode, int datagramSize) {
        fragmentation = new Fragmentation(mode, datagramSize);
        return this;
    }

    Tunnels postQuantumKey(String id, String secret, boolean required) {
        postQuantumKey = Optional.of(new PostQuantumKey(
                Bytes.utf8(id), SecretBytes.copyOf(secret.getBytes(StandardCharsets.UTF_8)), required));
        return this;
    }

    Tunnels tcp(TcpEncapsulation.Mode mode) {
        tcp = new TcpEncapsulation(mode, 4500);
        return this;
    }

    Tunnels childless(Childless policy) {
        childless = policy;
        return this;
    }

    TunnelConfig build() {
        return TunnelConfig.builder(
                        name,
                        ikeProposals,
                        localIdentity == null ? Identity.fqdn(localId) : localIdentity,
                        remoteIdentity == null ? Identity.fqdn(remoteId) : remoteIdentity,
                        auth())
                .version(version)
                .phase1Mode(phase1Mode)
                .localAddress(anyLocalAddress ? Optional.empty() : Optional.of(IpAddress.parse(local)))
                .mobike(mobike)
                .remoteAddresses(remotes)
                .children(children)
                .dpd(dpd)
                .encapsulation(encapsulation)
                .rekeyTime(rekeyTime)
                .reauthTime(reauthTime)
                .fragmentation(fragmentation)
                .postQuantumKey(postQuantumKey)
                .childless(childless)
                .tcpEncapsulation(tcp)
                .build();
    }
}

package dev.culvert.ike.endpoint;

import dev.culvert.crypto.Proposal;
import dev.culvert.ike.sa.SaOwner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tunnels that a peer at some address may ask for. There may be thousands between the same two addresses, so what a
 * handshake needs of them is found by hash and not by going through them.
 */
public final class Candidates {
    static final Candidates NONE = new Candidates(List.of());

    /** Of so many at most it is said that they were asked for in vain. */
    private static final int TOLD = 16;

    private final List<SaOwner> owners;
    private final List<Proposal> proposals;
    private final Map<Identity, List<SaOwner>> byPeer = new HashMap<>();
    private final List<AuthConfig> certificates;
    private final boolean encapsulationForced;
    private final Optional<Fragmentation> fragmentation;
    private final boolean postQuantumKeys;
    private final boolean childlessAllowed;

    private Candidates(List<? extends SaOwner> owners) {
        this.owners = List.copyOf(owners);
        Set<Proposal> different = new LinkedHashSet<>();
        boolean forced = false;
        for (SaOwner owner : owners) {
            TunnelConfig config = owner.config();
            different.addAll(config.ikeProposals());
            forced |= config.encapsulation() == Encapsulation.ALWAYS;
            byPeer.computeIfAbsent(config.remote(), _ -> new ArrayList<>(1)).add(owner);
        }
        proposals = List.copyOf(different);
        certificates = owners.stream()
                .map(owner -> owner.config().auth())
                .filter(AuthConfig::hasCertificates)
                .distinct()
                .toList();
        encapsulationForced = forced;
        fragmentation = owners.stream()
                .map(owner -> owner.config().fragmentation())
                .filter(Fragmentation::isOffered)
                .findFirst();
        postQuantumKeys = owners.stream()
                .anyMatch(owner -> owner.config().postQuantumKey().isPresent());
        childlessAllowed = owners.stream().anyMatch(owner -> owner.config().childless() != Childless.NEVER);
    }

    /** @param owners in the order in which they are to be considered */
    public static Candidates of(List<? extends SaOwner> owners) {
        return owners.isEmpty() ? NONE : new Candidates(owners);
    }

    public boolean isEmpty() {
        return owners.isEmpty();
    }

    /** The IKE proposals of all of them, each once. */
    public List<Proposal> proposals() {
        return proposals;
    }

    /** How those authenticate that have to do with certificates, each way once. */
    public List<AuthConfig> certificates() {
        return certificates;
    }

    /** Whether one of them wants UDP encapsulation even without a NAT. */
    public boolean encapsulationForced() {
        return encapsulationForced;
    }

    /** How the first of them that takes fragments makes its own. */
    public Optional<Fragmentation> fragmentation() {
        return fragmentation;
    }

    /** Whether one of them has a post-quantum pre-shared key. */
    public boolean postQuantumKeys() {
        return postQuantumKeys;
    }

    /** Whether one of them may begin without a child SA. */
    public boolean childlessAllowed() {
        return childlessAllowed;
    }

    /**
     * The first whose peer has that identity.
     *
     * @param wanted the identity that the peer wants us to have, if it says so (RFC 7296 §3.5)
     */
    public Optional<SaOwner> find(Identity peer, Optional<Identity> wanted) {
        return byPeer.getOrDefault(peer, List.of()).stream()
                .filter(owner -> owner.config().remote().equals(peer)
                        && wanted.map(owner.config().local()::equals).orElse(true))
                .findFirst();
    }

    /** Those to be named to people: all, if they are few, or the first ones. */
    public List<SaOwner> some() {
        return owners.subList(0, Math.min(TOLD, owners.size()));
    }
}

package dev.culvert.ike.endpoint;

import dev.culvert.ike.endpoint.ChildSlot.Want;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.IkeSa;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The configured children of one tunnel: which are wanted, and what becomes of them when the configuration changes. */
final class ChildSlots {
    private final Map<String, ChildSlot> byName = new LinkedHashMap<>();

    ChildSlots(TunnelConfig config) {
        for (ChildConfig child : config.children()) {
            byName.put(child.name(), newSlot(child));
        }
    }

    private static ChildSlot newSlot(ChildConfig child) {
        return new ChildSlot(child.name(), child.startAction() == StartAction.START ? Want.ALWAYS : Want.NO);
    }

    Optional<ChildSlot> find(String child) {
        return Optional.ofNullable(byName.get(child));
    }

    List<ChildSlot> all() {
        return List.copyOf(byName.values());
    }

    /** One configured child, which may be several here, or all of them. */
    List<ChildSlot> named(Optional<String> child) {
        return byName.values().stream()
                .filter(slot -> child.map(ChildConfig.configuredName(slot.name())::equals)
                        .orElse(true))
                .toList();
    }

    /** What is wanted, neither there nor on its way. */
    List<ChildSlot> missing(IkeSas sas) {
        return byName.values().stream()
                .filter(slot -> slot.want() != Want.NO && !slot.pending() && !sas.isUp(slot))
                .toList();
    }

    /** Whether nothing of what is wanted is still on its way, and what is there is in use. */
    boolean isComplete(IkeSas sas) {
        return byName.values().stream()
                .allMatch(slot -> sas.isInUse(slot)
                        || (slot.want() == Want.NO && !sas.isUp(slot))
                        || (!slot.pending() && slot.failure().isPresent()));
    }

    /** The child to negotiate in IKE_AUTH: the first that is wanted. */
    ChildSlot first() {
        return byName.values().stream()
                .filter(s -> s.want() != Want.NO)
                .findFirst()
                .orElseGet(() -> byName.values().iterator().next());
    }

    /** What was asked for once is not asked for again. */
    void giveUp() {
        byName.values().stream().filter(s -> s.want() == Want.ONCE).forEach(s -> s.want(Want.NO));
    }

    /** No exchange is under way any more. */
    void nothingPending() {
        byName.values().forEach(slot -> slot.pending(false));
    }

    /** What the old IKE SA carries is wanted on the new one too. */
    void wantAgain(IkeSa old) {
        for (ChildSlot slot : byName.values()) {
            if (old.children().live(slot.name()).isPresent() && slot.want() == Want.NO) {
                slot.request(ChildRequest.of(slot.name()));
            }
        }
    }

    /** A child is negotiated as several from now on, each as much wanted as it was. */
    void split(String child, List<ChildConfig> parts) {
        Map<String, ChildSlot> before = new LinkedHashMap<>(byName);
        byName.clear();
        before.forEach((name, slot) -> {
            if (name.equals(child)) {
                parts.forEach(part -> byName.put(part.name(), new ChildSlot(part.name(), slot.want())));
            } else {
                byName.put(name, slot);
            }
        });
    }

    /** A child is negotiated as a whole again. */
    void join(ChildSlot whole) {
        Map<String, ChildSlot> before = new LinkedHashMap<>(byName);
        byName.clear();
        before.forEach((name, slot) -> {
            if (ChildConfig.configuredName(name).equals(whole.name())) {
                byName.put(whole.name(), whole);
            } else {
                byName.put(name, slot);
            }
        });
    }

    /** With a new IKE SA the peer is asked again for what it refused on an earlier one. */
    void tryAgain(TunnelConfig config) {
        for (ChildSlot slot : byName.values()) {
            if (slot.isGivenUp()) {
                slot.forgetFailures();
                slot.want(
                        config.child(slot.name())
                                        .filter(c -> c.startAction() == StartAction.START)
                                        .isPresent()
                                ? Want.ALWAYS
                                : Want.NO);
            }
        }
    }

    /**
     * Takes over a changed configuration: what is the same on the wire stays, what is not configured any more goes.
     *
     * @return the children that are up and have to be made anew on the same IKE SA
     */
    List<String> update(TunnelConfig old, TunnelConfig config, boolean sameIkeSa, IkeSas sas) {
        List<String> outdated = new ArrayList<>();
        Map<String, ChildSlot> before = new LinkedHashMap<>(byName);
        byName.clear();
        for (ChildConfig child : config.children()) {
            Optional<ChildConfig> was = old.child(child.name());
            ChildSlot slot = before.remove(child.name());
            if (slot == null || was.isEmpty()) {
                byName.put(child.name(), newSlot(child));
                continue;
            }
            byName.put(child.name(), slot);
            slot.forgetFailures();
            if (child.startAction() == StartAction.START && was.get().startAction() != StartAction.START) {
                slot.want(Want.ALWAYS);
            }
            if (!sameIkeSa || !child.sameOnTheWire(was.get())) {
                slot.pending(false);
            }
            if (!child.sameLifetimeAs(was.get())) {
                sas.all().forEach(sa -> sa.children().reschedule(child));
            }
            if (sameIkeSa && !child.sameOnTheWire(was.get())) {
                sas.live(child.name()).ifPresent(pair -> {
                    slot.outdated().add(pair);
                    slot.request(ChildRequest.of(child.name()));
                    outdated.add(child.name());
                });
            }
        }
        for (IkeSa sa : sas.all()) {
            deletePairs(sa, pair -> before.containsKey(pair.name()) && !isToBeReplaced(pair));
        }
        return outdated;
    }

    /** Whether the pair is a part of a child that is whole again: then it goes when the child is there. */
    private boolean isToBeReplaced(ChildSa pair) {
        String child = ChildConfig.configuredName(pair.name());
        Optional<ChildSlot> slot = find(child).filter(s -> !s.name().equals(pair.name()) && pair.isLive());
        slot.ifPresent(s -> {
            s.outdated().add(pair);
            s.request(ChildRequest.of(child));
        });
        return slot.isPresent();
    }

    static void deletePairs(IkeSa sa, Predicate<ChildSa> which) {
        sa.children().all().stream().filter(which).forEach(sa::deleteChild);
    }

    /** What is wanted after the last pair of a child went. */
    static void afterLoss(ChildSlot slot, TunnelConfig config, RemovalReason reason) {
        if (reason == RemovalReason.PEER_DEAD) {
            switch (config.dpd().action()) {
                case RESTART -> slot.want(Want.ALWAYS);
                case TRAP -> slot.want(Want.NO);
                case CLEAR -> slot.clear();
            }
        } else if (reason == RemovalReason.DELETED_BY_PEER) {
            boolean again = config.child(slot.name())
                    .filter(c -> c.closeAction() == CloseAction.START)
                    .isPresent();
            slot.want(again ? Want.ALWAYS : Want.NO);
        }
    }
}

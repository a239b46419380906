package dev.culvert.ike.v1.phase1;

import dev.culvert.ike.v1.NatTraversal;
import dev.culvert.ike.v1.PeerFeatures;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.message.VendorId;
import dev.culvert.ike.v1.message.VendorIdPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What both sides can beyond RFC 2409, as their vendor IDs say: NAT traversal, dead peer detection, fragments. */
final class Extensions {
    private Extensions() {}

    /** The initiator's: all that we can. */
    static List<V1Payload> offered(boolean fragmentation) {
        List<V1Payload> ids = new ArrayList<>();
        ids.add(VendorIdPayload.of(VendorId.NAT_T_RFC_3947));
        ids.add(VendorIdPayload.of(VendorId.NAT_T_DRAFT_03));
        ids.add(VendorIdPayload.of(VendorId.NAT_T_DRAFT_02_NEWLINE));
        ids.add(VendorIdPayload.of(VendorId.NAT_T_DRAFT_02));
        ids.add(VendorIdPayload.of(VendorId.DPD));
        if (fragmentation) {
            ids.add(VendorIdPayload.of(VendorId.FRAGMENTATION));
        }
        return ids;
    }

    /**
     * The responder's: what the initiator names and we can, and of the ways to traverse NATs the best one. So nobody can have
     * a first message answered by a longer one.
     */
    static List<V1Payload> answered(V1Message offer, boolean fragmentation) {
        Set<VendorId> theirs = of(offer);
        List<V1Payload> ids = new ArrayList<>();
        for (VendorId nat : VendorId.values()) {
            boolean isNat = nat == VendorId.NAT_T_RFC_3947 || nat.isNatDraft();
            if (isNat && theirs.contains(nat) && ids.isEmpty()) {
                ids.add(VendorIdPayload.of(nat));
            }
        }
        ids.addAll(late(PeerFeatures.NONE, features(offer, fragmentation)));
        return ids;
    }

    /** The responder's beside its nonce: what the initiator names there for the first time, as Cisco's do. */
    static List<V1Payload> late(PeerFeatures before, PeerFeatures now) {
        List<V1Payload> ids = new ArrayList<>();
        if (now.dpd() && !before.dpd()) {
            ids.add(VendorIdPayload.of(VendorId.DPD));
        }
        if (now.fragmentation() && !before.fragmentation()) {
            ids.add(VendorIdPayload.of(VendorId.FRAGMENTATION));
        }
        return ids;
    }

    /** What the peer can, of what we can. */
    static PeerFeatures features(V1Message message, boolean fragmentation) {
        Set<VendorId> theirs = of(message);
        NatTraversal nat = theirs.contains(VendorId.NAT_T_RFC_3947)
                ? NatTraversal.RFC
                : theirs.stream().anyMatch(VendorId::isNatDraft) ? NatTraversal.DRAFT : NatTraversal.NONE;
        return new PeerFeatures(
                nat, theirs.contains(VendorId.DPD), fragmentation && theirs.contains(VendorId.FRAGMENTATION));
    }

    private static Set<VendorId> of(V1Message message) {
        return message.all(VendorIdPayload.class).stream()
                .flatMap(id -> id.known().stream())
                .collect(Collectors.toSet());
    }
}

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
        addCommon(ids, fragmentation);
        return ids;
    }

    /** The responder's: of the ways to traverse NATs the best one that the initiator offers. */
    static List<V1Payload> answered(V1Message offer, boolean fragmentation) {
        Set<VendorId> theirs = of(offer);
        List<V1Payload> ids = new ArrayList<>();
        for (VendorId nat : VendorId.values()) {
            boolean isNat = nat == VendorId.NAT_T_RFC_3947 || nat.isNatDraft();
            if (isNat && theirs.contains(nat) && ids.isEmpty()) {
                ids.add(VendorIdPayload.of(nat));
            }
        }
        addCommon(ids, fragmentation);
        return ids;
    }

    private static void addCommon(List<V1Payload> ids, boolean fragmentation) {
        ids.add(VendorIdPayload.of(VendorId.DPD));
        if (fragmentation) {
            ids.add(VendorIdPayload.of(VendorId.FRAGMENTATION));
        }
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

package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.sa.IkeSa;
import java.util.Map;

/** One IKE SA takes the place of another (RFC 7296 §2.8, §2.18). */
final class IkeSuccession {
    private IkeSuccession() {}

    /** We made the heir and delete the old one. */
    static void byUs(IkeSa old, IkeSa heir, long nowNanos) {
        succeed(old, heir, nowNanos);
        old.enqueue(DeleteIkeSa.withDelete());
        CrashToken.renew(old, heir);
    }

    /** The peer made the heir and is to delete the old one. */
    static void byPeer(IkeSa old, IkeSa heir, long nowNanos) {
        succeed(old, heir, nowNanos);
        old.awaitDelete(nowNanos);
    }

    /**
     * The peer asks for something on an heir that it made while we were making another. So it has decided for this one,
     * knowing all four nonces, or not knowing of ours at all.
     */
    static void decideFor(IkeSa heir, long nowNanos) {
        heir.predecessor().filter(old -> old.state().isUsable()).ifPresent(old -> byPeer(old, heir, nowNanos));
        heir.decided();
    }

    private static void succeed(IkeSa old, IkeSa heir, long nowNanos) {
        heir.decided();
        old.replacedBy(heir);
        old.owner().rekeyed(old, heir, nowNanos);
        heir.audit(
                AuditEvent.IKE_SA_REKEYED,
                Map.of("old", old.spis(), "new", heir.spis()),
                "IKE SA " + old.spis() + " rekeyed to " + heir.spis());
    }
}

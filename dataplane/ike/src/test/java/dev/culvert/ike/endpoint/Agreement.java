package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What two gateways have to agree on. */
final class Agreement {
    private Agreement() {}

    /** Both have exactly one pair of that child, each other's, with each other's keys, and send on it. */
    static void assertOnePair(Gateway a, Gateway b, String child) {
        assertThat(a.pairs(child).size() == 1 && b.pairs(child).size() == 1)
                .as(() -> "one pair of '" + child + "' each, not "
                        + a.pairs(child).size() + " and " + b.pairs(child).size() + ":\n" + journal(a, b))
                .isTrue();
        ChildSaParameters atA = a.pair(child);
        ChildSaParameters atB = b.pair(child);
        assertThat(atA.spiIn()).isEqualTo(atB.spiOut());
        assertThat(atA.spiOut()).isEqualTo(atB.spiIn());
        assertSameKeys(atA, atB);
        assertThat(atA.local()).isEqualTo(atB.remote());
        assertThat(atA.remote()).isEqualTo(atB.local());
        assertThat(a.sending.get(child)).isEqualTo(atA.spiIn());
        assertThat(b.sending.get(child)).isEqualTo(atB.spiIn());
    }

    /** Neither has a pair of that child. */
    static void assertNoPair(Gateway a, Gateway b, String child) {
        assertThat(a.pairs(child)).as(() -> journal(a, b)).isEmpty();
        assertThat(b.pairs(child)).as(() -> journal(a, b)).isEmpty();
    }

    /** Both sides have something to send the child's traffic on, and the other side receives on it. */
    static void assertUsable(Gateway a, Gateway b, String child) {
        assertReceived(a, b, child);
        assertReceived(b, a, child);
    }

    /** The same, and what is on its way when a pair goes that was replaced is received. */
    static void assertReceiving(Gateway a, Gateway b, String child) {
        for (Gateway from : List.of(a, b)) {
            Gateway to = from == a ? b : a;
            if (from.sender(child).filter(pair -> to.receives(pair.spiOut())).isEmpty()) {
                throw new AssertionError(from.name + " sends '" + child + "' on nothing that " + to.name
                        + " receives:\n" + journal(a, b));
            }
        }
    }

    private static void assertReceived(Gateway from, Gateway to, String child) {
        Optional<ChildSaParameters> sender = from.sender(child);
        boolean received =
                sender.map(pair -> to.installed.containsKey(pair.spiOut())).orElse(false);
        if (!received) {
            throw new AssertionError(from.name + " sends '" + child + "' on "
                    + sender.map(pair -> String.format("%08x", pair.spiOut())).orElse("nothing") + ", which " + to.name
                    + " does not receive:\n" + journal(from, to));
        }
    }

    /** One IKE SA on each side, the same. */
    static void assertOneIkeSa(Gateway a, Gateway b) {
        TunnelStatus.IkeSaStatus atA = a.status().ikeSa().orElseThrow();
        TunnelStatus.IkeSaStatus atB = b.status().ikeSa().orElseThrow();
        assertThat(a.isEstablished() && b.isEstablished()).isTrue();
        assertThat(atA.spiInitiator()).isEqualTo(atB.spiInitiator());
        assertThat(atA.spiResponder()).isEqualTo(atB.spiResponder());
        assertThat(atA.initiator()).isNotEqualTo(atB.initiator());
        assertThat(a.endpoint.establishedIkeSas()).as(() -> journal(a, b)).isEqualTo(1);
        assertThat(b.endpoint.establishedIkeSas()).as(() -> journal(a, b)).isEqualTo(1);
    }

    static void assertSameKeys(ChildSaParameters atA, ChildSaParameters atB) {
        assertThat(atA.suite()).isEqualTo(atB.suite());
        assertThat(atA.encryptionKeyIn().bytes())
                .isEqualTo(atB.encryptionKeyOut().bytes());
        assertThat(atA.encryptionKeyOut().bytes())
                .isEqualTo(atB.encryptionKeyIn().bytes());
        assertThat(atA.integrityKeyIn().bytes()).isEqualTo(atB.integrityKeyOut().bytes());
        assertThat(atA.integrityKeyOut().bytes()).isEqualTo(atB.integrityKeyIn().bytes());
        assertThat(atA.encryptionKeyIn().bytes()).hasSize(atA.suite().encryptionKeyLength());
        assertThat(atA.integrityKeyIn().bytes()).hasSize(atA.suite().integrityKeyLength());
        boolean encrypted = atA.suite().encryptionKeyLength() > 0;
        assertThat((encrypted ? atA.encryptionKeyIn() : atA.integrityKeyIn()).bytes())
                .isNotEqualTo((encrypted ? atA.encryptionKeyOut() : atA.integrityKeyOut()).bytes());
    }

    /** What both sides went through, in order. */
    static String journal(Gateway a, Gateway b) {
        List<String> both = new ArrayList<>(a.journal);
        both.addAll(b.journal);
        both.sort(Comparator.comparing(line -> line.substring(0, 9)));
        return String.join("\n", both);
    }
}

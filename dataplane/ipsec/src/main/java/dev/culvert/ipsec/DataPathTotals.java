package dev.culvert.ipsec;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the data path has done since it was made, over all SAs, those removed included.
 *
 * @param packetsOut inner packets sealed (a fragmented one counts once for each fragment)
 * @param bytesOut their inner bytes
 * @param packetsIn inner packets authenticated and handed on
 * @param bytesIn their inner bytes
 * @param keepalives NAT keepalives received (RFC 3948 §2.3)
 * @param ikeDatagrams IKE datagrams received behind a non-ESP marker and handed on
 * @param fragmented inner packets that were cut into fragments
 * @param tooBigAnswers ICMP errors sent into the TUN device
 * @param drops packets dropped; every reason is there
 */
public record DataPathTotals(
        long packetsOut,
        long bytesOut,
        long packetsIn,
        long bytesIn,
        long keepalives,
        long ikeDatagrams,
        long fragmented,
        long tooBigAnswers,
        Map<DropReason, Long> drops) {
    public DataPathTotals {
        drops = Collections.unmodifiableMap(new EnumMap<>(drops));
    }

    public long drops(DropReason reason) {
        return drops.getOrDefault(reason, 0L);
    }
}

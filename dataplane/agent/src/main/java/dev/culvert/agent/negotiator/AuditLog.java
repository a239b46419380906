package dev.culvert.agent.negotiator;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.AuditRecord;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes a log line for what the negotiator reports and counts it. Lines that a stranger can cause are for debugging only. */
public final class AuditLog {
    private static final Logger log = LoggerFactory.getLogger("dev.culvert.ike");

    private final Map<AuditEvent, Long> counts = new ConcurrentHashMap<>();

    public void write(AuditRecord record) {
        counts.merge(record.event(), 1L, Long::sum);
        Level level = level(record);
        if (!log.isEnabledForLevel(level)) {
            return;
        }
        LoggingEventBuilder line = log.atLevel(level);
        if (record.tunnel().isPresent()) {
            line = line.addKeyValue("tunnel", record.tunnel().get());
        }
        for (Map.Entry<String, String> field : new TreeMap<>(record.fields()).entrySet()) {
            line = line.addKeyValue(field.getKey(), field.getValue());
        }
        line.log(record.message());
    }

    /** How often an event happened since the start. Any thread. */
    public long count(AuditEvent event) {
        return counts.getOrDefault(event, 0L);
    }

    private static Level level(AuditRecord record) {
        return switch (record.event()) {
            case IKE_SA_ESTABLISHED,
                    IKE_SA_REKEYED,
                    IKE_SA_CLOSED,
                    CHILD_SA_ESTABLISHED,
                    CHILD_SA_REKEYED,
                    CHILD_SA_CLOSED,
                    PEER_MOVED,
                    ADDRESS_CHANGED,
                    MESSAGE_IDS_SYNCHRONISED,
                    STREAM_LOST,
                    CONFIGURATION_CHANGED -> Level.INFO;
            case INITIATION_FAILED,
                    AUTHENTICATION_FAILED,
                    WEAK_AUTHENTICATION,
                    PROPOSALS_REJECTED,
                    SELECTORS_REJECTED,
                    PEER_UNREACHABLE -> record.tunnel().isPresent() ? Level.WARN : Level.DEBUG;
            case RETRANSMISSION,
                    REQUEST_REJECTED,
                    COOKIE_REQUESTED,
                    DUPLICATE_IKE_SA,
                    COMMAND_IGNORED,
                    DATAGRAM_DROPPED -> Level.DEBUG;
        };
    }
}

package dev.culvert.ike.endpoint;

import java.util.Map;
import java.util.Optional;

/**
 * One thing that happened, for logs, Events and metrics. Never holds keys or secrets.
 *
 * @param tunnel the tunnel, if it is known
 * @param fields names such as {@code peer}, {@code spis}, {@code child}, {@code notify}, {@code reason}
 * @param message one line for people
 */
public record AuditRecord(AuditEvent event, Optional<String> tunnel, Map<String, String> fields, String message) {
    public AuditRecord {
        fields = Map.copyOf(fields);
    }
}

package dev.culvert.ike.message;

import java.util.List;

/** Traffic Selector - Initiator (RFC 7296 §3.13). From selectors: {@link TsPayload#initiator}. */
public record TsiPayload(List<TsEntry> entries) implements TsPayload {
    public TsiPayload {
        Limits.requireUnsigned("number of traffic selectors", entries.size(), 0xff);
        entries = List.copyOf(entries);
    }

    @Override
    public int typeId() {
        return PayloadType.TSI.id();
    }
}

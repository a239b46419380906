package dev.culvert.ike.message;

import java.util.List;

/** Traffic Selector - Responder (RFC 7296 §3.13). From selectors: {@link TsPayload#responder}. */
public record TsrPayload(List<TsEntry> entries) implements TsPayload {
    public TsrPayload {
        Limits.requireUnsigned("number of traffic selectors", entries.size(), 0xff);
        entries = List.copyOf(entries);
    }

    @Override
    public int typeId() {
        return PayloadType.TSR.id();
    }
}

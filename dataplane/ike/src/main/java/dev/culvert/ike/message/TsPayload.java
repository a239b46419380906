package dev.culvert.ike.message;

import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.WireWriter;
import java.util.List;

/** TSi or TSr (RFC 7296 §3.13). */
public sealed interface TsPayload extends Payload permits TsiPayload, TsrPayload {
    /** At most 255, in order: the first may be the packet that asked for the SA (RFC 7296 §2.9). */
    List<TsEntry> entries();

    /** The selectors that can be used, in order; possibly none. */
    default List<TrafficSelector> selectors() {
        return entries().stream()
                .<TrafficSelector>mapMulti((entry, out) -> {
                    if (entry instanceof TsEntry.Selector(TrafficSelector selector)) {
                        out.accept(selector);
                    }
                })
                .toList();
    }

    private static List<TsEntry> toEntries(List<TrafficSelector> selectors) {
        return selectors.stream().<TsEntry>map(TsEntry.Selector::new).toList();
    }

    static TsiPayload initiator(List<TrafficSelector> selectors) {
        return new TsiPayload(toEntries(selectors));
    }

    static TsrPayload responder(List<TrafficSelector> selectors) {
        return new TsrPayload(toEntries(selectors));
    }

    @Override
    default int bodyLength() {
        return TsSubstructures.length(entries());
    }

    @Override
    default void writeBodyTo(WireWriter out) {
        TsSubstructures.write(entries(), out);
    }
}

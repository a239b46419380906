package dev.culvert.ike.message;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads and writes the bodies of TSi and TSr (RFC 7296 §3.13). */
final class TsSubstructures {
    /** TS type, protocol, and selector length. */
    private static final int HEADER_LENGTH = 4;

    private TsSubstructures() {}

    static Parsed<Payload> parse(WireReader in, Function<List<TsEntry>, Payload> maker) {
        int count = in.u8();
        in.skip(3);
        List<TsEntry> entries = new ArrayList<>();
        for (int i = 0; i < count && !in.overran(); i++) {
            int type = in.u8();
            int protocol = in.u8();
            int length = in.u16();
            WireReader body = in.slice(length - HEADER_LENGTH);
            if (isRange(type) && body.remaining() != bodyLength(type)) {
                return Parsed.malformed("traffic selector of type " + type + " and length " + length);
            }
            entries.add(entry(type, protocol, body));
        }
        if (in.overran()) {
            return Parsed.malformed("fewer than " + count + " traffic selectors");
        }
        return in.hasRemaining()
                ? Parsed.malformed(in.remaining() + " octets behind " + count + " traffic selectors")
                : Parsed.ok(maker.apply(entries));
    }

    private static TsEntry entry(int type, int protocol, WireReader body) {
        byte[] octets = body.rest();
        if (!isRange(type)) {
            return new TsEntry.Unusable(type, protocol, Bytes.of(octets));
        }
        int version = type == TsEntry.TS_IPV4_ADDR_RANGE ? 4 : 6;
        WireReader fields = WireReader.of(octets);
        int startPort = fields.u16();
        int endPort = fields.u16();
        IpAddress start = fields.address(version);
        IpAddress end = fields.address(version);
        boolean ports = startPort <= endPort || (startPort == 0xffff && endPort == 0);
        return ports && start.compareTo(end) <= 0
                ? new TsEntry.Selector(new TrafficSelector(protocol, startPort, endPort, start, end))
                : new TsEntry.Unusable(type, protocol, Bytes.of(octets));
    }

    static int length(List<TsEntry> entries) {
        return 4 + entries.stream().mapToInt(TsSubstructures::length).sum();
    }

    private static int length(TsEntry entry) {
        return HEADER_LENGTH
                + switch (entry) {
                    case TsEntry.Selector(TrafficSelector selector) -> bodyLength(type(selector));
                    case TsEntry.Unusable unusable -> unusable.body().length();
                };
    }

    static void write(List<TsEntry> entries, WireWriter out) {
        out.u8(entries.size()).zeros(3);
        for (TsEntry entry : entries) {
            switch (entry) {
                case TsEntry.Selector(TrafficSelector selector) ->
                    out.u8(type(selector))
                            .u8(selector.protocol())
                            .u16(length(entry))
                            .u16(selector.startPort())
                            .u16(selector.endPort())
                            .address(selector.start())
                            .address(selector.end());
                case TsEntry.Unusable(int type, int protocol, Bytes body) -> {
                    out.u8(type).u8(protocol).u16(length(entry));
                    body.writeTo(out);
                }
            }
        }
    }

    private static boolean isRange(int type) {
        return type == TsEntry.TS_IPV4_ADDR_RANGE || type == TsEntry.TS_IPV6_ADDR_RANGE;
    }

    private static int type(TrafficSelector selector) {
        return selector.start().isV4() ? TsEntry.TS_IPV4_ADDR_RANGE : TsEntry.TS_IPV6_ADDR_RANGE;
    }

    /** Ports and two addresses. */
    private static int bodyLength(int type) {
        return 4 + 2 * (type == TsEntry.TS_IPV4_ADDR_RANGE ? 4 : 16);
    }
}

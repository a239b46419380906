package dev.culvert.io.nft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.culvert.io.program.HostProgram;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link PacketFilter} as a table of nftables, each change being one transaction. */
final class NftTable implements PacketFilter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HostProgram nft = new HostProgram("nft");
    private final String device;
    private Rules installed = Rules.NONE;

    /** Whether the table is as {@link #installed} says; before the first change a predecessor's may be there. */
    private boolean known;

    NftTable(String device) {
        this.device = device;
    }

    @Override
    public void apply(Rules rules) throws IOException {
        if (known && rules.equals(installed)) {
            return;
        }
        NftScript script = new NftScript(device);
        boolean there = known && !installed.equals(Rules.NONE);
        if (rules.equals(Rules.NONE)) {
            script.removeTable();
        } else if (there) {
            script.change(rules)
                    .delete(NftScript.without(installed.refused(), rules.refused()))
                    .add(NftScript.without(rules.refused(), installed.refused()));
        } else {
            script.removeTable().makeTable(rules).add(rules.refused());
        }
        known = false;
        nft.run(List.of("-f", "-"), script.toString());
        installed = rules;
        known = true;
    }

    @Override
    public long refused() throws IOException {
        if (installed.equals(Rules.NONE)) {
            return 0;
        }
        long packets = 0;
        for (JsonNode item : list("counters", "table", "inet", "culvert")) {
            packets += item.path("counter").path("packets").asLong(0);
        }
        return packets;
    }

    @Override
    public Map<Pair, Long> refusedByPair() throws IOException {
        Map<Pair, Long> packets = new HashMap<>();
        if (installed.equals(Rules.NONE)) {
            return packets;
        }
        for (String set : List.of(NftScript.V4, NftScript.V6)) {
            for (JsonNode item : list("set", "inet", "culvert", set)) {
                for (JsonNode element : item.path("set").path("elem")) {
                    JsonNode ends = element.path("elem").path("val").path("concat");
                    packets.put(
                            new Pair(prefix(ends.path(0)), prefix(ends.path(1))),
                            element.path("elem").path("counter").path("packets").asLong(0));
                }
            }
        }
        return packets;
    }

    private JsonNode list(String... what) throws IOException {
        String[] arguments = new String[what.length + 2];
        arguments[0] = "-j";
        arguments[1] = "list";
        System.arraycopy(what, 0, arguments, 2, what.length);
        return JSON.readTree(nft.run(List.of(arguments), "")).path("nftables");
    }

    /** A network, or an address alone. */
    private static IpPrefix prefix(JsonNode value) {
        return value.isTextual()
                ? IpPrefix.host(IpAddress.parse(value.asText()))
                : new IpPrefix(
                        IpAddress.parse(value.path("prefix").path("addr").asText()),
                        value.path("prefix").path("len").asInt());
    }
}

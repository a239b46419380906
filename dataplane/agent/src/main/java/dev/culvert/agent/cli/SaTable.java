package dev.culvert.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The security associations for people: one line for each direction. */
final class SaTable {
    private static final List<String> HEADINGS = List.of(
            "SPI",
            "DIR",
            "TUNNEL",
            "CHILD",
            "PROTOCOL",
            "MODE",
            "PROPOSAL",
            "PEER",
            "PATH-MTU",
            "MTU",
            "SEQUENCE",
            "WINDOW",
            "PACKETS",
            "BYTES",
            "REFUSED",
            "AGE",
            "LIFETIME");

    private SaTable() {}

    static String render(JsonNode document) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (JsonNode pair : document.path("items")) {
            rows.add(row(pair, "in"));
            rows.add(row(pair, "out"));
        }
        return rows.size() == 1 ? "no security associations\n" : StatusTable.table(rows);
    }

    private static List<String> row(JsonNode pair, String direction) {
        JsonNode sa = pair.path(direction);
        long refused = sa.path("replayed").asLong()
                + sa.path("unauthenticated").asLong()
                + sa.path("malformed").asLong();
        return List.of(
                sa.path("spi").asText(),
                direction,
                pair.path("tunnel").asText(),
                pair.path("child").asText(),
                pair.path("protocol").asText()
                        + (pair.path("encapsulation").asText().equals("UDP") ? "/UDP" : ""),
                pair.path("mode").asText(),
                pair.path("proposal").asText(),
                pair.path("remoteEndpoint").asText(),
                direction.equals("out") ? pair.path("pathMTU").asText() : "-",
                direction.equals("out") ? pair.path("innerMTU").asText() : "-",
                sa.path("sequence").asText() + (pair.path("esn").asBoolean() ? " (64 bits)" : ""),
                direction.equals("in") ? window(pair) : "-",
                sa.path("packets").asText(),
                sa.path("bytes").asText(),
                Long.toString(refused),
                pair.path("ageSeconds").asText() + "s",
                sa.path("expired").asBoolean() ? "over" : lifetime(pair.path("lifetime")));
    }

    private static String window(JsonNode pair) {
        int packets = pair.path("replayWindow").asInt();
        return packets == 0 ? "off" : Integer.toString(packets);
    }

    /** What is left until the hard limits, in seconds, and the limits in bytes and packets. */
    private static String lifetime(JsonNode lifetime) {
        List<String> limits = new ArrayList<>();
        if (lifetime.has("hardSeconds")) {
            limits.add(lifetime.path("hardSeconds").asText() + "s");
        }
        if (lifetime.has("hardBytes")) {
            limits.add(lifetime.path("hardBytes").asText() + "B");
        }
        if (lifetime.has("hardPackets")) {
            limits.add(lifetime.path("hardPackets").asText() + " packets");
        }
        return limits.isEmpty() ? "-" : String.join(",", limits);
    }
}

package dev.culvert.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The policies for people, in their order, and what came in the clear against them. */
final class PolicyTable {
    private static final List<String> HEADINGS = List.of("ACTION", "TUNNEL", "CHILD", "LOCAL", "REMOTE");

    private PolicyTable() {}

    static String render(JsonNode document) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (JsonNode policy : document.path("items")) {
            rows.add(List.of(
                    policy.path("action").asText(),
                    policy.path("tunnel").asText(),
                    policy.path("child").asText(),
                    list(policy.path("local")),
                    list(policy.path("remote"))));
        }
        return (rows.size() == 1 ? "no policies\n" : StatusTable.table(rows))
                + "packets refused because they came in the clear: "
                + document.path("refusedCleartext").path("packets").asLong() + "\n";
    }

    private static String list(JsonNode selectors) {
        List<String> texts = new ArrayList<>();
        selectors.forEach(selector -> texts.add(selector.asText()));
        return String.join(",", texts);
    }
}

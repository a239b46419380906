package dev.culvert.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/** The status for people: one line for each tunnel and, below it, one for each child. */
final class StatusTable {
    private static final List<String> HEADINGS =
            List.of("NAME", "READY", "REASON", "REMOTE", "CHILD-SAS", "IKE", "SINCE");

    private StatusTable() {}

    static String render(JsonNode list, Instant now) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        StringBuilder messages = new StringBuilder();
        for (JsonNode tunnel : list.path("items")) {
            JsonNode status = tunnel.path("status");
            String name = name(tunnel);
            rows.add(List.of(
                    name,
                    condition(status, "Ready", "status"),
                    condition(status, "Ready", "reason"),
                    orDash(status.path("remoteEndpoint").asText(first(tunnel.at("/spec/remote/addresses"))))
                            + (status.at("/ikeSA/transport").asText().equals("TCP") ? "/tcp" : ""),
                    orDash(status.path("childSAsReady").asText()),
                    orDash(status.at("/ikeSA/proposal").asText()),
                    age(status.at("/ikeSA/establishedTime").asText(), now)));
            for (JsonNode child : status.path("childSAs")) {
                rows.add(List.of(
                        "  " + child.path("name").asText(),
                        "",
                        child.path("state").asText(),
                        orDash(join(child.at("/trafficSelectors/remote"))),
                        child.path("spiIn").asText("-") + "/"
                                + child.path("spiOut").asText("-"),
                        orDash(child.path("proposal").asText()),
                        age(child.path("establishedTime").asText(), now)));
            }
            JsonNode error = status.path("lastError");
            if (!error.isMissingNode()) {
                messages.append(name)
                        .append(": ")
                        .append(error.path("message").asText())
                        .append(" (")
                        .append(error.path("time").asText())
                        .append(")\n");
            }
        }
        if (rows.size() == 1) {
            return "no tunnels\n";
        }
        return table(rows) + messages;
    }

    static String table(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                line.append(row.get(column));
                line.repeat(' ', width(rows, column) - row.get(column).length() + 3);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private static String name(JsonNode tunnel) {
        String namespace = tunnel.at("/metadata/namespace").asText("default");
        String name = tunnel.at("/metadata/name").asText();
        return namespace.equals("default") ? name : namespace + "/" + name;
    }

    private static String condition(JsonNode status, String type, String field) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path(field).asText();
            }
        }
        return "-";
    }

    private static String first(JsonNode array) {
        return array.path(0).asText();
    }

    private static String join(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return String.join(",", values);
    }

    private static String orDash(String value) {
        return value.isEmpty() ? "-" : value;
    }

    /** As kubectl writes ages: the largest unit, and the next one while that tells something. */
    static String age(String since, Instant now) {
        try {
            long seconds =
                    Math.max(0, Duration.between(Instant.parse(since), now).toSeconds());
            if (seconds < 120) {
                return seconds + "s";
            }
            if (seconds < 600) {
                return seconds / 60 + "m" + seconds % 60 + "s";
            }
            if (seconds < 3 * 3600) {
                return seconds / 60 + "m";
            }
            if (seconds < 8 * 3600) {
                return seconds / 3600 + "h" + seconds / 60 % 60 + "m";
            }
            return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86400 + "d";
        } catch (DateTimeParseException notSet) {
            return "-";
        }
    }
}

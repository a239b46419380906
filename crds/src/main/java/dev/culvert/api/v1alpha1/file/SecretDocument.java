package dev.culvert.api.v1alpha1.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.validation.Problem;
import dev.culvert.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** A Secret's document. No message here says what a value is. */
final class SecretDocument {
    private static final Set<String> FIELDS =
            Set.of("apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData");

    private SecretDocument() {}

    /** Reads {@code data} (base64) and then {@code stringData}, which wins, as in Kubernetes. */
    static FileSecret read(ObjectNode document, List<Problem> problems) {
        document.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                problems.add(
                        Problem.invalid(field, "there is no such field", String.join(", ", new TreeSet<>(FIELDS))));
            }
        });
        Map<String, SecretBytes> data = new TreeMap<>();
        entries(document, "data", "text in base64", Base64.getDecoder()::decode, data, problems);
        entries(
                document,
                "stringData",
                "text (in quotes)",
                text -> text.getBytes(StandardCharsets.UTF_8),
                data,
                problems);
        JsonNode metadata = document.path("metadata");
        return new FileSecret(
                metadata.path("namespace").asText(), metadata.path("name").asText(), data);
    }

    /** A ConfigMap, for the certificates in it: {@code data} is text, {@code binaryData} is base64. */
    static FileSecret readConfigMap(ObjectNode document, List<Problem> problems) {
        Map<String, SecretBytes> data = new TreeMap<>();
        entries(document, "binaryData", "text in base64", Base64.getDecoder()::decode, data, problems);
        entries(document, "data", "text (in quotes)", text -> text.getBytes(StandardCharsets.UTF_8), data, problems);
        JsonNode metadata = document.path("metadata");
        return new FileSecret(
                metadata.path("namespace").asText(), metadata.path("name").asText(), data);
    }

    private static void entries(
            ObjectNode document,
            String block,
            String allowed,
            Function<String, byte[]> decode,
            Map<String, SecretBytes> into,
            List<Problem> problems) {
        JsonNode entries = document.path(block);
        if (entries.isMissingNode() || entries.isNull()) {
            return;
        }
        if (!entries.isObject()) {
            problems.add(Problem.invalid(block, "is not a block of fields", null));
            return;
        }
        entries.properties().forEach(entry -> {
            String path = block + "." + entry.getKey();
            if (!entry.getValue().isTextual()) {
                problems.add(Problem.invalid(path, "is not text", allowed));
                return;
            }
            try {
                into.put(
                        entry.getKey(),
                        SecretBytes.wrap(decode.apply(entry.getValue().textValue())));
            } catch (IllegalArgumentException e) {
                problems.add(Problem.invalid(path, "is not base64", allowed));
            }
        });
    }
}

package dev.culvert.api.v1alpha1.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.validation.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The metadata of a document: a name, a namespace, and what Kubernetes adds to them, which is passed over. */
final class DocumentMetadata {
    static final String DEFAULT_NAMESPACE = "default";

    private static final Set<String> WRITTEN = Set.of("name", "namespace", "labels", "annotations");
    private static final Set<String> ADDED = Set.of(
            "creationTimestamp",
            "deletionGracePeriodSeconds",
            "deletionTimestamp",
            "finalizers",
            "generateName",
            "generation",
            "managedFields",
            "ownerReferences",
            "resourceVersion",
            "selfLink",
            "uid");
    private static final int LONGEST = 63;
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

    private DocumentMetadata() {}

    /** Checks the metadata, drops what Kubernetes added, and fills in a missing namespace. */
    static List<Problem> complete(ObjectNode document) {
        JsonNode metadata = document.path("metadata");
        if (!(metadata instanceof ObjectNode fields)) {
            return List.of(Problem.invalid("metadata.name", "is missing", null));
        }
        List<Problem> problems = new ArrayList<>();
        fields.remove(ADDED);
        fields.fieldNames().forEachRemaining(field -> {
            if (!WRITTEN.contains(field)) {
                problems.add(Problem.invalid(
                        "metadata." + field, "there is no such field", String.join(", ", new TreeSet<>(WRITTEN))));
            }
        });
        for (String field : List.of("labels", "annotations")) {
            texts(fields.path(field), "metadata." + field, problems);
        }
        if (!fields.hasNonNull("namespace")) {
            fields.put("namespace", DEFAULT_NAMESPACE);
        }
        name(fields, "name", NAME, problems);
        name(fields, "namespace", NAMESPACE, problems);
        return problems;
    }

    private static void name(ObjectNode fields, String field, Pattern form, List<Problem> problems) {
        JsonNode value = fields.path(field);
        String path = "metadata." + field;
        if (value.isMissingNode() || value.isNull()) {
            problems.add(Problem.invalid(path, "is missing", null));
        } else if (!value.isTextual()
                || value.textValue().length() > LONGEST
                || !form.matcher(value.textValue()).matches()) {
            problems.add(Problem.invalid(
                    path,
                    "is not a name of an object",
                    "at most " + LONGEST
                            + " lower case letters, digits and '-', beginning and ending with a letter or digit"));
        }
    }

    private static void texts(JsonNode block, String path, List<Problem> problems) {
        if (block.isMissingNode() || block.isNull()) {
            return;
        }
        if (!block.isObject()) {
            problems.add(Problem.invalid(path, "is not a block of fields", null));
            return;
        }
        block.properties().forEach(field -> {
            if (!field.getValue().isTextual()) {
                problems.add(Problem.invalid(path + "." + field.getKey(), "is not text", "text (in quotes)"));
            }
        });
    }
}

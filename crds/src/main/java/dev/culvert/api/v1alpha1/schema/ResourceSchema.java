package dev.culvert.api.v1alpha1.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.api.v1alpha1.Durations;
import dev.culvert.api.v1alpha1.validation.Problem;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The schema of one resource, and the check of a document by it: types, unknown fields, required fields, enumerations,
 * patterns, bounds and the keys of list maps. CEL rules are not run; {@code validation} says the same in Java. Neither
 * {@code metadata} nor {@code status} is looked into.
 */
public final class ResourceSchema {
    private static final Set<String> TOP_LEVEL = Set.of("apiVersion", "kind", "metadata", "spec", "status");

    private final JSONSchemaProps root;

    private ResourceSchema(JSONSchemaProps root) {
        this.root = root;
    }

    /**
     * Reads the schema that the build wrote.
     *
     * @param plural of the resource, such as {@code ipsectunnels}
     */
    public static ResourceSchema of(String plural) {
        String file = "/META-INF/fabric8/" + plural + ".culvert.dev-v1.yml";
        try (InputStream yaml = ResourceSchema.class.getResourceAsStream(file)) {
            if (yaml == null) {
                throw new IllegalStateException(file + " is missing; the build writes it after compiling");
            }
            CustomResourceDefinition definition =
                    new KubernetesSerialization().unmarshal(yaml, CustomResourceDefinition.class);
            return new ResourceSchema(
                    definition.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * All problems of a document.
     *
     * @param optional paths of fields that may be absent although the schema demands them
     */
    public List<Problem> check(JsonNode document, Set<String> optional) {
        Check check = new Check(optional);
        JSONSchemaProps spec = Objects.requireNonNull(root.getProperties().get("spec"), "the schema has a spec");
        if (document.hasNonNull("spec")) {
            check.value("spec", document.get("spec"), spec);
        } else {
            check.problems.add(Problem.invalid("spec", "is missing", null));
        }
        document.fieldNames().forEachRemaining(field -> {
            if (!TOP_LEVEL.contains(field)) {
                check.unknown(field, TOP_LEVEL);
            }
        });
        return check.problems;
    }

    private static final class Check {
        private final Set<String> optional;
        private final List<Problem> problems = new ArrayList<>();

        Check(Set<String> optional) {
            this.optional = optional;
        }

        void value(String path, JsonNode value, JSONSchemaProps schema) {
            if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
                if (!value.isIntegralNumber() && !value.isTextual()) {
                    wrongType(path, value, "a number or text");
                } else if (value.isTextual()) {
                    text(path, value.textValue(), schema);
                }
                return;
            }
            switch (schema.getType()) {
                case "object" -> {
                    if (value.isObject()) {
                        object(path, value, schema);
                    } else {
                        wrongType(path, value, "fields");
                    }
                }
                case "array" -> {
                    if (value.isArray()) {
                        list(path, value, schema);
                    } else {
                        wrongType(path, value, "a list");
                    }
                }
                case "string" -> {
                    if (value.isTextual()) {
                        text(path, value.textValue(), schema);
                    } else {
                        wrongType(path, value, "text" + (value.isValueNode() ? " (in quotes)" : ""));
                    }
                }
                case "integer" -> {
                    if (value.isIntegralNumber()) {
                        number(path, value, schema);
                    } else {
                        wrongType(path, value, "a whole number");
                    }
                }
                case "boolean" -> {
                    if (!value.isBoolean()) {
                        wrongType(path, value, "true, false");
                    }
                }
                default -> throw new IllegalStateException(path + " has type " + schema.getType());
            }
        }

        private void object(String path, JsonNode value, JSONSchemaProps schema) {
            Map<String, JSONSchemaProps> known = schema.getProperties() == null ? Map.of() : schema.getProperties();
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                String fieldPath = path + "." + field.getKey();
                JSONSchemaProps fieldSchema = known.get(field.getKey());
                if (fieldSchema == null && schema.getAdditionalProperties() != null) {
                    fieldSchema = schema.getAdditionalProperties().getSchema();
                }
                if (fieldSchema == null) {
                    unknown(fieldPath, known.keySet());
                } else if (!field.getValue().isNull()) {
                    value(fieldPath, field.getValue(), fieldSchema);
                } else if (fieldSchema.getDefault() == null) {
                    problems.add(Problem.invalid(fieldPath, "has no value", "a value, or no such line"));
                }
            }
            for (String required : schema.getRequired()) {
                String fieldPath = path + "." + required;
                if (!value.hasNonNull(required) && !optional.contains(fieldPath)) {
                    problems.add(Problem.invalid(fieldPath, "is missing", choices(known.get(required))));
                }
            }
        }

        private void list(String path, JsonNode value, JSONSchemaProps schema) {
            bounds(path, value.size(), schema.getMinItems(), schema.getMaxItems(), "entries");
            Set<String> keys = new HashSet<>();
            List<String> keyFields =
                    schema.getXKubernetesListMapKeys() == null ? List.of() : schema.getXKubernetesListMapKeys();
            for (int i = 0; i < value.size(); i++) {
                JsonNode item = value.get(i);
                String itemPath = path + "[" + i + "]";
                value(itemPath, item, schema.getItems().getSchema());
                for (String keyField : keyFields) {
                    String key = item.path(keyField).asText();
                    if (!key.isEmpty() && !keys.add(key)) {
                        problems.add(Problem.invalid(
                                itemPath + "." + keyField, "'" + key + "' is there twice", "each once"));
                    }
                }
            }
        }

        private void text(String path, String value, JSONSchemaProps schema) {
            String choices = choices(schema);
            if (choices != null) {
                if (schema.getEnum().stream()
                        .noneMatch(choice -> choice.asText().equals(value))) {
                    problems.add(Problem.unsupported(path, "'" + value + "' is not supported", choices));
                }
                return;
            }
            bounds(
                    path,
                    value.codePointCount(0, value.length()),
                    schema.getMinLength(),
                    schema.getMaxLength(),
                    "characters");
            String pattern = schema.getPattern();
            if (pattern != null && !Pattern.compile(pattern).matcher(value).find()) {
                boolean duration = pattern.equals(Durations.PATTERN);
                problems.add(Problem.invalid(
                        path,
                        "'" + value + "' is not " + (duration ? "a duration" : "of the right form"),
                        duration ? Durations.ALLOWED : "text that matches " + pattern));
            }
        }

        private void number(String path, JsonNode value, JSONSchemaProps schema) {
            Double minimum = schema.getMinimum();
            Double maximum = schema.getMaximum();
            if ((minimum != null && value.doubleValue() < minimum)
                    || (maximum != null && value.doubleValue() > maximum)) {
                problems.add(Problem.invalid(path, value + " is out of range", range(minimum, maximum)));
            }
        }

        private void bounds(String path, long size, @Nullable Long minimum, @Nullable Long maximum, String what) {
            if ((minimum != null && size < minimum) || (maximum != null && size > maximum)) {
                problems.add(Problem.invalid(
                        path,
                        "has " + size + " " + what,
                        range(
                                minimum == null ? null : minimum.doubleValue(),
                                maximum == null ? null : maximum.doubleValue())));
            }
        }

        void unknown(String path, Set<String> known) {
            problems.add(Problem.invalid(path, "there is no such field", String.join(", ", new TreeSet<>(known))));
        }

        private void wrongType(String path, JsonNode value, String wanted) {
            problems.add(Problem.invalid(path, "is " + describe(value), wanted));
        }
    }

    private static @Nullable String choices(@Nullable JSONSchemaProps schema) {
        return schema == null || schema.getEnum() == null || schema.getEnum().isEmpty()
                ? null
                : schema.getEnum().stream().map(JsonNode::asText).collect(Collectors.joining(", "));
    }

    private static String range(@Nullable Double minimum, @Nullable Double maximum) {
        if (minimum == null) {
            return maximum == null ? "any" : "at most " + maximum.longValue();
        }
        return maximum == null ? "at least " + minimum.longValue() : minimum.longValue() + " to " + maximum.longValue();
    }

    /** What a value is, without saying what it says. */
    private static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "a block of fields";
            case BOOLEAN -> "true or false";
            case NUMBER -> "a number";
            case STRING -> "text";
            default -> "nothing";
        };
    }
}

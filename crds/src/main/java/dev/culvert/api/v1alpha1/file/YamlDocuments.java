package dev.culvert.api.v1alpha1.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * YAML 1.2 text as trees that know their lines.
 *
 * <p>Bounded: text of at most {@value #MAX_CHARACTERS} characters, {@value #MAX_VALUES} values in all (an alias counts
 * as what it stands for) and {@value #MAX_DEPTH} levels. Error messages never quote the text, which may hold keys.
 *
 * @param documents up to the first error
 * @param errors in the order of lines
 */
record YamlDocuments(List<Document> documents, List<SyntaxError> errors) {
    private static final int MAX_CHARACTERS = 16 << 20;
    private static final int MAX_VALUES = 1_000_000;
    private static final int MAX_DEPTH = 32;

    /**
     * One document.
     *
     * @param lines of the fields by their path, 1-based; of the document itself under the empty path
     */
    record Document(JsonNode tree, Map<String, Integer> lines) {}

    /**
     * What is not YAML, or not what we take of it.
     *
     * @param line 1-based
     * @param fieldPath empty where none is known
     */
    record SyntaxError(int line, String fieldPath, String message) {}

    static YamlDocuments parse(String text) {
        List<Document> documents = new ArrayList<>();
        List<SyntaxError> errors = new ArrayList<>();
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setCodePointLimit(MAX_CHARACTERS)
                .setUseMarks(true)
                .build();
        Budget budget = new Budget();
        try {
            for (Node node : new Compose(settings).composeAllFromString(text)) {
                Conversion conversion = new Conversion(budget, errors);
                JsonNode tree = conversion.convert(node, "", 0);
                if (!tree.isNull()) {
                    documents.add(new Document(tree, conversion.lines));
                }
            }
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            errors.add(new SyntaxError(line, "", "this is not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            errors.add(new SyntaxError(1, "", "this is not YAML, or too much of it"));
        } catch (TooMuchException e) {
            errors.add(e.error);
        }
        return new YamlDocuments(documents, errors);
    }

    private static final class Budget {
        private int values;
    }

    private static final class TooMuchException extends RuntimeException {
        private final SyntaxError error;

        TooMuchException(Node node, String path, String message) {
            super(message);
            this.error = new SyntaxError(lineOf(node), path, message);
        }
    }

    private static final class Conversion {
        private final Budget budget;
        private final List<SyntaxError> errors;
        private final Map<String, Integer> lines = new HashMap<>();

        Conversion(Budget budget, List<SyntaxError> errors) {
            this.budget = budget;
            this.errors = errors;
        }

        JsonNode convert(Node node, String path, int depth) {
            if (++budget.values > MAX_VALUES) {
                throw new TooMuchException(node, path, "there are more than " + MAX_VALUES + " values");
            }
            if (depth > MAX_DEPTH) {
                throw new TooMuchException(node, path, "there are more than " + MAX_DEPTH + " levels");
            }
            lines.putIfAbsent(path, lineOf(node));
            return switch (node) {
                case MappingNode mapping -> object(mapping, path, depth);
                case SequenceNode sequence -> array(sequence, path, depth);
                case ScalarNode scalar -> scalar(scalar);
                default -> throw new TooMuchException(node, path, "an alias stands for itself");
            };
        }

        private ObjectNode object(MappingNode mapping, String path, int depth) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (NodeTuple entry : mapping.getValue()) {
                if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                    errors.add(new SyntaxError(lineOf(entry.getKeyNode()), path, "a field's name has to be text"));
                    continue;
                }
                String fieldPath = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
                if (object.has(key.getValue())) {
                    errors.add(new SyntaxError(lineOf(key), fieldPath, "is there twice"));
                    continue;
                }
                lines.put(fieldPath, lineOf(key));
                object.set(key.getValue(), convert(entry.getValueNode(), fieldPath, depth + 1));
            }
            return object;
        }

        private ArrayNode array(SequenceNode sequence, String path, int depth) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (Node item : sequence.getValue()) {
                array.add(convert(item, path + "[" + array.size() + "]", depth + 1));
            }
            return array;
        }
    }

    private static JsonNode scalar(ScalarNode scalar) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        String value = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return nodes.nullNode();
        }
        if (tag.equals(Tag.BOOL)) {
            return nodes.booleanNode(value.equalsIgnoreCase("true"));
        }
        if (tag.equals(Tag.INT)) {
            return integer(value);
        }
        if (tag.equals(Tag.FLOAT)) {
            return nodes.numberNode(Double.NaN);
        }
        return nodes.textNode(value);
    }

    /** No field takes a fraction, so a number is whole, or is said not to be. */
    private static JsonNode integer(String value) {
        try {
            BigInteger number =
                    switch (value.length() > 2 ? value.substring(0, 2) : "") {
                        case "0x" -> new BigInteger(value.substring(2), 16);
                        case "0o" -> new BigInteger(value.substring(2), 8);
                        default -> new BigInteger(value);
                    };
            return number.bitLength() < 64
                    ? JsonNodeFactory.instance.numberNode(number.longValue())
                    : JsonNodeFactory.instance.numberNode(number);
        } catch (NumberFormatException e) {
            return JsonNodeFactory.instance.textNode(value);
        }
    }

    private static int lineOf(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}

package dev.culvert.api.v1alpha1.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.compile.EndpointCompiler;
import dev.culvert.api.v1alpha1.preset.PresetSettings;
import dev.culvert.api.v1alpha1.preset.PresetValue;
import dev.culvert.api.v1alpha1.preset.Presets;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Every value that a tunnel works with, and where it comes from. No value here is a secret: a tunnel only names those.
 *
 * @param tunnel {@code namespace/name}
 */
public record Explanation(String tunnel, List<Line> lines) {
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    public Explanation {
        lines = List.copyOf(lines);
    }

    /**
     * One value.
     *
     * @param field such as {@code spec.children[0].rekeyTime}
     * @param origin file and line, a preset with what its vendor says and where, or the default
     */
    public record Line(String field, String value, String origin) {}

    static Explanation of(Located<IPSecTunnel> located) {
        IPSecTunnel tunnel = located.resource();
        Walk walk = new Walk(located, Presets.of(tunnel.getSpec()));
        IPSecTunnelSpec complete = EndpointCompiler.complete(tunnel.getSpec());
        walk.value("spec", SERIALIZATION.convertValue(complete, JsonNode.class));
        return new Explanation(
                tunnel.getMetadata().getNamespace() + "/" + tunnel.getMetadata().getName(), walk.lines);
    }

    private record Walk(Located<IPSecTunnel> located, Optional<PresetSettings> preset, List<Line> lines) {
        Walk(Located<IPSecTunnel> located, Optional<PresetSettings> preset) {
            this(located, preset, new ArrayList<>());
        }

        void value(String path, JsonNode node) {
            if (node.isObject()) {
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    value(path + "." + field.getKey(), field.getValue());
                }
            } else if (node.isArray() && !node.isEmpty() && node.get(0).isObject()) {
                for (int i = 0; i < node.size(); i++) {
                    value(path + "[" + i + "]", node.get(i));
                }
            } else if (!node.isNull()) {
                lines.add(new Line(path, text(node), origin(path)));
            }
        }

        private String origin(String path) {
            Integer line = located.lines().get(path);
            if (line != null) {
                return located.file() + ":" + line;
            }
            return preset.flatMap(settings -> settings.value(path))
                    .map(this::origin)
                    .orElse("default");
        }

        private String origin(PresetValue value) {
            return "preset " + located.resource().getSpec().preset() + ": " + value.documented() + ", "
                    + value.source();
        }

        private static String text(JsonNode node) {
            return node.isArray()
                    ? StreamSupport.stream(node.spliterator(), false)
                            .map(JsonNode::asText)
                            .collect(Collectors.joining(", "))
                    : node.asText();
        }
    }
}

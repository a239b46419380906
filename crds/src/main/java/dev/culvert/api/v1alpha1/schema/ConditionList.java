package dev.culvert.api.v1alpha1.schema;

import static dev.culvert.api.v1alpha1.schema.ListMap.property;

import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/**
 * Gives a list of conditions what the Kubernetes API conventions ask of {@code metav1.Condition}: a list map by type,
 * with required fields and bounds. The input is the list's property.
 */
public final class ConditionList implements SchemaCustomizer.Customizer {
    @Override
    public JSONSchemaProps apply(JSONSchemaProps props, String input, KubernetesSerialization serialization) {
        JSONSchemaProps list = property(props, input);
        ListMap.makeListMap(list, "type");
        JSONSchemaProps condition = list.getItems().getSchema();
        condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
        property(condition, "type").setMaxLength(316L);
        property(condition, "reason").setMinLength(1L);
        property(condition, "reason").setMaxLength(1024L);
        property(condition, "message").setMaxLength(32768L);
        property(condition, "lastTransitionTime").setFormat("date-time");
        property(condition, "status")
                .setEnum(List.of(TextNode.valueOf("True"), TextNode.valueOf("False"), TextNode.valueOf("Unknown")));
        return props;
    }
}

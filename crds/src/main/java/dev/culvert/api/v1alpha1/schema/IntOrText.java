package dev.culvert.api.v1alpha1.schema;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Bounds a field that takes a number or text.
 *
 * <p>The input is {@code property:pattern} of the text.
 */
public final class IntOrText implements SchemaCustomizer.Customizer {
    private static final long LONGEST = 16;

    @Override
    public JSONSchemaProps apply(JSONSchemaProps props, String input, KubernetesSerialization serialization) {
        String[] propertyAndPattern = input.split(":", 2);
        JSONSchemaProps property = ListMap.property(props, propertyAndPattern[0]);
        property.setPattern(propertyAndPattern[1]);
        property.setMaxLength(LONGEST);
        return props;
    }
}

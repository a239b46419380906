package dev.culvert.api.v1alpha1.schema;

import static dev.culvert.api.v1alpha1.schema.ListMap.property;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Lets a container's resources be requests and limits that are quantities, and nothing else. The input is the property
 * that holds them.
 */
public final class Resources implements SchemaCustomizer.Customizer {
    /** As Kubernetes' own schemas have it. */
    private static final String QUANTITY =
            "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

    @Override
    public JSONSchemaProps apply(JSONSchemaProps props, String input, KubernetesSerialization serialization) {
        JSONSchemaProps resources = property(props, input);
        resources.getProperties().remove("claims");
        for (JSONSchemaProps amounts : resources.getProperties().values()) {
            amounts.setMaxProperties(16L);
            amounts.getAdditionalProperties().getSchema().setPattern(QUANTITY);
        }
        return props;
    }
}

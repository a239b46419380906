package dev.culvert.api.v1alpha1.schema;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/**
 * Makes a list of objects a list map: its entries are unique by one field, and server-side apply merges them by it.
 *
 * <p>The input is {@code property:key}, such as {@code children:name}.
 */
public final class ListMap implements SchemaCustomizer.Customizer {
    @Override
    public JSONSchemaProps apply(JSONSchemaProps props, String input, KubernetesSerialization serialization) {
        String[] propertyAndKey = input.split(":", 2);
        makeListMap(property(props, propertyAndKey[0]), propertyAndKey[1]);
        return props;
    }

    static void makeListMap(JSONSchemaProps list, String key) {
        list.setXKubernetesListType("map");
        list.setXKubernetesListMapKeys(List.of(key));
    }

    static JSONSchemaProps property(JSONSchemaProps props, String name) {
        JSONSchemaProps property = props.getProperties().get(name);
        if (property == null) {
            throw new IllegalArgumentException("there is no property '" + name + "'");
        }
        return property;
    }
}

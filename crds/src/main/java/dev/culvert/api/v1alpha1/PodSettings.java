package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.culvert.api.v1alpha1.schema.Resources;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import org.jspecify.annotations.Nullable;

/** What the gateway's pods ask of their nodes. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = Resources.class, input = "resources")
public record PodSettings(
        @JsonPropertyDescription("Resources of the agent's container.") @Nullable
        ResourceRequirements resources,

        @JsonPropertyDescription("Priority class of the pods.") @Size(max = 253) @Nullable
        String priorityClassName) {}

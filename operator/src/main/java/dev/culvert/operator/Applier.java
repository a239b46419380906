package dev.culvert.operator;

import dev.culvert.operator.resources.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;

/** Server-side apply. The API server leaves an object that is already as applied untouched. */
public final class Applier {
    private final KubernetesClient client;

    public Applier(KubernetesClient client) {
        this.client = client;
    }

    public void apply(List<? extends HasMetadata> resources) {
        resources.forEach(resource -> apply(resource, Names.FIELD_MANAGER));
    }

    /**
     * Applies as one of several managers: each owns only the fields that it names.
     *
     * @param fieldManager at most 128 characters
     */
    public <T extends HasMetadata> T apply(T resource, String fieldManager) {
        return client.resource(resource)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager(fieldManager)
                                .withForce(true)
                                .build(),
                        resource);
    }

    /** Applies to an object that exists, and makes none where it does not. */
    public <T extends HasMetadata> void applyIfPresent(T resource, String fieldManager) {
        if (client.resource(resource).get() != null) {
            apply(resource, fieldManager);
        }
    }

    /** Deletes what is there; what is gone already is no error. */
    public void delete(List<? extends HasMetadata> resources) {
        resources.forEach(resource -> client.resource(resource).delete());
    }
}

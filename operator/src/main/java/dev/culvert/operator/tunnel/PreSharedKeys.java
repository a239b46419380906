package dev.culvert.operator.tunnel;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.SecretKeyReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Reads the Secrets that tunnels name, one at a time: the operator may not list or watch Secrets. */
final class PreSharedKeys {
    private final KubernetesClient client;

    PreSharedKeys(KubernetesClient client) {
        this.client = client;
    }

    /** What a reference leads to. */
    sealed interface Lookup {
        /**
         * The key is there.
         *
         * @param base64 as it stands in the Secret's data
         * @param version resourceVersion of the Secret
         */
        record Found(String base64, String version) implements Lookup {
            @Override
            public String toString() {
                return "Found[redacted]";
            }
        }

        /**
         * It is not.
         *
         * @param reason a reason of ResolvedRefs
         */
        record Missing(String reason, String message) implements Lookup {}
    }

    /** Looks in the tunnel's own namespace only. */
    Lookup find(String namespace, SecretKeyReference reference) {
        Secret secret = client.secrets()
                .inNamespace(namespace)
                .withName(reference.name())
                .get();
        if (secret == null) {
            return new Lookup.Missing(
                    ConditionReasons.SECRET_NOT_FOUND,
                    "spec.authentication.preSharedKey.secretRef: there is no Secret " + reference.name()
                            + " in namespace " + namespace);
        }
        String value = secret.getData() == null ? null : secret.getData().get(reference.key());
        if (value == null || value.isEmpty()) {
            return new Lookup.Missing(
                    ConditionReasons.SECRET_KEY_MISSING,
                    "spec.authentication.preSharedKey.secretRef: Secret " + reference.name() + " has no key "
                            + reference.key()
                            + (secret.getData() == null || secret.getData().isEmpty()
                                    ? ", it is empty"
                                    : "; it has "
                                            + String.join(", ", secret.getData().keySet())));
        }
        return new Lookup.Found(value, secret.getMetadata().getResourceVersion());
    }
}

package dev.culvert.api.v1alpha1.file;

import dev.culvert.crypto.SecretBytes;
import java.util.Map;

/**
 * A Secret or ConfigMap of a file.
 *
 * @param data its entries, decoded
 */
public record FileSecret(String namespace, String name, Map<String, SecretBytes> data) {
    /** The names of the entries only. */
    @Override
    public String toString() {
        return "Secret " + namespace + "/" + name + " " + data.keySet();
    }
}

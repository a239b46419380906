package dev.culvert.api.v1alpha1.validation;

import java.util.List;

/** Checks the strength of a pre-shared key. */
public final class PreSharedKeyValidation {
    private PreSharedKeyValidation() {}

    /**
     * Problems of the key.
     *
     * @param fieldPath of the reference to it
     * @param key the key's bytes, read only
     */
    public static List<Problem> validate(String fieldPath, byte[] key) {
        return List.of();
    }
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What holds a trust bundle. */
public enum TrustBundleKind {
    @JsonProperty("ConfigMap")
    CONFIG_MAP("ConfigMap"),
    @JsonProperty("Secret")
    SECRET("Secret");

    private final String value;

    TrustBundleKind(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

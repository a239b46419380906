package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the other addresses are found. */
public enum TranslationType {
    /** Each address has its own: the bits behind the prefix stay. */
    @JsonProperty("OneToOne")
    ONE_TO_ONE("OneToOne"),
    /** Many hosts share few addresses, told apart by ports; they can only begin. */
    @JsonProperty("Masquerade")
    MASQUERADE("Masquerade");

    private final String value;

    TranslationType(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

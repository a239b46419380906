package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What follows when nobody says whether a certificate was revoked. A revoked one is refused but for {@link #OFF}. */
public enum RevocationPolicy {
    /** Nobody is asked, and CRLs in the trust bundle are not looked at. */
    @JsonProperty("Off")
    OFF("Off"),
    /** The peer is let in, and Degraded says so. */
    @JsonProperty("Soft")
    SOFT("Soft"),
    /** The peer is refused. */
    @JsonProperty("Hard")
    HARD("Hard");

    private final String value;

    RevocationPolicy(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

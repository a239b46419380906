package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How an end proves who it is. */
public enum AuthenticationMethod {
    /** Shared Key Message Integrity Code, RFC 7296 §2.15. */
    @JsonProperty("PreSharedKey")
    PRE_SHARED_KEY("PreSharedKey"),
    /** A signature with the key of an X.509 certificate, RFC 7427. */
    @JsonProperty("Certificate")
    CERTIFICATE("Certificate");

    private final String value;

    AuthenticationMethod(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

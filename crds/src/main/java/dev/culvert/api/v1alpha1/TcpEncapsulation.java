package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a TCP connection carries IKE and ESP (RFC 9329). */
public enum TcpEncapsulation {
    /** Never; a connection that the peer opens is refused. */
    @JsonProperty("Off")
    OFF("Off"),
    /** Where UDP brings no answer. */
    @JsonProperty("Fallback")
    FALLBACK("Fallback"),
    /** UDP is not tried. */
    @JsonProperty("Always")
    ALWAYS("Always");

    private final String value;

    TcpEncapsulation(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

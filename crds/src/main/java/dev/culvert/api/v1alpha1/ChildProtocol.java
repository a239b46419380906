package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.culvert.crypto.SecurityProtocol;

/** The protocol of a child SA. */
public enum ChildProtocol {
    /** Encapsulating Security Payload, RFC 4303. */
    @JsonProperty("ESP")
    ESP("ESP"),
    /** Authentication Header, RFC 4302: integrity of the whole packet, nothing encrypted; does not pass a NAT. */
    @JsonProperty("AH")
    AH("AH");

    private final String value;

    ChildProtocol(String value) {
        this.value = value;
    }

    /** The same for proposals. */
    public SecurityProtocol securityProtocol() {
        return switch (this) {
            case ESP -> SecurityProtocol.ESP;
            case AH -> SecurityProtocol.AH;
        };
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

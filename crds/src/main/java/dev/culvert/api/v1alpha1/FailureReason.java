package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why an SA could not be set up; the names are those of the Established condition's reasons. */
public enum FailureReason {
    /** Identities or keys do not match. */
    @JsonProperty("AuthenticationFailed")
    AUTHENTICATION_FAILED("AuthenticationFailed"),
    /** No proposal in common. */
    @JsonProperty("NoProposalChosen")
    NO_PROPOSAL_CHOSEN("NoProposalChosen"),
    /** No traffic selectors in common. */
    @JsonProperty("TSUnacceptable")
    TS_UNACCEPTABLE("TSUnacceptable"),
    /** No answer. */
    @JsonProperty("PeerUnreachable")
    PEER_UNREACHABLE("PeerUnreachable"),
    /** Any other refusal by the peer or fault of it. */
    @JsonProperty("ProtocolError")
    PROTOCOL_ERROR("ProtocolError"),
    /** The host refused what the tunnel needs: a socket, the TUN device or a route. */
    @JsonProperty("DataPlaneError")
    DATA_PLANE_ERROR("DataPlaneError");

    private final String value;

    FailureReason(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

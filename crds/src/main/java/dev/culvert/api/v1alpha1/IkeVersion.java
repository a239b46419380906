package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;

/** The version of IKE that a tunnel speaks. */
public enum IkeVersion {
    /** RFC 2409, for peers that have nothing better. */
    @JsonProperty("IKEv1")
    IKE_V1("IKEv1"),
    /** RFC 7296. */
    @JsonProperty("IKEv2")
    IKE_V2("IKEv2");

    private final String value;

    IkeVersion(String value) {
        this.value = value;
    }

    /**
     * Reads a proposal, for which each version has its own algorithms.
     *
     * @throws IllegalArgumentException saying what is wrong with it and what is allowed
     */
    public Proposal proposal(SecurityProtocol protocol, String keywords) {
        return switch (this) {
            case IKE_V1 -> ProposalKeywords.parseV1(protocol, keywords);
            case IKE_V2 -> ProposalKeywords.parse(protocol, keywords);
        };
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A kind of peer whose vendor documents what it speaks; what that is, {@code preset.Presets} says with its sources. */
public enum Preset {
    @JsonProperty("AWS")
    AWS("AWS"),
    /** Route-based gateways. */
    @JsonProperty("Azure")
    AZURE("Azure"),
    @JsonProperty("AzurePolicyBased")
    AZURE_POLICY_BASED("AzurePolicyBased"),
    @JsonProperty("GCP")
    GCP("GCP"),
    @JsonProperty("GCPIKEv1")
    GCP_IKE_V1("GCPIKEv1"),
    @JsonProperty("CiscoIOS")
    CISCO_IOS("CiscoIOS"),
    @JsonProperty("CiscoASA")
    CISCO_ASA("CiscoASA"),
    @JsonProperty("FortiGate")
    FORTI_GATE("FortiGate"),
    @JsonProperty("JuniperSRX")
    JUNIPER_SRX("JuniperSRX"),
    @JsonProperty("PaloAlto")
    PALO_ALTO("PaloAlto"),
    @JsonProperty("MikroTik")
    MIKRO_TIK("MikroTik"),
    @JsonProperty("Cloudflare")
    CLOUDFLARE("Cloudflare");

    private final String value;

    Preset(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}

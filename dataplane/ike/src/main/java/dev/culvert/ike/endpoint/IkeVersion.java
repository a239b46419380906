package dev.culvert.ike.endpoint;

/** The version of IKE that a tunnel speaks. IKEv1 finds its room here. */
public enum IkeVersion {
    IKEV2
}

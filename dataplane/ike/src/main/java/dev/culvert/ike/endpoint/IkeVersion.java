package dev.culvert.ike.endpoint;

/** The version of IKE that a tunnel speaks. */
public enum IkeVersion {
    /** RFC 2409. */
    IKEV1,
    /** RFC 7296. */
    IKEV2
}

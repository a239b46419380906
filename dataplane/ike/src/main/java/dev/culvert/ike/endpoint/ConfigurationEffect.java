package dev.culvert.ike.endpoint;

/** What taking up a changed configuration does to what is up. */
public enum ConfigurationEffect {
    /** Every SA stays. */
    KEPT,
    /** The IKE SA stays; child SAs are made anew before the old ones go. */
    CHILD_SAS_REPLACED,
    /** The IKE SA and all below it are made anew before the old ones go. */
    IKE_SA_REPLACED,
    /** What was up ended before there was anything in its place. */
    INTERRUPTED
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What taking up a changed configuration did to what was up. */
public enum ConfigurationEffect {
    /** Every SA stayed. */
    @JsonProperty("Kept")
    KEPT,
    /** Child SAs were made anew before the old ones went. */
    @JsonProperty("ChildSAsReplaced")
    CHILD_SAS_REPLACED,
    /** The IKE SA and all below it were made anew before the old ones went. */
    @JsonProperty("IKESAReplaced")
    IKE_SA_REPLACED,
    /** What was up ended before there was anything in its place. */
    @JsonProperty("Interrupted")
    INTERRUPTED
}

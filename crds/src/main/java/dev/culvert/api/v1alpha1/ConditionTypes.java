package dev.culvert.api.v1alpha1;

/** The types of condition that the resources here have. */
public final class ConditionTypes {
    /** The spec is understood and allowed. */
    public static final String ACCEPTED = "Accepted";
    /** Everything the spec refers to is there. */
    public static final String RESOLVED_REFS = "ResolvedRefs";
    /** A node has taken the tunnel up. */
    public static final String PROGRAMMED = "Programmed";
    /** All child SAs carry traffic. */
    public static final String ESTABLISHED = "Established";
    /** It works, but not as it should. */
    public static final String DEGRADED = "Degraded";
    /** The summary of all others. */
    public static final String READY = "Ready";

    private ConditionTypes() {}
}

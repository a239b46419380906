package dev.culvert.api.v1alpha1;

/** Labels that the operator puts on what it makes, and by which agents find what is theirs. */
public final class Labels {
    /** The node that an endpoint, a Secret or a workload belongs to. */
    public static final String NODE = ApiVersion.GROUP + "/node";
    /** Name of the tunnel that an endpoint was compiled from. */
    public static final String TUNNEL = ApiVersion.GROUP + "/tunnel";
    /** Namespace of that tunnel. */
    public static final String TUNNEL_NAMESPACE = ApiVersion.GROUP + "/tunnel-namespace";
    /** Name of the gateway that a workload serves. */
    public static final String GATEWAY = ApiVersion.GROUP + "/gateway";

    private Labels() {}
}

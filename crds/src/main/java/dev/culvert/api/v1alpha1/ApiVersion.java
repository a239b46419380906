package dev.culvert.api.v1alpha1;

/** The group and version of all resources here. */
public final class ApiVersion {
    public static final String GROUP = "culvert.dev";
    public static final String VERSION = "v1alpha1";
    public static final String GROUP_VERSION = GROUP + "/" + VERSION;

    private ApiVersion() {}
}

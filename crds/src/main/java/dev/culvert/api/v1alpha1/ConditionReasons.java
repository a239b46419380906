package dev.culvert.api.v1alpha1;

/** The reasons of conditions, each under the type that it belongs to first. */
public final class ConditionReasons {
    // Accepted
    public static final String ACCEPTED = "Accepted";
    public static final String INVALID_SPEC = "InvalidSpec";
    public static final String UNSUPPORTED_VALUE = "UnsupportedValue";
    public static final String OVERLAPPING_TRAFFIC_SELECTORS = "OverlappingTrafficSelectors";
    // ResolvedRefs
    public static final String RESOLVED_REFS = "ResolvedRefs";
    public static final String SECRET_NOT_FOUND = "SecretNotFound";
    public static final String SECRET_KEY_MISSING = "SecretKeyMissing";
    public static final String CONFIG_MAP_NOT_FOUND = "ConfigMapNotFound";
    public static final String CERTIFICATE_INVALID = "CertificateInvalid";
    public static final String CERTIFICATE_EXPIRED = "CertificateExpired";
    public static final String GATEWAY_NOT_FOUND = "GatewayNotFound";
    // Programmed
    public static final String PROGRAMMED = "Programmed";
    public static final String PENDING = "Pending";
    public static final String NO_ELIGIBLE_NODE = "NoEligibleNode";
    public static final String DATA_PLANE_ERROR = "DataPlaneError";
    public static final String ROUTES_PENDING = "RoutesPending";
    // Established; further ones are FailureReason's
    public static final String ALL_CHILD_SAS_ESTABLISHED = "AllChildSAsEstablished";
    public static final String CONNECTING = "Connecting";
    public static final String PARTIALLY_ESTABLISHED = "PartiallyEstablished";
    public static final String STATUS_STALE = "StatusStale";
    public static final String SUSPENDED = "Suspended";
    // Degraded
    public static final String WEAK_ALGORITHM = "WeakAlgorithm";
    public static final String WEAK_PRE_SHARED_KEY = "WeakPreSharedKey";
    public static final String CERTIFICATE_EXPIRING_SOON = "CertificateExpiringSoon";
    public static final String SECRET_INVALID = "SecretInvalid";
    public static final String INCONSISTENT_KEY_EXCHANGE = "InconsistentKeyExchange";
    public static final String REVOCATION_UNKNOWN = "RevocationUnknown";
    public static final String KEY_LOG_ENABLED = "KeyLogEnabled";
    public static final String CLEARTEXT_NOT_FILTERED = "CleartextNotFiltered";
    public static final String AS_EXPECTED = "AsExpected";
    // Events only
    public static final String CONFIGURATION_APPLIED = "ConfigurationApplied";
    public static final String CONFIGURATION_INTERRUPTED = "ConfigurationInterrupted";
    // Ready
    public static final String READY = "Ready";

    private ConditionReasons() {}
}

package dev.culvert.ike.endpoint;

/** Kinds of {@link AuditRecord}; each is also a counter. */
public enum AuditEvent {
    IKE_SA_ESTABLISHED,
    IKE_SA_REKEYED,
    IKE_SA_CLOSED,
    CHILD_SA_ESTABLISHED,
    CHILD_SA_REKEYED,
    CHILD_SA_CLOSED,
    INITIATION_FAILED,
    AUTHENTICATION_FAILED,
    /** A way to authenticate that a tunnel asks for and that is known to be weak. */
    WEAK_AUTHENTICATION,
    PROPOSALS_REJECTED,
    SELECTORS_REJECTED,
    PEER_UNREACHABLE,
    PEER_MOVED,
    ADDRESS_CHANGED,
    MESSAGE_IDS_SYNCHRONISED,
    STREAM_LOST,
    RETRANSMISSION,
    REQUEST_REJECTED,
    COOKIE_REQUESTED,
    DUPLICATE_IKE_SA,
    CONFIGURATION_CHANGED,
    COMMAND_IGNORED,
    DATAGRAM_DROPPED
}

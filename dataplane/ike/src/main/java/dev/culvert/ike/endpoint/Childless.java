package dev.culvert.ike.endpoint;

/** Whether an IKE SA begins without a child SA (RFC 6023), as strongSwan's {@code childless}. */
public enum Childless {
    /** The peer may; we do if no child is wanted. */
    ALLOW,
    /** We do if the peer can: every child, the first one too, then has a key exchange of its own. */
    PREFER,
    /** As {@link #PREFER}, and nothing else is accepted. */
    FORCE,
    NEVER
}

package dev.culvert.ike.endpoint;

/** What is done when the peer deletes a child. */
public enum CloseAction {
    NONE,
    /** It is negotiated again at once. */
    START,
    /** It is negotiated again on the next packet. */
    TRAP
}

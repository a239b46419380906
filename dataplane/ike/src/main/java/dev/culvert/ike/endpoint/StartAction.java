package dev.culvert.ike.endpoint;

/** What is done about a child as soon as its tunnel is configured. */
public enum StartAction {
    /** Nothing: only {@link Command.Initiate} or the peer starts it. */
    NONE,
    /** It is negotiated at once, and again for ever while that fails. */
    START,
    /** It is negotiated on the first packet ({@link Command.Acquire}). */
    TRAP
}

package dev.culvert.ipsec.translate;

/** What became of a packet. */
public enum Outcome {
    /** It has its other addresses. */
    DONE,
    /** There is no way to translate it: nothing of ours began this, or ports are needed that it does not show. */
    REFUSED,
    /** There is no room for another session, or no port left. */
    FULL
}

package dev.culvert.ike.sa;

/** The timers of a child SA. */
public enum ChildTimer {
    /** Soft lifetime: time to rekey. */
    REKEY,
    /** Hard lifetime: deleted even if it could not be rekeyed. */
    EXPIRE,
    /** A pair made by the peer's rekeying sends even if the old one was not deleted yet. */
    ACTIVATE,
    /** A rekeyed pair that its peer should have deleted is deleted by us. */
    ABANDONED
}

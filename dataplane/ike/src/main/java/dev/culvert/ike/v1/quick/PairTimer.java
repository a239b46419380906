package dev.culvert.ike.v1.quick;

/** What a {@link Pair} waits for. */
enum PairTimer {
    /** Soft lifetime: time to make another one. */
    REKEY,
    /** Hard lifetime. */
    EXPIRE,
    /** It sends even though the peer did not say that it has it. */
    ACTIVATE,
    /** Another one took its place: it is deleted. */
    DELETE
}

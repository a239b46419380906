package dev.culvert.ipsec.sad;

/** Hears once that a limit of an SA was reached. */
@FunctionalInterface
public interface ExpiryListener {
    void reached(ChildSa sa, Limit limit, boolean hard);
}

package dev.culvert.ipsec.sad;

/** Hears that a limit of an SA was reached. */
@FunctionalInterface
public interface ExpiryListener {
    /**
     * @return whether the news was taken; if not, it is offered again
     */
    boolean reached(ChildSa sa, Limit limit, boolean hard);
}

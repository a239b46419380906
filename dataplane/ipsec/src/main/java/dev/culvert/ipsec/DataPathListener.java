package dev.culvert.ipsec;

/**
 * Takes the data path's events, usually into a bounded queue to the negotiator. Called on worker threads and, from
 * {@link DataPath#timeout}, on the control thread; it must neither block nor call back.
 */
@FunctionalInterface
public interface DataPathListener {
    /**
     * @return whether the event was taken. An Expire that was refused is offered again; others are lost and come again
     *     if their cause lasts
     */
    boolean offer(DataPathEvent event);
}

package dev.culvert.agent.cluster;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.function.Consumer;

/**
 * Does the same whatever changed in an informer's cache, which is then read as a whole.
 *
 * @param deleted takes what the API server said was deleted; what is only missing in a new list is not that
 */
record Changed<T>(Runnable action, Consumer<T> deleted) implements ResourceEventHandler<T> {
    Changed(Runnable action) {
        this(action, removed -> {});
    }

    @Override
    public void onAdd(T added) {
        action.run();
    }

    @Override
    public void onUpdate(T before, T after) {
        action.run();
    }

    @Override
    public void onDelete(T removed, boolean lastStateUnknown) {
        if (!lastStateUnknown) {
            deleted.accept(removed);
        }
        action.run();
    }

    @Override
    public void onNothing() {
        action.run();
    }
}

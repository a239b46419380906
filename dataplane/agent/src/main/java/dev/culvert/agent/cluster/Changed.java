package dev.culvert.agent.cluster;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;

/** Does the same whatever changed in an informer's cache, which is then read as a whole. */
record Changed<T>(Runnable action) implements ResourceEventHandler<T> {
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
        action.run();
    }

    @Override
    public void onNothing() {
        action.run();
    }
}

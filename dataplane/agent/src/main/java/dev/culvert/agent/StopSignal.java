package dev.culvert.agent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM, SIGINT or SIGHUP as something to wait for. The process stays until {@link #close}, but no longer than it has
 * promised, and then ends with 0, where a Java virtual machine left to itself would end with 143.
 */
public final class StopSignal implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 4800;

    private final CountDownLatch given = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop");

    private StopSignal() {}

    /** From now on, signals wait for {@link #close}. */
    public static StopSignal install() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    public boolean isGiven() {
        return given.getCount() == 0;
    }

    public void await() throws InterruptedException {
        given.await();
    }

    /** Everything is taken down: a signal that came may end the process, one that did not finds it as it was. */
    @Override
    public void close() {
        done.countDown();
        if (!isGiven()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException alreadyShuttingDown) {
                // the signal came just now; the hook finds that all is done
            }
        }
    }

    private void stop() {
        given.countDown();
        try {
            boolean orderly = done.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            Runtime.getRuntime().halt(orderly ? 0 : 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

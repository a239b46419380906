package dev.culvert.agent.config;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when the configuration may have changed: after inotify events in any directory on the way to the files, once
 * these have been quiet for a moment, and every few seconds all the same, for file systems that send no events.
 */
public final class ConfigWatcher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConfigWatcher.class);
    private static final long QUIET_MILLIS = 50;
    private static final long LONGEST_BURST_MILLIS = 1000;
    private static final long UNPROMPTED_MILLIS = 5000;

    private final Path config;
    private final Runnable onChange;
    private final WatchService service;
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private final Thread thread;

    /**
     * @param onChange reads the configuration and finds out whether anything differs; called on the watcher's thread, one
     *     call at a time
     */
    public ConfigWatcher(Path config, Runnable onChange) throws IOException {
        this.config = config;
        this.onChange = onChange;
        service = FileSystems.getDefault().newWatchService();
        watch();
        thread = Thread.ofPlatform().name("config-watcher").daemon(true).start(this::run);
    }

    @Override
    public void close() {
        try {
            thread.interrupt();
            service.close();
        } catch (IOException e) {
            log.debug("closing the watch on {}", config, e);
        }
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = service.poll(UNPROMPTED_MILLIS, TimeUnit.MILLISECONDS);
                settle(key);
                watch();
                try {
                    onChange.run();
                } catch (RuntimeException e) {
                    log.error("reading {} again failed", config, e);
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException stopped) {
            // closed
        }
    }

    /** Takes events until none came for a moment: an editor or {@code kubelet} makes several. */
    private void settle(@Nullable WatchKey first) throws InterruptedException {
        WatchKey key = first;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_BURST_MILLIS);
        while (key != null) {
            key.pollEvents();
            key.reset();
            key = System.nanoTime() - end < 0 ? service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS) : null;
        }
    }

    private void watch() {
        Set<Path> directories = ConfigFiles.directories(config);
        watched.entrySet().removeIf(entry -> {
            boolean gone =
                    !directories.contains(entry.getKey()) || !entry.getValue().isValid();
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        for (Path directory : directories) {
            watched.computeIfAbsent(directory, this::register);
        }
    }

    private @Nullable WatchKey register(Path directory) {
        try {
            return directory.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            log.debug("cannot watch {}: {}", directory, e.getMessage());
            return null;
        }
    }
}

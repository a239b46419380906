package dev.culvert.agent;

import dev.culvert.agent.config.DesiredState;
import dev.culvert.agent.status.StatusBook;
import java.util.function.Consumer;

/** Where the desired tunnels come from and, where there is somebody to tell, their status goes. */
public interface TunnelSource extends AutoCloseable {
    /**
     * Starts to hand over desired states: each call has all tunnels. The first one may come at once, on this thread, or
     * later, on any; each later one when something changed.
     */
    void start(Consumer<DesiredState> onChange) throws StartupException;

    /** The status of the tunnel changed, or the tunnel is gone. Any thread; must not wait. */
    default void statusChanged(String tunnel, StatusBook book) {}

    /** Whether the host is to be left as it was when the agent stops; otherwise the traffic stays blocked. */
    boolean restoresHost();

    /** Why the newest state is not the one that was last handed over; empty if it is. */
    default String problem() {
        return "";
    }

    @Override
    void close();
}

package dev.culvert.ike.endpoint;

import dev.culvert.crypto.RandomSource;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One end of any number of tunnels, as a state machine without input or output of its own: the same calls with the same
 * random bytes lead to the same outputs. Not thread-safe; one thread owns it.
 *
 * <p>After each call of {@link #receive}, {@link #command} or {@link #timeout} the owner polls until null and then asks
 * for the {@link #deadline}. All times are monotonic nanoseconds of any one origin.
 */
public final class IkeEndpoint {
    private final Queue<Output> outputs = new ArrayDeque<>();

    public IkeEndpoint(EndpointConfig config, RandomSource random) {}

    /** Takes in a datagram; whatever is wrong with it, this does not throw. */
    public void receive(IkeDatagram datagram, long nowNanos) {}

    public void command(Command command, long nowNanos) {}

    /** Does what is due. To be called at {@link #deadline} or later; harmless earlier. */
    public void timeout(long nowNanos) {}

    /** When {@link #timeout} is due next; {@link Long#MAX_VALUE} for never. */
    public long deadline() {
        return Long.MAX_VALUE;
    }

    /** The next thing to do, or null if there is none. */
    public @Nullable Output poll() {
        return outputs.poll();
    }

    /** Whether {@link Command.Shutdown} was asked for and every SA is gone. */
    public boolean isShutDown() {
        return false;
    }
}

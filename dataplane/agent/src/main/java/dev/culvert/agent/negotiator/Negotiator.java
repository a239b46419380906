package dev.culvert.agent.negotiator;

import dev.culvert.ike.endpoint.Command;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.IkeEndpoint;
import dev.culvert.ike.endpoint.Output;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns the {@link IkeEndpoint}. Datagrams come by a bounded queue, so that a flood is dropped and counted
 * rather than remembered; commands are few, are never dropped and go before datagrams. Everything that the endpoint puts
 * out goes to one consumer, on this thread.
 */
public final class Negotiator {
    private static final Logger log = LoggerFactory.getLogger(Negotiator.class);
    private static final int DATAGRAM_CAPACITY = 4096;

    /** Datagrams taken before deadlines and commands are looked at again. */
    private static final int DATAGRAMS_PER_TURN = 32;

    private static final long COUNT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The longest sleep; a bound only so that a missed wake-up could not last. */
    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final IkeEndpoint endpoint;
    private final Consumer<Output> outputs;
    private final Queue<IkeDatagram> datagrams = new MpscArrayQueue<>(DATAGRAM_CAPACITY);
    private final Queue<Command> commands = new MpscUnboundedArrayQueue<>(256);
    private final LongAdder droppedDatagrams = new LongAdder();
    private final CountDownLatch shutDown = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean stopping;
    private volatile int ikeSas;
    private long countedAt = System.nanoTime();

    /**
     * @param outputs called on the negotiator's thread for each output, in order; must not wait
     */
    public Negotiator(IkeEndpoint endpoint, Consumer<Output> outputs) {
        this.endpoint = endpoint;
        this.outputs = outputs;
        this.thread = Thread.ofPlatform().name("negotiator").daemon(true).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Hands over a datagram, from any thread. Dropped and counted when the queue is full. */
    public void receive(IkeDatagram datagram) {
        if (datagrams.offer(datagram)) {
            LockSupport.unpark(thread);
        } else {
            droppedDatagrams.increment();
        }
    }

    /** Hands over a command, from any thread. */
    public void command(Command command) {
        commands.add(command);
        LockSupport.unpark(thread);
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Established IKE SAs, as they were counted within the last second or two. */
    public int ikeSas() {
        return ikeSas;
    }

    /** Datagrams that the full queue refused. */
    public long droppedDatagrams() {
        return droppedDatagrams.sum();
    }

    /** Datagrams and commands that wait. */
    public int queued() {
        return datagrams.size() + commands.size();
    }

    /**
     * Has every SA deleted with a DELETE to its peer, waits for that, and ends the thread.
     *
     * @return whether it was done within the time
     */
    public boolean shutDown(long timeout, TimeUnit unit) throws InterruptedException {
        command(new Command.Shutdown());
        boolean done = shutDown.await(timeout, unit);
        stopping = true;
        LockSupport.unpark(thread);
        return done;
    }

    private void run() {
        while (!stopping) {
            long now = System.nanoTime();
            boolean worked = false;
            try {
                worked = turn(now);
            } catch (RuntimeException | AssertionError e) {
                // A bug: one message or command is lost, the other tunnels go on.
                log.error("the negotiator failed on one input", e);
                worked = true;
            }
            if (now - countedAt >= COUNT_INTERVAL_NANOS) {
                countedAt = now;
                ikeSas = endpoint.establishedIkeSas();
            }
            if (endpoint.isShutDown()) {
                shutDown.countDown();
            }
            if (!worked) {
                park();
            }
        }
    }

    private boolean turn(long now) {
        drain(); // what an output that failed left behind
        boolean worked = false;
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            endpoint.command(command, now);
            drain();
            worked = true;
        }
        for (int i = 0; i < DATAGRAMS_PER_TURN; i++) {
            IkeDatagram datagram = datagrams.poll();
            if (datagram == null) {
                break;
            }
            endpoint.receive(datagram, System.nanoTime());
            drain();
            worked = true;
        }
        if (endpoint.deadline() != Long.MAX_VALUE && endpoint.deadline() - System.nanoTime() <= 0) {
            endpoint.timeout(System.nanoTime());
            drain();
            worked = true;
        }
        return worked;
    }

    private void drain() {
        for (Output output = endpoint.poll(); output != null; output = endpoint.poll()) {
            outputs.accept(output);
        }
    }

    private void park() {
        long deadline = endpoint.deadline();
        long wait = deadline == Long.MAX_VALUE
                ? LONGEST_PARK_NANOS
                : Math.min(deadline - System.nanoTime(), LONGEST_PARK_NANOS);
        if (wait > 0 && datagrams.isEmpty() && commands.isEmpty() && !stopping) {
            LockSupport.parkNanos(this, wait);
        }
    }
}

package dev.culvert.agent.negotiator;

import dev.culvert.ike.endpoint.Command;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.IkeEndpoint;
import dev.culvert.ike.endpoint.Output;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns the {@link IkeEndpoint}. Datagrams come by bounded queues, so that a flood is dropped and counted
 * rather than remembered; commands are few, are never dropped and go before datagrams. What is due, and messages of
 * established IKE SAs, go before what beginners want; and those among them whose address is not configured have at most
 * half of this thread's time. Everything that the endpoint puts out goes to one consumer, on this thread.
 */
public final class Negotiator {
    private static final Logger log = LoggerFactory.getLogger(Negotiator.class);
    private static final int KNOWN_CAPACITY = 4096;
    private static final int PEERS_CAPACITY = 4096;
    private static final int STRANGERS_CAPACITY = 512;

    /** Commands, and datagrams of known SAs, taken before deadlines are looked at again. */
    private static final int COMMANDS_PER_TURN = 64;

    private static final int KNOWN_PER_TURN = 32;

    /** Datagrams of beginners, each of which may cost a key exchange. */
    private static final int PEERS_PER_TURN = 4;

    private static final long COUNT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The longest sleep; a bound only so that a missed wake-up could not last. */
    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final IkeEndpoint endpoint;
    private final Consumer<Output> outputs;
    private final DatagramQueue known = new DatagramQueue(KNOWN_CAPACITY);
    private final DatagramQueue peers = new DatagramQueue(PEERS_CAPACITY);
    private final DatagramQueue strangers = new DatagramQueue(STRANGERS_CAPACITY);
    private final Queue<Command> commands = new MpscUnboundedArrayQueue<>(256);
    private final CountDownLatch shutDown = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean stopping;
    private volatile int ikeSas;
    private long countedAt = System.nanoTime();
    private volatile boolean waiting;
    /** When a stranger may have its turn again. */
    private long strangersFrom = System.nanoTime();

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

    /** Hands over a datagram that names an IKE SA which is there, from any thread. */
    void receiveKnown(IkeDatagram datagram) {
        known.offer(datagram);
        wakeUp();
    }

    /**
     * Hands over a datagram of somebody who has no IKE SA yet, from any thread.
     *
     * @param configured whether its address is configured as a peer's
     */
    void receiveOfBeginner(IkeDatagram datagram, boolean configured) {
        ofBeginners(configured).offer(datagram);
        wakeUp();
    }

    /** Datagrams of known IKE SAs that wait. */
    public DatagramQueue known() {
        return known;
    }

    /** Datagrams of others that wait: of configured peers, or of strangers. */
    public DatagramQueue ofBeginners(boolean configured) {
        return configured ? peers : strangers;
    }

    /** Hands over a command, from any thread. */
    public void command(Command command) {
        commands.add(command);
        wakeUp();
    }

    private void wakeUp() {
        if (waiting) {
            LockSupport.unpark(thread);
        }
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Established IKE SAs, as they were counted within the last second or two. */
    public int ikeSas() {
        return ikeSas;
    }

    /** Datagrams and commands that wait. */
    public int queued() {
        return known.size() + peers.size() + strangers.size() + commands.size();
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
        for (int i = 0; i < COMMANDS_PER_TURN; i++) {
            Command command = commands.poll();
            if (command == null) {
                break;
            }
            endpoint.command(command, now);
            drain();
            worked = true;
        }
        if (endpoint.deadline() != Long.MAX_VALUE && endpoint.deadline() - System.nanoTime() <= 0) {
            endpoint.timeout(System.nanoTime());
            drain();
            worked = true;
        }
        worked |= receive(known, KNOWN_PER_TURN);
        worked |= receive(peers, PEERS_PER_TURN);
        worked |= receiveOfStranger();
        return worked;
    }

    private boolean receive(DatagramQueue queue, int most) {
        for (int i = 0; i < most; i++) {
            IkeDatagram datagram = queue.poll();
            if (datagram == null) {
                return i > 0;
            }
            endpoint.receive(datagram, System.nanoTime());
            drain();
        }
        return true;
    }

    /** As long as it takes, so long strangers have to wait afterwards. */
    private boolean receiveOfStranger() {
        long began = System.nanoTime();
        if (strangers.isEmpty() || began - strangersFrom < 0) {
            return false;
        }
        boolean worked = receive(strangers, 1);
        long ended = System.nanoTime();
        strangersFrom = ended + (ended - began);
        return worked;
    }

    private void drain() {
        for (Output output = endpoint.poll(); output != null; output = endpoint.poll()) {
            outputs.accept(output);
        }
    }

    private void park() {
        long deadline = endpoint.deadline();
        long now = System.nanoTime();
        long wait = deadline == Long.MAX_VALUE ? LONGEST_PARK_NANOS : Math.min(deadline - now, LONGEST_PARK_NANOS);
        if (!strangers.isEmpty()) {
            wait = Math.min(wait, strangersFrom - now);
        }
        if (wait <= 0) {
            return;
        }
        waiting = true;
        if (known.isEmpty() && peers.isEmpty() && commands.isEmpty() && !stopping) {
            LockSupport.parkNanos(this, wait);
        }
        waiting = false;
    }
}

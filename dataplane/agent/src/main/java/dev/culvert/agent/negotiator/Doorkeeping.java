package dev.culvert.agent.negotiator;

import dev.culvert.agent.worker.IkeSockets;
import dev.culvert.ike.endpoint.Doorkeeper;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.io.sys.ThreadPriority;
import dev.culvert.io.tcp.TcpStreams;
import dev.culvert.wire.Carrier;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of the {@link Doorkeeper}. It has a low priority: where processors are free, it answers as many as
 * come, and where packets and established tunnels need them, a flood gets little: what no tunnel is for does not even
 * wake it up. Nobody waits for it, not even for a lock, since it may be kept from the processor while it has one.
 */
public final class Doorkeeping {
    private static final Logger log = LoggerFactory.getLogger(Doorkeeping.class);

    private static final int CAPACITY = 512;

    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** After a stranger for whom no tunnel is was dropped, others are dropped unseen for so long. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Doorkeeper doorkeeper;
    private final Negotiator negotiator;
    private final IkeSockets.Sender sender;
    private final TcpStreams streams;
    private final DatagramQueue strangers = new DatagramQueue(CAPACITY);
    private final LongAdder cookies = new LongAdder();
    private final Map<Doorkeeper.Reason, LongAdder> dropped = new EnumMap<>(Doorkeeper.Reason.class);
    private final Thread thread;
    private volatile boolean waiting;
    private volatile boolean resting;
    private volatile boolean stopping;

    public Doorkeeping(Doorkeeper doorkeeper, Negotiator negotiator, IkeSockets.Sender sender, TcpStreams streams) {
        this.doorkeeper = doorkeeper;
        this.negotiator = negotiator;
        this.sender = sender;
        this.streams = streams;
        for (Doorkeeper.Reason reason : Doorkeeper.Reason.values()) {
            dropped.put(reason, new LongAdder());
        }
        this.thread = Thread.ofPlatform().name("doorkeeper").daemon(true).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Requests for a cookie that were sent. Any thread. */
    public long cookies() {
        return cookies.sum();
    }

    /** Datagrams that went no further. Any thread. */
    public long dropped(Doorkeeper.Reason reason) {
        LongAdder count = dropped.get(reason);
        return count == null ? 0 : count.sum();
    }

    /** Datagrams that wait. */
    public DatagramQueue strangers() {
        return strangers;
    }

    /** Whether a stranger's datagram would be dropped unseen; counts it as dropped then. Any thread. */
    boolean refuses() {
        boolean unseen = resting;
        if (unseen) {
            count(Doorkeeper.Reason.NO_TUNNEL);
        }
        return unseen;
    }

    /** Any thread. */
    void receive(IkeDatagram datagram) {
        strangers.offer(datagram);
        if (waiting) {
            LockSupport.unpark(thread);
        }
    }

    /** Ends the thread, which the sockets outlive. */
    public void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        if (thread.isAlive()) {
            thread.join(TimeUnit.SECONDS.toMillis(1));
        }
        sender.close();
    }

    private void run() {
        if (!ThreadPriority.low()) {
            log.warn("cannot lower the priority of a thread: a flood of IKE_SA_INIT will cost more");
        }
        while (!stopping) {
            try {
                if (!turn()) {
                    park();
                }
            } catch (RuntimeException | AssertionError e) {
                // A bug: one datagram is lost.
                log.error("the doorkeeper failed on one datagram", e);
            }
        }
    }

    private boolean turn() {
        IkeDatagram stranger = strangers.poll();
        if (stranger != null) {
            decide(stranger);
        }
        return stranger != null;
    }

    private void decide(IkeDatagram datagram) {
        switch (doorkeeper.decide(datagram, System.nanoTime())) {
            case Doorkeeper.Decision.Admit() -> negotiator.receiveOfBeginner(datagram, false);
            case Doorkeeper.Decision.Answer(Output.Transmit cookie) -> {
                cookies.increment();
                if (cookie.carrier() == Carrier.TCP) {
                    streams.sendIke(cookie.local(), cookie.remote(), cookie.message());
                } else {
                    sender.send(cookie.local(), cookie.remote(), cookie.message());
                }
            }
            case Doorkeeper.Decision.Drop(Doorkeeper.Reason reason) -> {
                count(reason);
                if (reason == Doorkeeper.Reason.NO_TUNNEL) {
                    rest();
                }
            }
        }
    }

    private void count(Doorkeeper.Reason reason) {
        LongAdder count = dropped.get(reason);
        if (count != null) {
            count.increment();
        }
    }

    private void rest() {
        resting = true;
        LockSupport.parkNanos(this, REST_NANOS);
        resting = false;
    }

    private void park() {
        waiting = true;
        if (strangers.isEmpty() && !stopping) {
            LockSupport.parkNanos(this, LONGEST_PARK_NANOS);
        }
        waiting = false;
    }
}

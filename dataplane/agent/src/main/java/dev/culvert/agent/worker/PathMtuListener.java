package dev.culvert.agent.worker;

import dev.culvert.agent.StartupException;
import dev.culvert.io.poll.Poller;
import dev.culvert.io.raw.RawPort;
import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.io.sys.ThreadPriority;
import dev.culvert.ipsec.mtu.TooBigReport;
import dev.culvert.ipsec.mtu.TooBigVerdict;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from routers that a packet of ours was too long for the path (RFC 4301 §8.2) and tells the data path. A thread of
 * its own of low priority, which looks at so many reports a second: a flood of forged ones costs nobody else anything.
 *
 * <p>ICMP comes by raw sockets, whole and for every way of sending alike. A UDP socket's error queue would not have it
 * unless DF were set on all that the socket sends, IKE included; the kernel's route cache has no SPI to compare.
 */
public final class PathMtuListener {
    private static final Logger log = LoggerFactory.getLogger(PathMtuListener.class);

    private static final int BATCH = 16;

    /** Longer ones than Ethernet's exist; what is quoted at their end is of no interest, but cannot be cut off. */
    private static final int LONGEST = 9216;

    private static final int REPORTS_PER_SECOND = 200;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<RawPort> ports;
    private final SaInstaller installer;
    private final Poller poller;
    private final PacketBatch batch = new PacketBatch(BATCH, LONGEST);
    private final LongAdder taken = new LongAdder();
    private final LongAdder ignored = new LongAdder();
    private final Thread thread;
    private long second;
    private int inThisSecond;
    private volatile boolean stopping;

    private PathMtuListener(List<RawPort> ports, SaInstaller installer, Poller poller) {
        this.ports = ports;
        this.installer = installer;
        this.poller = poller;
        this.thread = Thread.ofPlatform().name("path-mtu").daemon(true).unstarted(this::run);
    }

    /**
     * Opens the sockets; nothing is read before {@link #start}.
     *
     * @throws StartupException if that is not permitted
     */
    public static PathMtuListener open(SaInstaller installer) throws StartupException {
        List<RawPort> ports = new ArrayList<>();
        try {
            ports.add(RawPort.openForTooBig(4));
            openIpv6(ports);
            return new PathMtuListener(List.copyOf(ports), installer, Poller.open());
        } catch (IOException e) {
            ports.forEach(RawPort::close);
            throw new StartupException("cannot open a raw socket for ICMP: " + e.getMessage(), e);
        }
    }

    private static void openIpv6(List<RawPort> ports) throws IOException {
        try {
            ports.add(RawPort.openForTooBig(6));
        } catch (SystemCallException e) {
            if (e.errno().number() != Errno.EAFNOSUPPORT) {
                throw e;
            }
        }
    }

    public void start() {
        thread.start();
    }

    /** Reports about packets of ours. Any thread. */
    public long taken() {
        return taken.sum();
    }

    /** ICMP messages that were about something else, forged or too many. Any thread. */
    public long ignored() {
        return ignored.sum();
    }

    /** Ends the thread and closes the sockets. */
    public void stop() throws InterruptedException {
        stopping = true;
        poller.wakeUp();
        if (thread.isAlive()) {
            thread.join(TimeUnit.SECONDS.toMillis(1));
        }
        poller.close();
        ports.forEach(RawPort::close);
    }

    private void run() {
        if (!ThreadPriority.low()) {
            log.debug("cannot lower the priority of a thread");
        }
        ports.forEach(poller::add);
        while (!stopping) {
            try {
                poller.poll(SECOND_NANOS);
                for (RawPort port : ports) {
                    port.receive(batch);
                    read();
                }
            } catch (IOException e) {
                log.warn("cannot receive ICMP: {}", e.getMessage());
                pause();
            } catch (RuntimeException | AssertionError e) {
                // A bug: one message is lost.
                log.error("an ICMP message could not be read", e);
                batch.clear();
            }
        }
    }

    private void read() {
        for (int i = 0; i < batch.size(); i++) {
            PacketBuffer packet = batch.buffer(i);
            TooBigReport report = mayLook() ? TooBigReport.parse(packet.array, packet.offset, packet.length) : null;
            (report != null && takeUp(report) ? taken : ignored).increment();
        }
        batch.clear();
    }

    private boolean takeUp(TooBigReport report) {
        TooBigVerdict verdict = installer.tooBig(report);
        if (verdict == TooBigVerdict.LOWERED) {
            log.atInfo()
                    .addKeyValue("peer", report.remote().address())
                    .addKeyValue("mtu", report.mtu())
                    .log("a router reported a smaller MTU");
        }
        return verdict != TooBigVerdict.NOT_OURS;
    }

    private boolean mayLook() {
        long now = System.nanoTime();
        if (now - second >= SECOND_NANOS) {
            second = now;
            inThisSecond = 0;
        }
        return inThisSecond++ < REPORTS_PER_SECOND;
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.culvert.agent.worker;

import dev.culvert.io.poll.Poller;
import dev.culvert.io.raw.RawPort;
import dev.culvert.io.tcp.TcpStreams;
import dev.culvert.io.tun.TunDevice;
import dev.culvert.io.udp.UdpPort;
import dev.culvert.ipsec.DataPath;
import dev.culvert.ipsec.Inbound;
import dev.culvert.ipsec.Outbound;
import dev.culvert.ipsec.counters.Counters;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packet loop: one thread that polls the TUN device and the sockets and carries packets between them through the
 * data path, in batches that it owns. IKE datagrams leave it by the negotiator's bounded queues. Nothing here allocates
 * per packet but for IKE's.
 */
public final class PacketWorker {
    private static final Logger log = LoggerFactory.getLogger(PacketWorker.class);

    private static final int BATCH = 64;

    /** Also what an IKE message may have: longer ones are dropped and counted by the socket. */
    public static final int LONGEST_PACKET = 9216;

    /** Batches that one source may have in a row before the others get their turn. */
    private static final int ROUNDS = 4;

    /** Attempts to get rid of a batch that the socket has no room for. */
    private static final int SEND_TRIES = 20;

    private static final long SEND_PAUSE_NANOS = 50_000;

    private static final long LONGEST_POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** While packets wait for their SA. */
    private static final long HOLDING_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final TunDevice tun;
    private final List<UdpPort> ikePorts;
    private final List<UdpPort> natPorts;
    private final RawSockets rawSockets;
    private final TcpStreams streams;
    private final Sender sendUdp;
    private final Sender sendUdp6;
    private final Sender sendRaw;
    private final Sender sendRaw6;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Consumer<PacketBuffer> ikeIntake;
    private final Poller poller;
    private final Thread thread;

    private final PacketBatch fromTun = new PacketBatch(BATCH, LONGEST_PACKET);
    private final PacketBatch toNet = new PacketBatch(2 * BATCH, LONGEST_PACKET);
    private final PacketBatch toNet6 = new PacketBatch(2 * BATCH, LONGEST_PACKET);
    private final PacketBatch toRaw = new PacketBatch(2 * BATCH, LONGEST_PACKET);
    private final PacketBatch toRaw6 = new PacketBatch(2 * BATCH, LONGEST_PACKET);
    private final PacketBatch toStreams = new PacketBatch(2 * BATCH, LONGEST_PACKET);
    private final PacketBatch fromNet = new PacketBatch(BATCH, LONGEST_PACKET);
    private final PacketBatch toTun = new PacketBatch(BATCH, LONGEST_PACKET);
    private final PacketBatch ike = new PacketBatch(BATCH, LONGEST_PACKET);

    private final Counters unsent = new Counters(1);

    private volatile boolean stopping;

    private PacketWorker(
            TunDevice tun,
            IkeSockets sockets,
            RawSockets rawSockets,
            TcpStreams streams,
            DataPath dataPath,
            Consumer<PacketBuffer> ikeIntake,
            Poller poller) {
        this.tun = tun;
        this.ikePorts = sockets.ikePorts();
        this.natPorts = sockets.natPorts();
        this.rawSockets = rawSockets;
        this.streams = streams;
        sendUdp = natPorts.getFirst()::send;
        sendUdp6 = natPorts.getLast()::send;
        sendRaw = rawSockets.v4()::send;
        sendRaw6 = rawSockets.v6()::send;
        this.inbound = dataPath.inbound();
        this.outbound = dataPath.outbound();
        this.ikeIntake = ikeIntake;
        this.poller = poller;
        this.thread = Thread.ofPlatform().name("worker").daemon(true).unstarted(this::run);
    }

    /**
     * Makes the worker; it does nothing before {@link #start}.
     *
     * @param ikeIntake takes IKE datagrams out of buffers that are used again afterwards; must not wait
     */
    public static PacketWorker open(
            TunDevice tun,
            IkeSockets sockets,
            RawSockets rawSockets,
            TcpStreams streams,
            SaInstaller installer,
            Consumer<PacketBuffer> ikeIntake)
            throws IOException {
        Poller poller = Poller.open();
        installer.onInstalled(poller::wakeUp);
        return new PacketWorker(tun, sockets, rawSockets, streams, installer.dataPath(), ikeIntake, poller);
    }

    public void start() {
        thread.start();
    }

    /** Messages came in TCP streams. Any thread. */
    public void wakeUp() {
        poller.wakeUp();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** ESP packets dropped because the socket's buffer stayed full. Any thread. */
    public long unsent() {
        return unsent.get(0);
    }

    /** Stops the thread and waits for it. */
    public void stop() throws InterruptedException {
        stopping = true;
        poller.wakeUp();
        thread.join(TimeUnit.SECONDS.toMillis(1));
        poller.close();
    }

    private void run() {
        int tunKey = poller.add(tun);
        int[] natKeys = natPorts.stream().mapToInt(poller::add).toArray();
        List<RawPort> rawPorts = rawSockets.ports();
        int[] rawKeys = rawPorts.stream().mapToInt(poller::add).toArray();
        int[] ikeKeys = ikePorts.stream().mapToInt(poller::add).toArray();
        while (!stopping) {
            try {
                poller.poll(inbound.isHolding() ? HOLDING_POLL_NANOS : LONGEST_POLL_NANOS);
                if (inbound.isHolding()) {
                    takeHeld();
                }
                if (outbound.isHolding()) {
                    outbound.release(fromTun, toNet, toTun, System.nanoTime());
                    sendToNet();
                }
                if (poller.isReadable(tunKey)) {
                    fromTunToNet();
                }
                for (int i = 0; i < natKeys.length; i++) {
                    if (poller.isReadable(natKeys[i])) {
                        fromNetToTun(natPorts.get(i));
                    }
                }
                if (streams.hasReceived()) {
                    fromStreamsToTun();
                }
                for (int i = 0; i < rawKeys.length; i++) {
                    if (poller.isReadable(rawKeys[i])) {
                        fromRawToTun(rawPorts.get(i));
                    }
                }
                for (int i = 0; i < ikeKeys.length; i++) {
                    if (poller.isReadable(ikeKeys[i])) {
                        toNegotiator(ikePorts.get(i));
                    }
                }
            } catch (IOException e) {
                log.error("the packet loop met an error: {}", e.getMessage());
                startAfresh();
            } catch (RuntimeException | AssertionError e) {
                // A bug: one batch is lost, the traffic goes on.
                log.error("the packet loop failed on a batch", e);
                startAfresh();
            }
        }
    }

    private void fromTunToNet() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int read = tun.read(fromTun);
            if (read == 0) {
                return;
            }
            outbound.process(fromTun, toNet, toTun, System.nanoTime());
            fromTun.clear();
            sendToNet();
            if (read < BATCH) {
                return;
            }
        }
    }

    private void sendToNet() throws IOException {
        send();
        if (!toTun.isEmpty()) {
            tun.write(toTun);
        }
    }

    private void fromNetToTun(UdpPort port) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int read = port.receive(fromNet);
            if (read == 0) {
                return;
            }
            inbound.process(fromNet, toTun, ike, System.nanoTime());
            fromNet.clear();
            if (!toTun.isEmpty()) {
                tun.write(toTun);
            }
            handOver(ike);
            if (read < BATCH) {
                return;
            }
        }
    }

    private void fromStreamsToTun() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            if (streams.receive(fromNet) == 0) {
                return;
            }
            inbound.process(fromNet, toTun, ike, System.nanoTime());
            fromNet.clear();
            if (!toTun.isEmpty()) {
                tun.write(toTun);
            }
            handOver(ike);
        }
        poller.wakeUp(); // perhaps there is more
    }

    private void fromRawToTun(RawPort port) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int read = port.receive(fromNet);
            if (read == 0) {
                return;
            }
            inbound.processRaw(fromNet, toTun, System.nanoTime());
            fromNet.clear();
            if (!toTun.isEmpty()) {
                tun.write(toTun);
            }
            if (read < BATCH) {
                return;
            }
        }
    }

    /** Looks whether the SA has come that packets wait for. */
    private void takeHeld() throws IOException {
        inbound.process(fromNet, toTun, ike, System.nanoTime());
        if (!toTun.isEmpty()) {
            tun.write(toTun);
        }
    }

    private void toNegotiator(UdpPort port) throws IOException {
        if (port.receive(ike) > 0) {
            handOver(ike);
        }
    }

    private void handOver(PacketBatch datagrams) {
        for (int i = 0; i < datagrams.size(); i++) {
            ikeIntake.accept(datagrams.buffer(i));
        }
        datagrams.clear();
    }

    private void send() throws IOException {
        if (toNet.isEmpty()) {
            return;
        }
        sort();
        send(sendUdp, toNet);
        send(sendUdp6, toNet6);
        send(sendRaw, toRaw);
        send(sendRaw6, toRaw6);
        if (!toStreams.isEmpty()) {
            streams.send(toStreams);
        }
    }

    /** Sends; where the socket's buffer is full, waits a little for room and then drops the rest. */
    private void send(Sender socket, PacketBatch batch) throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        socket.send(batch);
        for (int tries = 0; !batch.isEmpty() && tries < SEND_TRIES; tries++) {
            LockSupport.parkNanos(SEND_PAUSE_NANOS);
            socket.send(batch);
        }
        if (!batch.isEmpty()) {
            unsent.add(0, batch.size());
            batch.clear();
        }
    }

    /** Leaves in {@link #toNet} what goes in UDP to IPv4 peers, and moves the rest to where it goes. */
    private void sort() {
        int kept = 0;
        for (int i = 0; i < toNet.size(); i++) {
            UdpAddress remote = Objects.requireNonNull(toNet.buffer(i).remote);
            boolean raw = remote.port() == 0;
            if (toNet.buffer(i).inStream) {
                toNet.moveTo(toStreams, i);
            } else if (!remote.address().isV4()) {
                toNet.moveTo(raw ? toRaw6 : toNet6, i);
            } else if (raw) {
                toNet.moveTo(toRaw, i);
            } else {
                toNet.swap(kept++, i);
            }
        }
        toNet.size(kept);
    }

    private interface Sender {
        int send(PacketBatch batch) throws IOException;
    }

    private void startAfresh() {
        fromTun.clear();
        toNet.clear();
        toNet6.clear();
        toRaw.clear();
        toRaw6.clear();
        toStreams.clear();
        fromNet.clear();
        toTun.clear();
        ike.clear();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
}

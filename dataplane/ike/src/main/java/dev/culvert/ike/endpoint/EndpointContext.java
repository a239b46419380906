package dev.culvert.ike.endpoint;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.DeadlineQueue;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaContext;
import dev.culvert.ike.sa.SaProtocol;
import dev.culvert.ike.sa.Timed;
import dev.culvert.ike.v2.exchange.V2Protocol;
import dev.culvert.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The tables of an endpoint: SAs by SPI, deadlines, and what is to be put out. */
final class EndpointContext implements SaContext {
    private static final int FIRST_CHILD_SPI = 256;

    private final EndpointConfig config;
    private final RandomSource random;
    private final KeyLog keyLog;
    private final SaProtocol protocol = new V2Protocol();
    private final Map<Long, IkeSa> bySpi = new HashMap<>();
    /** Our SPIs of the SAs that are not half-open; also other threads look here. */
    private final Set<Long> knownSpis = ConcurrentHashMap.newKeySet();

    private final Map<Integer, IkeSa> byChildSpi = new HashMap<>();
    private final Set<Integer> childSpis = new HashSet<>();
    private final DeadlineQueue deadlines = new DeadlineQueue();
    private final SequencedSet<Timed> touched = new LinkedHashSet<>();
    private final Queue<Output> outputs = new ArrayDeque<>();
    private final Map<IpAddress, IpAddress> localPaths = new HashMap<>();
    private List<Set<IpAddress>> localAddresses = List.of();

    EndpointContext(EndpointConfig config, RandomSource random, KeyLog keyLog) {
        this.config = config;
        this.random = random;
        this.keyLog = keyLog;
    }

    @Override
    public EndpointConfig config() {
        return config;
    }

    @Override
    public RandomSource random() {
        return random;
    }

    @Override
    public SaProtocol protocol() {
        return protocol;
    }

    /** From which of our addresses packets to that one leave. */
    void localPath(IpAddress remote, IpAddress local) {
        localPaths.put(remote, local);
    }

    /** A NAT is only found by who knows its own address (RFC 7296 §2.23). */
    @Override
    public Optional<IpAddress> localPath(IpAddress remote) {
        return Optional.ofNullable(localPaths.get(remote));
    }

    void localAddresses(List<Set<IpAddress>> ofDevices) {
        localAddresses = ofDevices;
    }

    @Override
    public List<IpAddress> otherLocalAddresses(IpAddress local) {
        return localAddresses.stream()
                .filter(device -> device.contains(local))
                .flatMap(Set::stream)
                .filter(address -> !address.equals(local))
                .sorted()
                .toList();
    }

    @Override
    public KeyLog keyLog() {
        return keyLog;
    }

    @Override
    public void emit(Output output) {
        outputs.add(output);
    }

    @Override
    public void audit(AuditEvent event, Optional<String> tunnel, Map<String, String> fields, String message) {
        emit(new Output.Audit(new AuditRecord(event, tunnel, fields, message)));
    }

    @Override
    public long newIkeSpi() {
        long spi = random.nextLong();
        while (spi == 0 || bySpi.containsKey(spi)) {
            spi = random.nextLong();
        }
        return spi;
    }

    @Override
    public int newChildSpi() {
        int spi = random.nextInt();
        while (Integer.compareUnsigned(spi, FIRST_CHILD_SPI) < 0 || !childSpis.add(spi)) {
            spi = random.nextInt();
        }
        return spi;
    }

    @Override
    public void releaseChildSpi(int spi) {
        childSpis.remove(spi);
        byChildSpi.remove(spi);
    }

    @Override
    public void register(IkeSa sa) {
        bySpi.put(sa.localSpi(), sa);
        touched(sa);
    }

    @Override
    public void unregister(IkeSa sa) {
        bySpi.remove(sa.localSpi());
        releaseStream(sa.path());
        knownSpis.remove(sa.localSpi());
        touched(sa);
    }

    /** The SAs whose messages go in that TCP connection: one, and perhaps its heir. */
    @Override
    public List<IkeSa> onStream(PeerPath path) {
        return path.isStream()
                ? bySpi.values().stream()
                        .filter(sa -> sa.path().isSameStream(path))
                        .toList()
                : List.of();
    }

    @Override
    public void releaseStream(PeerPath path) {
        if (path.isStream() && onStream(path).isEmpty()) {
            emit(new Output.ReleaseStream(path.local(), path.remote()));
        }
    }

    @Override
    public void childAdded(IkeSa sa, ChildSa child) {
        byChildSpi.put(child.spiIn(), sa);
    }

    @Override
    public void touched(Timed timed) {
        touched.add(timed);
    }

    @Nullable
    Timed pollTouched() {
        return touched.isEmpty() ? null : touched.removeFirst();
    }

    @Nullable
    IkeSa sa(long spi) {
        return bySpi.get(spi);
    }

    /** The SA is registered, and not half-open any more. */
    void known(IkeSa sa) {
        knownSpis.add(sa.localSpi());
    }

    /** Whether that is our SPI of an SA that is not half-open. Any thread. */
    boolean isKnown(long spi) {
        return knownSpis.contains(spi);
    }

    boolean isRegistered(IkeSa sa) {
        return bySpi.get(sa.localSpi()) == sa;
    }

    @Nullable
    IkeSa saOfChild(int spiIn) {
        return byChildSpi.get(spiIn);
    }

    List<IkeSa> sas() {
        return List.copyOf(bySpi.values());
    }

    DeadlineQueue deadlines() {
        return deadlines;
    }

    Queue<Output> outputs() {
        return outputs;
    }
}

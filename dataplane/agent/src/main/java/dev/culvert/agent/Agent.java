package dev.culvert.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.agent.certificates.PeerVerifiers;
import dev.culvert.agent.config.DesiredState;
import dev.culvert.agent.control.ControlServer;
import dev.culvert.agent.control.TunnelControl;
import dev.culvert.agent.host.CleartextGuard;
import dev.culvert.agent.host.HostNetwork;
import dev.culvert.agent.host.InnerMtu;
import dev.culvert.agent.host.LocalPaths;
import dev.culvert.agent.host.TunOpener;
import dev.culvert.agent.http.HealthAndMetricsServer;
import dev.culvert.agent.http.HealthAndMetricsServer.Verdict;
import dev.culvert.agent.keylog.WiresharkKeys;
import dev.culvert.agent.metrics.AgentMetrics;
import dev.culvert.agent.metrics.NegotiationMetrics;
import dev.culvert.agent.negotiator.AuditLog;
import dev.culvert.agent.negotiator.Doorkeeping;
import dev.culvert.agent.negotiator.Intake;
import dev.culvert.agent.negotiator.Negotiator;
import dev.culvert.agent.negotiator.OutputHandler;
import dev.culvert.agent.negotiator.PeerNames;
import dev.culvert.agent.revocation.HttpFetcher;
import dev.culvert.agent.revocation.Revocations;
import dev.culvert.agent.state.CrashSecret;
import dev.culvert.agent.status.PolicyDatabase;
import dev.culvert.agent.status.SaDatabase;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.agent.worker.DataPathEvents;
import dev.culvert.agent.worker.IkeSockets;
import dev.culvert.agent.worker.PacketWorker;
import dev.culvert.agent.worker.PathMtuListener;
import dev.culvert.agent.worker.RawSockets;
import dev.culvert.agent.worker.SaInstaller;
import dev.culvert.agent.worker.StreamEvents;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.IkeEndpoint;
import dev.culvert.ike.endpoint.KeyLog;
import dev.culvert.io.nft.PacketFilter;
import dev.culvert.io.route.Routes;
import dev.culvert.io.tcp.StreamLimits;
import dev.culvert.io.tcp.TcpStreams;
import dev.culvert.io.tun.TunDevice;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent: puts the parts together, and takes them apart again in an order in which nothing is sent in the clear.
 *
 * <p>Threads: the reconciler ({@link TunnelManager}), the negotiator ({@link Negotiator}), who looks at strangers before
 * it does ({@link Doorkeeping}), the worker ({@link PacketWorker}), one for HTTP and virtual ones for the control socket and name lookups.
 */
public final class Agent {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    /** Name of the TUN device; one agent runs in a network namespace. */
    private static final String DEVICE = "culvert0";

    /** What DELETE exchanges may take of the five seconds in which the process has to be gone. */
    private static final long DELETE_MILLIS = 2000;

    /** What the host's routes may take of them. */
    private static final long ROUTES_MILLIS = 1500;

    private final AgentOptions options;
    private final TunnelSource source;
    private final Deque<Closing> closings = new ArrayDeque<>();
    private final CountDownLatch firstState = new CountDownLatch(1);
    private final ScheduledExecutorService reconciler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("reconciler").daemon(true).factory());

    private Agent(AgentOptions options, TunnelSource source) {
        this.options = options;
        this.source = source;
    }

    private interface Closing {
        void close() throws IOException, InterruptedException;
    }

    /**
     * Runs until the process is told to stop.
     *
     * @param out takes the one line that says the agent is ready
     * @return the exit code
     * @throws StartupException if the agent cannot run here; nothing is left behind then
     */
    public static int run(AgentOptions options, TunnelSource source, PrintWriter out)
            throws StartupException, InterruptedException {
        Agent agent = new Agent(options, source);
        try (StopSignal stop = StopSignal.install()) {
            try {
                String ready = agent.start();
                agent.awaitFirstState(stop);
                if (!stop.isGiven()) {
                    out.println(ready);
                    out.flush();
                    log.info("ready");
                }
                stop.await();
                log.info("stopping");
                return 0;
            } finally {
                agent.close();
            }
        }
    }

    private String start() throws StartupException {
        StatusBook[] known = new StatusBook[1];
        Optional<WiresharkKeys> keyLog = Optional.empty();
        if (options.keyLog().isPresent()) {
            keyLog = Optional.of(WiresharkKeys.in(options.keyLog().get()));
        }
        StatusBook book = new StatusBook(
                Clock.systemUTC(),
                options.keyLog().map(StatusBook::keyLogged),
                tunnel -> source.statusChanged(tunnel, known[0]));
        known[0] = book;

        IkeSockets sockets = IkeSockets.open();
        closing(sockets::close);
        RawSockets rawSockets = RawSockets.open();
        closing(rawSockets::close);
        StreamEvents streamEvents = new StreamEvents();
        TcpStreams streams = openStreams(streamEvents);
        closing(streams::close);
        TunDevice tun = TunOpener.open(DEVICE, InnerMtu.WITHOUT_TUNNELS);
        closing(tun::close);
        CleartextGuard guard = new CleartextGuard(PacketFilter.ofHost(DEVICE), options.logCleartext());
        CleartextBook cleartext = new CleartextBook(options.logCleartext());
        HostNetwork host = new HostNetwork(Routes.ofHost(), Routes.ofHostBeforeOurSockets(), guard, DEVICE);

        AuditLog audit = new AuditLog();
        RandomSource random = RandomSource.secure();
        // The negotiator's outputs and the data path's events go in a circle; each end finds the other when it is used.
        Negotiator[] negotiating = new Negotiator[1];
        TunnelManager[] managing = new TunnelManager[1];
        SaInstaller installer = new SaInstaller(random, new DataPathEvents(c -> negotiating[0].command(c)));
        IkeEndpoint endpoint = new IkeEndpoint(
                endpointConfig(random), random, keyLog.map(KeyLog.class::cast).orElse(KeyLog.NONE));
        Negotiator negotiator = new Negotiator(
                endpoint,
                new OutputHandler(
                        sockets,
                        streams,
                        installer,
                        book,
                        audit,
                        tunnel -> managing[0].peerUnreachable(tunnel),
                        keyLog));
        negotiating[0] = negotiator;
        HttpFetcher fetcher = new HttpFetcher(PeerNames.Lookup.SYSTEM);
        closing(fetcher::close);
        TunnelManager manager = new TunnelManager(
                reconciler,
                host,
                guard,
                cleartext,
                book,
                installer,
                streams::listen,
                negotiator::command,
                PeerNames.Lookup.SYSTEM,
                new PeerVerifiers(Clock.systemUTC(), new Revocations(fetcher, random, Clock.systemUTC()), book));
        managing[0] = manager;
        Doorkeeping doorkeeping = new Doorkeeping(endpoint.doorkeeper(), negotiator, sockets.newSender(), streams);
        closing(doorkeeping::stop);
        PacketWorker worker =
                openWorker(tun, sockets, rawSockets, streams, installer, new Intake(endpoint, negotiator, doorkeeping));
        PathMtuListener pathMtu = PathMtuListener.open(installer);
        closing(installer::close);
        closing(pathMtu::stop);
        closing(worker::stop);
        streamEvents.tell(worker, negotiator);

        AgentMetrics metrics = new AgentMetrics(
                book,
                audit,
                new NegotiationMetrics(endpoint, negotiator, doorkeeping, fetcher),
                installer,
                guard,
                worker,
                pathMtu,
                sockets,
                rawSockets,
                streams,
                tun,
                source);
        Supplier<JsonNode> sadb = () -> SaDatabase.document(installer.associations(), System.nanoTime());
        Supplier<JsonNode> spd =
                () -> PolicyDatabase.document(installer.policies(), guard.refused(), cleartext.refused());
        ControlServer control =
                ControlServer.start(options.socket(), new TunnelControl(book, negotiator::command, sadb, spd));
        closing(control::close);
        HealthAndMetricsServer http = HealthAndMetricsServer.start(
                options.http(),
                new HealthAndMetricsServer.Probes(
                        () -> worker.isAlive() && negotiator.isAlive() && doorkeeping.isAlive()
                                ? Verdict.OK
                                : new Verdict(false, "a thread of the packet path or of the negotiator has died"),
                        this::readiness,
                        metrics::scrape,
                        Map.of(
                                "sadb", () -> sadb.get().toPrettyString(),
                                "spd", () -> spd.get().toPrettyString())));
        closing(http::close);

        closing(() -> leaveHost(host));
        closing(source::close);
        closing(() -> shutDown(negotiator));
        negotiator.start();
        doorkeeping.start();
        worker.start();
        pathMtu.start();
        manager.start();
        watchLocalPaths(installer, negotiator);
        source.start(state -> reconciler.execute(() -> apply(manager, state)));
        return "culvert-agent is ready: device " + DEVICE + ", IKE on UDP " + IkeSockets.IKE_PORT + " and "
                + IkeSockets.NAT_PORT + ", control socket " + options.socket() + ", http "
                + http.address().getHostString() + ":" + http.address().getPort();
    }

    private void watchLocalPaths(SaInstaller installer, Negotiator negotiator) {
        LocalPaths paths = new LocalPaths(LocalPaths.ofKernel(DEVICE), installer::paths, negotiator::command);
        var _ = reconciler.scheduleWithFixedDelay(
                () -> {
                    try {
                        paths.look();
                    } catch (RuntimeException e) {
                        log.error("looking after our own addresses failed", e);
                    }
                },
                0,
                1,
                TimeUnit.SECONDS);
    }

    private EndpointConfig endpointConfig(RandomSource random) {
        EndpointConfig config = EndpointConfig.defaults();
        return CrashSecret.of(options.stateDirectory(), options.socket(), random)
                .map(config::withCrashSecret)
                .orElse(config);
    }

    private static PacketWorker openWorker(
            TunDevice tun,
            IkeSockets sockets,
            RawSockets rawSockets,
            TcpStreams streams,
            SaInstaller installer,
            Intake intake)
            throws StartupException {
        try {
            return PacketWorker.open(tun, sockets, rawSockets, streams, installer, intake::receive);
        } catch (IOException e) {
            throw new StartupException("cannot set up the packet loop: " + e.getMessage(), e);
        }
    }

    private static TcpStreams openStreams(StreamEvents events) throws StartupException {
        try {
            return TcpStreams.start(StreamLimits.defaults(), PacketWorker.LONGEST_PACKET, events);
        } catch (IOException e) {
            throw new StartupException("cannot set up TCP connections: " + e.getMessage(), e);
        }
    }

    private void apply(TunnelManager manager, DesiredState state) {
        try {
            manager.apply(state);
        } catch (RuntimeException e) {
            log.error("the configuration could not be applied", e);
        }
        firstState.countDown();
    }

    /** In a cluster the API server may be away for long: then the agent runs, and is not ready. */
    private void awaitFirstState(StopSignal stop) throws InterruptedException {
        while (!firstState.await(20, TimeUnit.MILLISECONDS) && !stop.isGiven()) {
            // neither yet
        }
    }

    private Verdict readiness() {
        if (firstState.getCount() > 0) {
            String problem = source.problem();
            return new Verdict(false, problem.isEmpty() ? "the configuration is being applied" : problem);
        }
        return Verdict.OK;
    }

    private static void shutDown(Negotiator negotiator) throws InterruptedException {
        if (!negotiator.shutDown(DELETE_MILLIS, TimeUnit.MILLISECONDS)) {
            log.warn("not every peer confirmed the DELETE in time");
        }
    }

    /** Runs on the reconciler's thread, behind whatever it is doing, and is its last task. */
    private void leaveHost(HostNetwork host) throws InterruptedException {
        try {
            reconciler
                    .submit(() -> {
                        if (source.restoresHost()) {
                            host.restore();
                        } else {
                            host.block();
                        }
                        return true;
                    })
                    .get(ROUTES_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            log.error("the host's routes could not be restored: {}", String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            log.error("the host's routes could not be restored in time");
        } finally {
            reconciler.shutdownNow();
        }
    }

    /** Remembers what has to be closed; the last one is closed first. */
    private void closing(Closing closing) {
        closings.push(closing);
    }

    private void close() throws InterruptedException {
        while (!closings.isEmpty()) {
            try {
                closings.pop().close();
            } catch (IOException | RuntimeException e) {
                log.warn("while stopping: {}", e.getMessage());
            }
        }
        reconciler.shutdownNow();
    }
}

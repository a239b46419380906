package dev.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.agent.certificates.PeerVerifiers;
import dev.culvert.agent.config.Credentials;
import dev.culvert.agent.config.DesiredState;
import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.agent.config.TunnelPolicies;
import dev.culvert.agent.host.CleartextGuard;
import dev.culvert.agent.host.FakeFilter;
import dev.culvert.agent.host.HostNetwork;
import dev.culvert.agent.revocation.HttpFetcher;
import dev.culvert.agent.revocation.Revocations;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.agent.worker.SaInstaller;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.FailureReason;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.endpoint.Command;
import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TunnelManagerTest {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final FakeRoutes routes = new FakeRoutes();
    private final FakeRoutes beforeOurSockets = new FakeRoutes();
    private final Map<String, List<IpAddress>> names = new ConcurrentHashMap<>();
    private final AtomicInteger lookups = new AtomicInteger();
    private final List<Command> commands = Collections.synchronizedList(new ArrayList<>());
    private final StatusBook book = new StatusBook(Clock.systemUTC(), tunnel -> {});
    private final SaInstaller installer = new SaInstaller(RandomSource.seeded(1), event -> true);
    private final HttpFetcher fetcher = new HttpFetcher(this::lookUp);
    private final List<Set<Integer>> tcpPorts = new ArrayList<>();
    private final FakeFilter filter = new FakeFilter();
    private final CleartextGuard guard = new CleartextGuard(filter, false);
    private final TunnelManager manager = new TunnelManager(
            thread,
            new HostNetwork(routes, beforeOurSockets, guard, "tun"),
            guard,
            new CleartextBook(false),
            book,
            installer,
            tcpPorts::add,
            this::command,
            this::lookUp,
            new PeerVerifiers(
                    Clock.systemUTC(), new Revocations(fetcher, RandomSource.seeded(1), Clock.systemUTC()), book));

    @AfterEach
    void stop() {
        thread.shutdownNow();
        installer.close();
        fetcher.close();
    }

    /** Without those that depend on the routes of the machine that runs the test. */
    private void command(Command command) {
        if (!(command instanceof Command.LocalPath)) {
            commands.add(command);
        }
    }

    @Test
    void aTunnelGetsItsRoutesBeforeItIsNegotiated() throws Exception {
        commands.clear();
        apply(Desired.tunnel("branch", "192.0.2.2"));
        assertThat(routes.installed)
                .extracting(r -> r.prefix() + " " + r.metric())
                .containsExactly("10.2.0.0/16 " + Route.Blackhole.METRIC, "10.2.0.0/16 1");
        assertThat(commands).singleElement().isInstanceOfSatisfying(Command.PutTunnel.class, put -> {
            assertThat(put.config().name()).isEqualTo("default/branch");
            assertThat(put.config().remoteAddresses())
                    .extracting(a -> a.toString())
                    .containsExactly("192.0.2.2:500");
        });
        assertThat(programmed("default/branch")).isTrue();
    }

    @Test
    void onlyWhatDiffersIsChanged() throws Exception {
        apply(Desired.tunnel("one", "192.0.2.2"), Desired.tunnel("two", 1, false, "10.3.0.0/16", "192.0.2.3"));
        commands.clear();
        apply(Desired.tunnel("one", "192.0.2.2"), Desired.tunnel("two", 2, false, "10.4.0.0/16", "192.0.2.3"));
        assertThat(commands)
                .singleElement()
                .isInstanceOfSatisfying(
                        Command.PutTunnel.class,
                        put -> assertThat(put.config().name()).isEqualTo("default/two"));
        assertThat(routes.prefixes()).contains("10.4.0.0/16").doesNotContain("10.3.0.0/16");
    }

    /** What the hosts on this end call the peer's network is routed and blocked, and not what it is in the tunnel. */
    @Test
    void routesAreForTheAddressesThatHostsKnow() throws Exception {
        apply(Desired.translated("one", "{side: Remote, type: OneToOne, from: 10.2.0.0/16, to: 10.102.0.0/16}"));
        assertThat(routes.installed)
                .extracting(r -> r.prefix() + " " + r.metric())
                .containsExactly("10.102.0.0/16 " + Route.Blackhole.METRIC, "10.102.0.0/16 1");
        assertThat(commands)
                .singleElement()
                .isInstanceOfSatisfying(
                        Command.PutTunnel.class,
                        put -> assertThat(put.config().children().getFirst().remoteSelectors())
                                .hasToString("[10.2.0.0/16]"));
    }

    @Test
    void noTcpPortIsOpenUnlessATunnelAllowsIt() throws Exception {
        apply(Desired.tunnel("one", "192.0.2.2"));
        assertThat(tcpPorts.getLast()).isEmpty();
        apply(Desired.overTcp("one", 4443));
        assertThat(tcpPorts.getLast()).containsExactly(4443);
        apply();
        assertThat(tcpPorts.getLast()).isEmpty();
    }

    @Test
    void aRemovedTunnelTakesItsRoutesAlong() throws Exception {
        apply(Desired.tunnel("one", "192.0.2.2"));
        commands.clear();
        apply();
        assertThat(commands).containsExactly(new Command.RemoveTunnel("default/one"));
        assertThat(routes.installed).isEmpty();
        assertThat(book.all()).isEmpty();
    }

    @Test
    void line55_aSuspendedTunnelKeepsItsTrafficBlocked() throws Exception {
        apply(Desired.tunnel("one", "192.0.2.2"));
        commands.clear();
        apply(Desired.tunnel("one", 2, true, "10.2.0.0/16", "192.0.2.2"));
        assertThat(commands).containsExactly(new Command.RemoveTunnel("default/one"));
        assertThat(routes.prefixes()).contains("10.2.0.0/16");
        assertThat(TunnelPolicies.ofDataPath(manager.desired())).hasSize(1);
        assertThat(book.all()).containsKey("default/one");
    }

    @Test
    void theGatewaysOwnTrafficGetsRoutesThatOurSocketsDoNotTake() throws Exception {
        apply(Desired.transport("one", "192.0.2.2"), Desired.tunnel("two", "192.0.2.3"));
        assertThat(beforeOurSockets.installed)
                .extracting(r -> r.prefix() + " " + r.metric())
                .containsExactly("192.0.2.2/32 " + Route.Blackhole.METRIC, "192.0.2.2/32 1");
        assertThat(routes.prefixes()).containsOnly("10.2.0.0/16");
        apply(Desired.tunnel("two", "192.0.2.3"));
        assertThat(beforeOurSockets.installed).isEmpty();
    }

    @Test
    void aTunnelWithoutKeyIsBlockedAndNotNegotiated() throws Exception {
        DesiredTunnel tunnel = Desired.tunnel("one", "192.0.2.2");
        apply(new DesiredTunnel(tunnel.document(), tunnel.spec(), 1, Credentials.NONE));
        assertThat(commands).isEmpty();
        assertThat(routes.prefixes()).contains("10.2.0.0/16");
    }

    @Test
    void routesThatFailAreSaidAndTriedAgain() throws Exception {
        routes.failure = "RTNETLINK answers: Operation not permitted";
        apply(Desired.tunnel("one", "192.0.2.2"));
        assertThat(programmed("default/one")).isFalse();
        routes.failure = "";
        apply(Desired.tunnel("one", "192.0.2.2"));
        assertThat(programmed("default/one")).isTrue();
    }

    @Test
    void aNameIsLookedUpAndAnUnknownOneIsSaid() throws Exception {
        apply(Desired.tunnel("one", "branch.example"));
        await().untilAsserted(() -> assertThat(
                        book.find("default/one").orElseThrow().status().lastError())
                .isNotNull()
                .satisfies(error -> assertThat(error.reason()).isEqualTo(FailureReason.PEER_UNREACHABLE))
                .satisfies(error -> assertThat(error.message()).contains("branch.example")));
        names.put("branch.example", List.of(IpAddress.parse("192.0.2.9")));
        manager.peerUnreachable("default/one");
        await().untilAsserted(() -> assertThat(commands)
                .last()
                .isInstanceOfSatisfying(
                        Command.PutTunnel.class,
                        put -> assertThat(put.config().remoteAddresses())
                                .extracting(a -> a.toString())
                                .containsExactly("192.0.2.9:500")));
    }

    /** The peer moved and its name says so when it is asked again; other names and addresses keep their places. */
    @Test
    void aNameThatLeadsElsewhereIsFollowed() throws Exception {
        names.put("branch.example", List.of(IpAddress.parse("192.0.2.9"), IpAddress.parse("192.0.2.10")));
        names.put("spare.example", List.of(IpAddress.parse("192.0.2.30")));
        apply(Desired.tunnel("one", "branch.example", "192.0.2.20", "spare.example"));
        awaitRemotes("192.0.2.9:500", "192.0.2.10:500", "192.0.2.20:500", "192.0.2.30:500");
        names.put("branch.example", List.of(IpAddress.parse("192.0.2.77")));
        manager.peerUnreachable("default/one");
        awaitRemotes("192.0.2.77:500", "192.0.2.20:500", "192.0.2.30:500");
    }

    /** A name server that is down takes no peer away, and one that turns addresses around changes nothing. */
    @Test
    void whatANameLastWasStaysWhileItCannotBeLookedUp() throws Exception {
        names.put("branch.example", List.of(IpAddress.parse("192.0.2.9"), IpAddress.parse("192.0.2.10")));
        apply(Desired.tunnel("one", "branch.example", "192.0.2.20"));
        awaitRemotes("192.0.2.9:500", "192.0.2.10:500", "192.0.2.20:500");
        commands.clear();
        names.remove("branch.example");
        int before = lookups.get();
        manager.peerUnreachable("default/one");
        await().until(() -> lookups.get() > before);
        names.put("branch.example", List.of(IpAddress.parse("192.0.2.10"), IpAddress.parse("192.0.2.9")));
        manager.peerUnreachable("default/one");
        await().until(() -> lookups.get() > before + 1);
        // another change has been taken up since, so those would have been
        apply(Desired.tunnel("one", "branch.example", "192.0.2.20"), Desired.tunnel("two", "192.0.2.3"));
        assertThat(commands)
                .singleElement()
                .isInstanceOfSatisfying(
                        Command.PutTunnel.class,
                        put -> assertThat(put.config().name()).isEqualTo("default/two"));
    }

    private void awaitRemotes(String... addresses) {
        await().untilAsserted(() -> assertThat(commands)
                .last()
                .isInstanceOfSatisfying(
                        Command.PutTunnel.class,
                        put -> assertThat(put.config().remoteAddresses())
                                .extracting(a -> a.toString())
                                .containsExactly(addresses)));
    }

    @Test
    void aPeerInsideItsRemoteNetworkIsReachedPastTheTunnel() throws Exception {
        apply(Desired.tunnel("one", 1, false, "0.0.0.0/0", "192.0.2.2"));
        assertThat(routes.prefixes()).contains("0.0.0.0/1", "128.0.0.0/1", "192.0.2.2/32");
    }

    private void apply(DesiredTunnel... tunnels) throws Exception {
        thread.submit(() -> manager.apply(new DesiredState(List.of(tunnels)))).get();
    }

    private boolean programmed(String tunnel) {
        return Conditions.isTrue(book.find(tunnel).orElseThrow().status().conditions(), ConditionTypes.PROGRAMMED);
    }

    private List<IpAddress> lookUp(String name) throws UnknownHostException {
        lookups.incrementAndGet();
        List<IpAddress> found = names.get(name);
        if (found == null) {
            throw new UnknownHostException(name);
        }
        return found;
    }

    private static final class FakeRoutes implements Routes {
        List<Route> installed = List.of();
        String failure = "";

        List<String> prefixes() {
            return installed.stream().map(r -> r.prefix().toString()).toList();
        }

        @Override
        public void configureDevice(String device, int mtu, Collection<IpAddress> addresses) {
            assertThat(device).isEqualTo("tun");
            assertThat(mtu).isBetween(1280, 1438);
        }

        @Override
        public void apply(Collection<Route> desired) throws IOException {
            if (!failure.isEmpty()) {
                throw new IOException(failure);
            }
            installed = List.copyOf(desired);
        }

        @Override
        public List<Route> installed() {
            return installed;
        }

        @Override
        public Optional<Path> pathTo(IpAddress destination) {
            return Optional.of(
                    new Path("notthere0", IpAddress.parse("192.0.2.1"), Optional.of(IpAddress.parse("192.0.2.254"))));
        }
    }
}

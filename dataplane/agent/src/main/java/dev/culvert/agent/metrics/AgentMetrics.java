package dev.culvert.agent.metrics;

import dev.culvert.agent.TunnelSource;
import dev.culvert.agent.host.CleartextGuard;
import dev.culvert.agent.negotiator.AuditLog;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.agent.worker.IkeSockets;
import dev.culvert.agent.worker.PacketWorker;
import dev.culvert.agent.worker.PathMtuListener;
import dev.culvert.agent.worker.RawSockets;
import dev.culvert.agent.worker.SaInstaller;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IkeSaState;
import dev.culvert.api.v1alpha1.TunnelReference;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.io.tcp.StreamEnd;
import dev.culvert.io.tcp.TcpStreams;
import dev.culvert.io.tun.TunDevice;
import dev.culvert.ipsec.DataPathTotals;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus reads. Nothing is counted here: everything is read where it is counted, when it is asked for, so that
 * tunnels that come and go leave no series behind. The names are a promise to dashboards:
 *
 * <ul>
 *   <li>{@code culvert_tunnel_established{namespace,tunnel}}: 1 while all child SAs carry traffic
 *   <li>{@code culvert_ike_sa_established{namespace,tunnel}}: 1 while there is an IKE SA
 *   <li>{@code culvert_child_packets_total}, {@code culvert_child_bytes_total}
 *       {@code {namespace,tunnel,child,direction="in"|"out"}}: inner packets and their bytes
 *   <li>{@code culvert_packets_dropped_total{direction,reason}}: packets that went no further;
 *       {@code in}, {@code cleartext}: those that came in the clear although a tunnel protects them
 *   <li>{@code culvert_ike_events_total{event}}: what the negotiator reported
 *   <li>{@code culvert_ike_datagrams_total}, {@code culvert_keepalives_total}: received on port 4500
 *   <li>{@code culvert_ike_datagrams_dropped_total{reason}}: IKE datagrams that did not reach the negotiator:
 *       {@code queue-known-sa}, {@code queue-peer}, {@code queue-stranger} where more came than it could take,
 *       {@code no-tunnel}, {@code unknown-sa}, {@code malformed} where so many came that they got no answer
 *   <li>{@code culvert_ike_half_open}: IKE SAs that peers began and nobody authenticated yet
 *   <li>{@code culvert_ike_cookies_total}: requests for a cookie, sent before the negotiator saw anything
 *   <li>{@code culvert_revocation_fetches_total{outcome="answered"|"failed"}}: CRLs and OCSP responses asked for
 *   <li>{@code culvert_ike_queue_length}: datagrams and commands that wait for the negotiator
 *   <li>{@code culvert_send_failures_total{device="udp"|"tun"}}: refused by the kernel
 *   <li>{@code culvert_path_mtu_reports_total{outcome="taken"|"ignored"}}: ICMP about packets too long for a path, those
 *       about packets of ours, and others
 *   <li>{@code culvert_tcp_connections}: connections that carry IKE and ESP (RFC 9329), strangers' included
 *   <li>{@code culvert_tcp_connections_ended_total{reason}}: those that were closed or not taken
 *   <li>{@code culvert_tcp_messages_dropped_total{direction,reason}}: {@code no-room} in a connection or no connection,
 *       {@code oversize}
 *   <li>{@code culvert_ike_sas}, {@code culvert_child_sas}: how many there are, of all tunnels
 *   <li>{@code culvert_config_current}: 1 while the newest configuration is in force
 * </ul>
 *
 * and Micrometer's {@code jvm_*} and {@code process_*}.
 */
public final class AgentMetrics {
    private final StatusBook book;
    private final AuditLog audit;
    private final NegotiationMetrics negotiation;
    private final SaInstaller installer;
    private final CleartextGuard guard;
    private final PacketWorker worker;
    private final PathMtuListener pathMtu;
    private final IkeSockets sockets;
    private final RawSockets rawSockets;
    private final TcpStreams streams;
    private final TunDevice tun;
    private final TunnelSource source;
    private final Object setUp = new Object();
    private @Nullable PrometheusMeterRegistry registry;

    public AgentMetrics(
            StatusBook book,
            AuditLog audit,
            NegotiationMetrics negotiation,
            SaInstaller installer,
            CleartextGuard guard,
            PacketWorker worker,
            PathMtuListener pathMtu,
            IkeSockets sockets,
            RawSockets rawSockets,
            TcpStreams streams,
            TunDevice tun,
            TunnelSource source) {
        this.book = book;
        this.audit = audit;
        this.negotiation = negotiation;
        this.installer = installer;
        this.guard = guard;
        this.worker = worker;
        this.pathMtu = pathMtu;
        this.sockets = sockets;
        this.rawSockets = rawSockets;
        this.streams = streams;
        this.tun = tun;
        this.source = source;
    }

    /** Prometheus' text format. The registry is made at the first call: it costs start-up time. */
    public String scrape() {
        synchronized (setUp) {
            if (registry == null) {
                registry = create();
            }
            return registry.scrape();
        }
    }

    @SuppressWarnings("resource") // lives as long as the process
    private PrometheusMeterRegistry create() {
        PrometheusMeterRegistry created = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(created);
        new JvmGcMetrics().bindTo(created);
        new UptimeMetrics().bindTo(created);
        created.getPrometheusRegistry().register(this::collect);
        return created;
    }

    private MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        tunnels(all);
        children(all);
        drops(all);
        ike(all);
        all.metricSnapshot(gauge("culvert_config_current", "1 while the newest configuration is in force")
                .dataPoint(point(source.problem().isEmpty()))
                .build());
        return all.build();
    }

    private void tunnels(MetricSnapshots.Builder all) {
        GaugeSnapshot.Builder established =
                gauge("culvert_tunnel_established", "1 while all child SAs of the tunnel carry traffic");
        GaugeSnapshot.Builder ike = gauge("culvert_ike_sa_established", "1 while the tunnel has an IKE SA");
        for (StatusBook.Snapshot tunnel : book.all().values()) {
            TunnelReference reference = tunnel.desired().spec().tunnelRef();
            Labels labels = Labels.of("namespace", reference.namespace(), "tunnel", reference.name());
            boolean up = Conditions.isTrue(tunnel.conditions(), ConditionTypes.ESTABLISHED);
            established.dataPoint(point(up, labels));
            var sa = tunnel.status().ikeSA();
            ike.dataPoint(point(
                    sa != null && (sa.state() == IkeSaState.ESTABLISHED || sa.state() == IkeSaState.REKEYING), labels));
        }
        all.metricSnapshot(established.build()).metricSnapshot(ike.build());
    }

    private void children(MetricSnapshots.Builder all) {
        CounterSnapshot.Builder packets = counter("culvert_child_packets", "Inner packets carried by child SAs");
        CounterSnapshot.Builder bytes = counter("culvert_child_bytes", "Inner bytes carried by child SAs");
        installer.childTotals().forEach((name, totals) -> {
            int slash = name.tunnel().indexOf('/');
            Labels child = Labels.of(
                    "namespace",
                    name.tunnel().substring(0, Math.max(0, slash)),
                    "tunnel",
                    name.tunnel().substring(slash + 1),
                    "child",
                    name.child());
            packets.dataPoint(count(totals.packetsIn(), child.add("direction", "in")));
            packets.dataPoint(count(totals.packetsOut(), child.add("direction", "out")));
            bytes.dataPoint(count(totals.bytesIn(), child.add("direction", "in")));
            bytes.dataPoint(count(totals.bytesOut(), child.add("direction", "out")));
        });
        all.metricSnapshot(packets.build()).metricSnapshot(bytes.build());
    }

    private void drops(MetricSnapshots.Builder all) {
        DataPathTotals totals = installer.totals();
        CounterSnapshot.Builder drops = counter("culvert_packets_dropped", "Packets that went no further");
        totals.drops()
                .forEach((reason, count) -> drops.dataPoint(count(
                        count,
                        Labels.of(
                                "direction",
                                switch (reason.direction()) {
                                    case INBOUND -> "in";
                                    case OUTBOUND -> "out";
                                },
                                "reason",
                                reason.keyword()))));
        drops.dataPoint(count(guard.refused(), Labels.of("direction", "in", "reason", "cleartext")));
        drops.dataPoint(count(worker.unsent(), Labels.of("direction", "out", "reason", "socket-full")));
        drops.dataPoint(count(tun.oversizeReads(), Labels.of("direction", "out", "reason", "longer-than-buffer")));
        all.metricSnapshot(drops.build());
        all.metricSnapshot(counter("culvert_send_failures", "Packets that the kernel refused")
                .dataPoint(count(sockets.sendFailures(), Labels.of("device", "udp")))
                .dataPoint(count(rawSockets.sendFailures(), Labels.of("device", "raw")))
                .dataPoint(count(tun.writeFailures(), Labels.of("device", "tun")))
                .build());
        all.metricSnapshot(counter("culvert_path_mtu_reports", "ICMP about packets too long for a path")
                .dataPoint(count(pathMtu.taken(), Labels.of("outcome", "taken")))
                .dataPoint(count(pathMtu.ignored(), Labels.of("outcome", "ignored")))
                .build());
        all.metricSnapshot(counter("culvert_keepalives", "NAT keepalives received")
                .dataPoint(count(totals.keepalives(), Labels.EMPTY))
                .build());
        all.metricSnapshot(counter("culvert_ike_datagrams", "IKE datagrams received on port 4500")
                .dataPoint(count(totals.ikeDatagrams(), Labels.EMPTY))
                .build());
    }

    private void ike(MetricSnapshots.Builder all) {
        CounterSnapshot.Builder events = counter("culvert_ike_events", "What the negotiator reported");
        for (AuditEvent event : AuditEvent.values()) {
            events.dataPoint(
                    count(audit.count(event), Labels.of("event", event.name().toLowerCase(Locale.ROOT))));
        }
        all.metricSnapshot(events.build());
        all.metricSnapshot(gauge("culvert_child_sas", "Pairs of ESP SAs, replaced ones that still receive included")
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(installer.pairs())
                        .build())
                .build());
        negotiation.collect(all);
        streams(all);
    }

    private void streams(MetricSnapshots.Builder all) {
        all.metricSnapshot(gauge("culvert_tcp_connections", "TCP connections that carry IKE and ESP")
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(streams.connections())
                        .build())
                .build());
        CounterSnapshot.Builder ended =
                counter("culvert_tcp_connections_ended", "TCP connections that were closed or not taken");
        for (StreamEnd reason : StreamEnd.values()) {
            ended.dataPoint(count(streams.ended(reason), Labels.of("reason", reason.keyword())));
        }
        all.metricSnapshot(ended.build());
        all.metricSnapshot(counter("culvert_tcp_messages_dropped", "Messages that TCP connections did not carry")
                .dataPoint(count(streams.unsent(), Labels.of("direction", "out", "reason", "no-room")))
                .dataPoint(count(streams.oversize(), Labels.of("direction", "in", "reason", "oversize")))
                .build());
    }

    static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    static CounterSnapshot.Builder counter(String name, String help) {
        return CounterSnapshot.builder().name(name).help(help);
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(boolean value) {
        return point(value, Labels.EMPTY);
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(boolean value, Labels labels) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(value ? 1 : 0)
                .build();
    }

    static CounterSnapshot.CounterDataPointSnapshot count(long value, Labels labels) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }
}

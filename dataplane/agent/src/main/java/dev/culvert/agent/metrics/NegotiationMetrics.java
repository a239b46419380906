package dev.culvert.agent.metrics;

import dev.culvert.agent.negotiator.Doorkeeping;
import dev.culvert.agent.negotiator.Negotiator;
import dev.culvert.agent.revocation.HttpFetcher;
import dev.culvert.ike.endpoint.Doorkeeper;
import dev.culvert.ike.endpoint.IkeEndpoint;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What shows a flood, and what is done about it, and what is fetched; see {@link AgentMetrics} for the names. */
public final class NegotiationMetrics {
    private final IkeEndpoint endpoint;
    private final Negotiator negotiator;
    private final Doorkeeping doorkeeping;
    private final HttpFetcher fetcher;

    public NegotiationMetrics(
            IkeEndpoint endpoint, Negotiator negotiator, Doorkeeping doorkeeping, HttpFetcher fetcher) {
        this.endpoint = endpoint;
        this.negotiator = negotiator;
        this.doorkeeping = doorkeeping;
        this.fetcher = fetcher;
    }

    void collect(MetricSnapshots.Builder all) {
        CounterSnapshot.Builder dropped = AgentMetrics.counter(
                "culvert_ike_datagrams_dropped", "IKE datagrams that did not reach the negotiator");
        dropped.dataPoint(reason("queue-known-sa", negotiator.known().refused()));
        dropped.dataPoint(reason("queue-peer", negotiator.ofBeginners(true).refused()));
        dropped.dataPoint(reason(
                "queue-stranger",
                negotiator.ofBeginners(false).refused()
                        + doorkeeping.strangers().refused()));
        for (Doorkeeper.Reason reason : Doorkeeper.Reason.values()) {
            dropped.dataPoint(reason(reason.keyword(), doorkeeping.dropped(reason)));
        }
        all.metricSnapshot(dropped.build());
        all.metricSnapshot(AgentMetrics.counter("culvert_ike_cookies", "Requests for a cookie, of a flood most likely")
                .dataPoint(AgentMetrics.count(doorkeeping.cookies(), Labels.EMPTY))
                .build());
        all.metricSnapshot(
                AgentMetrics.counter("culvert_revocation_fetches", "CRLs and OCSP responses that were asked for")
                        .dataPoint(AgentMetrics.count(fetcher.successes(), Labels.of("outcome", "answered")))
                        .dataPoint(AgentMetrics.count(fetcher.failures(), Labels.of("outcome", "failed")))
                        .build());
        all.metricSnapshot(gauge("culvert_ike_half_open", "IKE SAs that nobody authenticated yet")
                .dataPoint(value(endpoint.halfOpenIkeSas()))
                .build());
        all.metricSnapshot(gauge("culvert_ike_sas", "Established IKE SAs")
                .dataPoint(value(negotiator.ikeSas()))
                .build());
        all.metricSnapshot(gauge("culvert_ike_queue_length", "Datagrams and commands that wait for the negotiator")
                .dataPoint(value(negotiator.queued()))
                .build());
    }

    private static GaugeSnapshot.Builder gauge(String name, String help) {
        return AgentMetrics.gauge(name, help);
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot value(int value) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot reason(String reason, long count) {
        return AgentMetrics.count(count, Labels.of("reason", reason));
    }
}

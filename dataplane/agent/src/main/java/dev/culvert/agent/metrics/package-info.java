/** Counters and gauges as Prometheus reads them. */
@NullMarked
package dev.culvert.agent.metrics;

import org.jspecify.annotations.NullMarked;

/** Desired tunnels from, and status to, the Kubernetes API. */
@NullMarked
package dev.culvert.agent.cluster;

import org.jspecify.annotations.NullMarked;

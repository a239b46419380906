/**
 * The IPsec engine (RFC 4301) in userspace: {@link dev.culvert.ipsec.DataPath} holds policies and SAs,
 * {@link dev.culvert.ipsec.Outbound} and {@link dev.culvert.ipsec.Inbound} carry batches of packets. Knows neither
 * sockets nor threads, clocks, IKE or Kubernetes.
 */
@NullMarked
package dev.culvert.ipsec;

import org.jspecify.annotations.NullMarked;

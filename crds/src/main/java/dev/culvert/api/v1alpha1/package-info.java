/**
 * The resources of group {@code culvert.dev}: what a user writes (IPSecTunnel, IPSecGateway) and what the operator makes
 * of it for each node (IPSecEndpoint).
 *
 * <p>The schema, its defaults, bounds and CEL rules stand beside the fields as annotations; {@code schema} writes them
 * as YAML while this module is built. What both the operator and the agent do with the resources is in
 * {@code validation}, {@code compile} and {@code file}. Of the rest of the project this module knows {@code wire}
 * (prefixes) and {@code crypto} (proposal keywords) only.
 *
 * <p>Records fill in the schema's defaults for absent fields, so that a resource read from a file is the same as one
 * that went through an API server. They pass over fields that they do not know, so that an operator or agent of an older
 * version goes on beside a newer schema; it is the schema that refuses what nobody knows.
 */
@NullMarked
package dev.culvert.api.v1alpha1;

import org.jspecify.annotations.NullMarked;

/** From an IPSecTunnel to one endpoint on its gateway's node. */
@NullMarked
package dev.culvert.operator.tunnel;

import org.jspecify.annotations.NullMarked;

/** What the agent changes on the host: the TUN device, routes, and the blackholes behind them. */
@NullMarked
package dev.culvert.agent.host;

import org.jspecify.annotations.NullMarked;

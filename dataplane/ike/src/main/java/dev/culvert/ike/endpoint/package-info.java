/**
 * The negotiator's outer side: datagrams, commands and time in; datagrams, security associations, status and audit
 * events out. Nothing here touches sockets, threads or clocks.
 */
@NullMarked
package dev.culvert.ike.endpoint;

import org.jspecify.annotations.NullMarked;

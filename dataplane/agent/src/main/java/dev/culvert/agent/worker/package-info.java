/** The packet loop over the TUN device and the UDP sockets. */
@NullMarked
package dev.culvert.agent.worker;

import org.jspecify.annotations.NullMarked;

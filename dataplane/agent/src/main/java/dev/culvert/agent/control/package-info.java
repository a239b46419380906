/** The control socket: one JSON request line, one JSON response line, over a Unix socket of mode 0600. */
@NullMarked
package dev.culvert.agent.control;

import org.jspecify.annotations.NullMarked;

/** What UDP and raw sockets share: messages and addresses as the kernel has them, and batches of them. */
@NullMarked
package dev.culvert.io.socket;

import org.jspecify.annotations.NullMarked;

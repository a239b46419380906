/** Packet sizes: what fits through a tunnel, and what happens to what does not. */
@NullMarked
package dev.culvert.ipsec.mtu;

import org.jspecify.annotations.NullMarked;

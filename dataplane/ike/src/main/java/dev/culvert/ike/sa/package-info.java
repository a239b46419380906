/** IKE SAs and child SAs as state: SPIs, keys, message windows, timers. What is exchanged stands in {@code v2}. */
@NullMarked
package dev.culvert.ike.sa;

import org.jspecify.annotations.NullMarked;

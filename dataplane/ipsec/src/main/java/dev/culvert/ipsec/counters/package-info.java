/** Counters that one worker writes and any thread reads. */
@NullMarked
package dev.culvert.ipsec.counters;

import org.jspecify.annotations.NullMarked;

/** Culvert as a whole against real peers and a real cluster. The tests {@code *IT} run by {@code script/test}. */
@NullMarked
package dev.culvert.e2e;

import org.jspecify.annotations.NullMarked;

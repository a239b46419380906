/** Programs of the host that this one runs. */
@NullMarked
package dev.culvert.io.program;

import org.jspecify.annotations.NullMarked;

/** Main mode and aggressive mode (RFC 2409 §5), one file for each side. */
@NullMarked
package dev.culvert.ike.v1.phase1;

import org.jspecify.annotations.NullMarked;

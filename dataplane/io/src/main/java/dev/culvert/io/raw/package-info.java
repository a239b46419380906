/** Raw IP sockets: ESP and AH without UDP. */
@NullMarked
package dev.culvert.io.raw;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.culvert.io.udp;

import org.jspecify.annotations.NullMarked;

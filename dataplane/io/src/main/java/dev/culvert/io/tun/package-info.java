@NullMarked
package dev.culvert.io.tun;

import org.jspecify.annotations.NullMarked;

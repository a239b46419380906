@NullMarked
package dev.culvert.wire;

import org.jspecify.annotations.NullMarked;

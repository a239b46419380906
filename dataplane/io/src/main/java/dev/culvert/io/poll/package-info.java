@NullMarked
package dev.culvert.io.poll;

import org.jspecify.annotations.NullMarked;

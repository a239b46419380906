@NullMarked
package dev.culvert.io;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.culvert.crypto;

import org.jspecify.annotations.NullMarked;

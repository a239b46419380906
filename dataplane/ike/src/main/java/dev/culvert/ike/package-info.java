@NullMarked
package dev.culvert.ike;

import org.jspecify.annotations.NullMarked;

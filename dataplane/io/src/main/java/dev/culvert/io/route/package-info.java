@NullMarked
package dev.culvert.io.route;

import org.jspecify.annotations.NullMarked;

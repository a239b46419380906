@NullMarked
package dev.culvert.operator;

import org.jspecify.annotations.NullMarked;

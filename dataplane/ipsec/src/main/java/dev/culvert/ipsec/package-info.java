@NullMarked
package dev.culvert.ipsec;

import org.jspecify.annotations.NullMarked;

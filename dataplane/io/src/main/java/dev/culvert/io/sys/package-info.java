@NullMarked
package dev.culvert.io.sys;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.culvert.testkit;

import org.jspecify.annotations.NullMarked;

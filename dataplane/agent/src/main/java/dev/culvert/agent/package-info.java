@NullMarked
package dev.culvert.agent;

import org.jspecify.annotations.NullMarked;

/** Pure: what the operator wants to exist in the cluster. */
@NullMarked
package dev.culvert.operator.resources;

import org.jspecify.annotations.NullMarked;

/** A tunnel compiled to what one node's agent needs; the same for a cluster and for the stand-alone agent. */
@NullMarked
package dev.culvert.api.v1alpha1.compile;

import org.jspecify.annotations.NullMarked;

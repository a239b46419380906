/** From reports to conditions: pure functions that the operator and the stand-alone agent share. */
@NullMarked
package dev.culvert.api.v1alpha1.status;

import org.jspecify.annotations.NullMarked;

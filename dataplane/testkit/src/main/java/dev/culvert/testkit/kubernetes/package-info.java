/** A real Kubernetes API server for tests, without nodes or controllers. */
@NullMarked
package dev.culvert.testkit.kubernetes;

import org.jspecify.annotations.NullMarked;

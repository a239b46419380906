/** What the Helm chart has the operator's image do once: in hooks and in {@code helm test}. */
@NullMarked
package dev.culvert.operator.chart;

import org.jspecify.annotations.NullMarked;

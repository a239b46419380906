/** Pure: what conditions say; and the Events that tell of their changes. */
@NullMarked
package dev.culvert.operator.status;

import org.jspecify.annotations.NullMarked;

/** Certificate authorities for tests. */
@NullMarked
package dev.culvert.testkit.certificates;

import org.jspecify.annotations.NullMarked;

/** What is known about each tunnel, with the times people see, folded to conditions. */
@NullMarked
package dev.culvert.agent.status;

import org.jspecify.annotations.NullMarked;

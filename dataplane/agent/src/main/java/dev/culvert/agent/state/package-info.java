/** What the agent remembers over a restart. */
@NullMarked
package dev.culvert.agent.state;

import org.jspecify.annotations.NullMarked;

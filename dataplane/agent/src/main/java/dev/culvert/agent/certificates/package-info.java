/** Certificates at work: the agent has the clock that the negotiator lacks. */
@NullMarked
package dev.culvert.agent.certificates;

import org.jspecify.annotations.NullMarked;

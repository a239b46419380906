/** The one thread that owns the IKE endpoint, and what goes in and out of it. */
@NullMarked
package dev.culvert.agent.negotiator;

import org.jspecify.annotations.NullMarked;

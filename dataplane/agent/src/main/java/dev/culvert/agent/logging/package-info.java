/** How log lines look, as text and as JSON. */
@NullMarked
package dev.culvert.agent.logging;

import org.jspecify.annotations.NullMarked;

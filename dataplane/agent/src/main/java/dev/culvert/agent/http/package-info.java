/** Health and metrics over HTTP. */
@NullMarked
package dev.culvert.agent.http;

import org.jspecify.annotations.NullMarked;

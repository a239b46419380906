/** The command line: one class for each command, and how their output looks. */
@NullMarked
package dev.culvert.agent.cli;

import org.jspecify.annotations.NullMarked;

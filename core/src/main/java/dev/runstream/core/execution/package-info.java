/** Runs agents in this process: where they come from, when each has its turn, and what becomes of it. */
@NullMarked
package dev.runstream.core.execution;

import org.jspecify.annotations.NullMarked;

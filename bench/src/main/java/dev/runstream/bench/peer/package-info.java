/** The servers that are measured, each in a process of its own. */
@NullMarked
package dev.runstream.bench.peer;

import org.jspecify.annotations.NullMarked;

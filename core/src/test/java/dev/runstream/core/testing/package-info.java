/** Fakes at the ports of core, and what its tests and those of other modules share. */
@NullMarked
package dev.runstream.core.testing;

import org.jspecify.annotations.NullMarked;

/**
 * A whole store with its workers, readers, faults and restarts in one thread, driven by one seed: clock, scheduling and
 * every choice come from it, so that a life that went wrong can be lived again.
 */
@NullMarked
package dev.runstream.core.simulation;

import org.jspecify.annotations.NullMarked;

/**
 * Several processes on one Redis, with their readers, workers, faults and restarts, in one thread and driven by one seed:
 * time, scheduling and every choice come from it, so that a life that went wrong can be lived again.
 */
@NullMarked
package dev.runstream.store.redis.simulation;

import org.jspecify.annotations.NullMarked;

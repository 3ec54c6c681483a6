package dev.runstream.core.run;

import java.util.Map;

/**
 * What a store holds now.
 *
 * @param openRuns runs that have not ended, by state
 * @param bufferedBytes data of the events held in memory or as a cache
 * @param memoryBytes memory taken by all logs together
 * @param memoryLimitBytes what they may take
 * @param evictedEvents events evicted since the start
 */
public record StoreGauges(
        Map<RunState, Integer> openRuns,
        long bufferedBytes,
        long memoryBytes,
        long memoryLimitBytes,
        long evictedEvents) {}

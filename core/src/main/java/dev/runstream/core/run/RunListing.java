package dev.runstream.core.run;

import java.util.List;

/**
 * A page of runs.
 *
 * @param more whether others follow
 */
public record RunListing(List<Run> runs, boolean more) {}

package dev.runstream.core.run;

import java.util.OptionalInt;

/**
 * What became of entries that were to be copied.
 *
 * @param state of the run afterwards
 * @param newLogAt which of the entries begins another life of the job, so that the run needs a log of its own for it and
 *     what follows; nothing from there on was copied
 * @param goesOnThoughStopped whether the job waits or begins although its run was asked to stop
 */
public record Copied(RunState state, OptionalInt newLogAt, boolean goesOnThoughStopped) {}

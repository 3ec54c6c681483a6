package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;

/** A run to be started. */
public record NewRun(RunSpec spec, JsonBytes input) {}

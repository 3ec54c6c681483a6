package dev.runstream.core.run;

/** An entry of the stream that a run is copied from. Whatever it brings is stored as a whole, and once. */
public record SourceEntry(SourceId id, SourceStep step) {}

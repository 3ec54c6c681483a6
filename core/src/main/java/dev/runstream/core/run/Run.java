package dev.runstream.core.run;

/**
 * A run as it can be seen from outside.
 *
 * @param record the run itself
 * @param firstSeq the first event held; {@code lastSeq + 1} where none is
 * @param bufferedBytes data of the events held now
 * @param readers open streams on this node
 */
public record Run(RunRecord record, long firstSeq, long bufferedBytes, int readers) {}

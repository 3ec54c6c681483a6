package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import java.util.List;
import java.util.Optional;

/** What happened to a job elsewhere, in words that mean something to the run that is its copy. */
public sealed interface SourceStep {
    /** A job of this name was put into its queue. */
    record Added() implements SourceStep {}

    /**
     * It waits for a worker.
     *
     * @param afterEnd whether it had ended before and was sent back by hand
     */
    record Waiting(boolean afterEnd) implements SourceStep {}

    /**
     * A worker has it.
     *
     * @param attempt which attempt that is at the least; 0 where nobody says
     */
    record Begun(int attempt) implements SourceStep {}

    /**
     * Its worker sent events.
     *
     * @param number empty where the worker does not number what it sends
     */
    record Sent(List<EventDraft> events, Optional<BatchNumber> number) implements SourceStep {}

    /**
     * Tells a batch that was sent twice, because its answer was lost, from the next one.
     *
     * @param sender drawn anew for each attempt, from 0
     * @param index of the batch among those of its sender, from 0
     */
    record BatchNumber(long sender, long index) {}

    /** Something to tell readers that changes nothing. */
    record Told(String message) implements SourceStep {}

    record Completed(JsonBytes result) implements SourceStep {}

    /** It failed for good. */
    record Failed(JsonBytes error) implements SourceStep {}

    /** It was taken out of its queue before it had ended. */
    record Removed(String message) implements SourceStep {}

    /** It is gone, and how it ended was not seen. */
    record Lost(String message) implements SourceStep {}
}

package dev.runstream.core.run;

import dev.runstream.core.log.EventId;
import java.util.OptionalLong;

/** What became of an {@link AppendBatch}; whatever stands before a refusal is stored. */
public sealed interface AppendResult {
    /**
     * All of it is stored, some of it perhaps by an earlier try.
     *
     * @param lastEventId of the run
     * @param cancelRequested whether the worker is to stop
     */
    record Appended(EventId lastEventId, RunState state, boolean cancelRequested) implements AppendResult {}

    /** There is no such run. */
    record UnknownRun() implements AppendResult {}

    /**
     * One event was refused, and those after it were not looked at.
     *
     * @param index its place in the batch, from 0; the batch's size where the batch as a whole was refused
     * @param expectedSeq the number its producer has to use next; empty without a producer
     */
    record Refused(Refusal refusal, int index, OptionalLong expectedSeq, EventId lastEventId, RunState state)
            implements AppendResult {}

    /** Why an event was refused. */
    sealed interface Refusal {
        /** A later epoch of this producer has been seen. */
        record StaleProducer(long currentEpoch) implements Refusal {}

        /** Numbers are missing between the last one stored and this one. */
        record ProducerGap(long seq) implements Refusal {}

        /** The run has more producers than it may have. */
        record TooManyProducers() implements Refusal {}

        /** An agent of ours works on the run. */
        record NotExternal(String agent) implements Refusal {}

        /** The run has ended. */
        record Ended() implements Refusal {}

        /** Not an event, or not one that may happen now. */
        record Invalid(String message) implements Refusal {}

        record TooLarge(long bytes, int maxBytes) implements Refusal {}

        /** No memory is left for it; it may be sent again. */
        record NoRoom() implements Refusal {}
    }
}

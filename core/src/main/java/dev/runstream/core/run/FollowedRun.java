package dev.runstream.core.run;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import java.util.concurrent.CompletionStage;

/** One reader's hold on a run. Safe for any thread. */
public interface FollowedRun extends AutoCloseable {
    /** The run as it is now; never older than what has been read from the log before. */
    RunRecord record();

    EventLog log();

    /** Whether this log was lost: what follows is under another epoch, and the reader has to start over. */
    boolean isReset();

    /**
     * Brings events from the store that are not in memory: the next ones after a position, unbroken.
     *
     * @param afterSeq the position; the log has answered {@link dev.runstream.core.log.LogRead.Absent} there
     * @param maxBytes how much is wanted; one event comes even if it is larger
     * @return the page, which the caller has to release; or one without events where the log has moved on, so that it is
     *     to be read again
     */
    CompletionStage<EventPage> fetch(long afterSeq, int maxBytes);

    /**
     * Has an action called after each change of the log or the state, on the thread that made it: it must do no more than
     * wake somebody up. What changed before the call is not told.
     */
    Listening onChange(Runnable action);

    /** Counts an open stream. */
    void readerCame();

    /** Counts a stream that has closed; once for each {@link #readerCame}. */
    void readerLeft();

    /** Lets go of the run. */
    @Override
    void close();

    /** An action that is being called. */
    interface Listening {
        /** Ends the calls; one that is under way may still come. */
        void stop();
    }
}

package dev.runstream.store.redis;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.RunRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What is asked of Redis about one run: it has the authority over what happens to the run, and each of these is one step
 * there. Any thread may call; nothing blocks; a stage fails with
 * {@link dev.runstream.core.run.StoreUnavailableException} where Redis cannot be asked, or did not say what it did.
 */
interface Authority {
    /**
     * Stores a run that is not there yet.
     *
     * @param heardMillis when its worker is taken to be heard of first
     * @return the run that is there instead; empty where this one is now
     */
    CompletionStage<Optional<StoredRun>> create(
            RunRecord run, LogState log, List<NewEvent> events, JsonBytes input, long heardMillis);

    CompletionStage<Commit.Answer> commit(Commit commit);

    CompletionStage<Optional<StoredRun>> load(String runId);

    /** Where a run's log ends; empty for no such run. */
    CompletionStage<Optional<Tail>> tail(String runId);

    /**
     * Takes over a run that another server wrote last: under the same epoch, or, where events may be missing that were
     * shown, under a greater one.
     *
     * @param epoch as it was seen; where it is another by now, nothing is done
     * @param greaterEpoch empty to keep the epoch
     * @return the run afterwards
     */
    CompletionStage<Optional<StoredRun>> renew(String runId, long epoch, Optional<Long> greaterEpoch);

    /** Consecutive events from a seq on, of that epoch, at least one if it is held; empty where it is not. */
    CompletionStage<List<StoredEvent>> events(String runId, long epoch, long fromSeq, int maxBytes);

    CompletionStage<Optional<JsonBytes>> input(String runId);

    /** A run as it is, and who reads it, at a time; empty for no such run. */
    CompletionStage<Optional<Look>> look(String runId, long nowMillis);

    /**
     * Notes that this process has readers of a run.
     *
     * @param untilMillis how long that is believed without hearing more; 0 for its last reader has left
     */
    CompletionStage<Boolean> readers(String runId, long untilMillis, long nowMillis);

    /** Says that the worker of an attempt lives; whether the attempt is still at work. */
    CompletionStage<Boolean> renewLease(String runId, int attempt, long nowMillis);

    /** Keeps an ended run until a time, and for so long at least. */
    CompletionStage<Boolean> keep(String runId, long untilMillis, Duration atLeast);

    /** Deletes a run that ended at that time, unless it is kept; whether it is gone. */
    CompletionStage<Boolean> delete(String runId, long endedAtMillis, long nowMillis);

    /** From the end of the stage on, what is committed on the run is told to the listener. */
    CompletionStage<Void> follow(String runId);

    void unfollow(String runId);

    /** The end of a run's log. */
    record Tail(long epoch, long lastSeq, long revision) {
        static Tail of(StoredRun run) {
            return new Tail(run.log().epoch(), run.log().lastSeq(), run.revision());
        }
    }

    /**
     * A run and its readers.
     *
     * @param readingNodes how many processes have readers
     * @param lastReaderMillis until when the last process is believed that has not said that its readers left; 0 for none
     */
    record Look(StoredRun run, long readingNodes, long lastReaderMillis) {}

    /** Is told what comes in on followed runs, on a thread that it must not block. Nothing rests on it. */
    interface Listener {
        void told(String runId, LiveMessage message);

        /** The log of a run was made anew. */
        void renewed(String runId);

        /** Anything may have been missed. */
        void mayHaveMissed();
    }
}

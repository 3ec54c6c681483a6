package dev.runstream.store.redis;

import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A change of a run, with what it rests on.
 *
 * @param number of the commits of this process; of two of one number only one is stored
 * @param revision that the run must still have
 * @param producers what fields of producers must still hold, empty for nothing
 * @param fields what is written into the run's hash
 * @param expiry how long the run is kept after this; empty unless it ends
 */
record Commit(
        String runId,
        long number,
        long epoch,
        long revision,
        Map<String, String> producers,
        Map<String, String> fields,
        List<NewEvent> events,
        Optional<Duration> expiry) {

    /** What became of it. */
    sealed interface Answer {
        /**
         * It is stored.
         *
         * @param lastSeq before it
         * @param bytes all that had been written before it
         * @param log afterwards
         */
        record Stored(long lastSeq, long bytes, LogState log) implements Answer {}

        /**
         * It had been stored before.
         *
         * @param lastSeq after it
         */
        record Again(long lastSeq, StoredRun now) implements Answer {}

        /** Something that it rests on has changed. */
        record Stale(StoredRun now) implements Answer {}

        /**
         * The server that has the run did not write it last, so that its end may be missing.
         *
         * @param afterFailover whether that server took over from that other one, and nothing else has happened; else it was
         *     started again, or there was more than one such change since the run was written
         */
        record Moved(boolean afterFailover, StoredRun now) implements Answer {}

        record Gone() implements Answer {}
    }
}

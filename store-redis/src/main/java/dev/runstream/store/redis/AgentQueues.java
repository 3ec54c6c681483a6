package dev.runstream.store.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The waiting lines of agents' runs, as Redis keeps them: each entry goes to one process, which acknowledges it, or it
 * goes to another after a while.
 *
 * <p>Threads and failures are those of {@link Authority}.
 */
interface AgentQueues {
    /** Puts a run in; its entry. */
    CompletionStage<String> add(String agent, String runId);

    /** Entries that nobody had yet, and those that somebody has held for too long. */
    CompletionStage<List<Entry>> take(String agent, int most);

    /** The entry has done its work. */
    CompletionStage<Void> done(Entry entry);

    /** Whether an entry is still there. */
    CompletionStage<Boolean> has(String agent, String entryId);

    /** For how long no process has asked for runs of an agent; the longest time where none ever did. */
    CompletionStage<Duration> unasked(String agent);

    /** Has it told when a run is put in anywhere; a hint. */
    CompletionStage<Void> listen();

    /** This process takes no more. */
    CompletionStage<Void> leave();

    /** A run in the line of its agent. */
    record Entry(String agent, String entryId, String runId) {}
}

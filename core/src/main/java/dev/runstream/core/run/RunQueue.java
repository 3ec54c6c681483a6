package dev.runstream.core.run;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The runs of agents that wait for a worker, shared by all processes of a store: whichever has a free place takes one.
 *
 * <p>The store puts a run in when it is created {@code queued} and each time it becomes {@code retrying}. Taking a run
 * keeps others from trying it meanwhile, and decides nothing: that does {@link RunStore#beginAttempt}, so a run that was
 * taken twice begins once. The store forgets an entry once that has decided, or when it sees that the run does not wait
 * any more. What was taken and not tried, since its process died or stopped, is given out again.
 *
 * <p>Safe for any thread. Nothing here blocks.
 */
public interface RunQueue {
    /**
     * Takes runs of these agents that are this process's to try, those that have waited longest first.
     *
     * @param agents names; a run of another agent stays for a process that has it
     * @param most how many at the most, from 1
     * @return ids of runs, none where none waits; fails with {@link StoreUnavailableException} where the store cannot be
     *     asked
     */
    CompletionStage<List<String>> take(Set<String> agents, int most);

    /**
     * Has an action called when there may be something to take, on a thread that it must not hold up. That is a hint: it
     * may come for nothing and may fail to come, so whoever waits also asks from time to time.
     */
    FollowedRun.Listening onArrival(Runnable action);
}

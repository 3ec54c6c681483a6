package dev.runstream.store.redis;

import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunQueue;
import dev.runstream.core.run.RunRecord;
import dev.runstream.store.redis.AgentQueues.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link RunQueue} of a store in Redis: what this process has taken of it, and how entries come in and go. */
final class WaitingRuns implements RunQueue {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingRuns.class);

    // immutable
    private final AgentQueues queues;
    private final Authority authority;
    private final SharedIndex index;

    // shared
    /** By run, which may stand in a line more than once. */
    private final Map<String, Set<Entry>> taken = new ConcurrentHashMap<>();

    private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();

    /** One registration; not a record, so that the same action registered twice is two. */
    private static final class Arrival {
        private final Runnable action;

        Arrival(Runnable action) {
            this.action = action;
        }
    }

    WaitingRuns(AgentQueues queues, Authority authority, SharedIndex index) {
        this.queues = queues;
        this.authority = authority;
        this.index = index;
    }

    /** A run waits for a worker from now on. */
    CompletionStage<Void> add(RunRecord run) {
        return queues.add(run.spec().agent(), run.runId())
                .thenCompose(entry -> index.note(run.runId(), "queued", entry))
                .thenAccept(noted -> {});
    }

    /** It has been decided whether a run begins, or it waits no more. */
    void decided(String runId) {
        Set<Entry> entries = taken.remove(runId);
        if (entries != null) {
            entries.forEach(this::done);
        }
    }

    private void done(Entry entry) {
        queues.done(entry).whenComplete((done, fault) -> {
            if (fault != null) {
                LOG.debug("run {} will be given out again, and begins no second time", entry.runId(), fault);
            }
        });
    }

    @Override
    public CompletionStage<List<String>> take(Set<String> agents, int most) {
        return takeOf(new ArrayDeque<>(agents), most, new ArrayList<>());
    }

    private CompletionStage<List<String>> takeOf(Deque<String> agents, int most, List<String> sofar) {
        if (agents.isEmpty() || sofar.size() >= most) {
            return CompletableFuture.completedFuture(sofar);
        }
        return queues.take(agents.remove(), most - sofar.size())
                .thenCompose(this::thoseThatWait)
                .thenCompose(waiting -> {
                    sofar.addAll(waiting);
                    return takeOf(agents, most, sofar);
                });
    }

    /** What has begun or ended by now is done with. */
    private CompletionStage<List<String>> thoseThatWait(List<Entry> entries) {
        CompletionStage<List<String>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Entry entry : entries) {
            taken.computeIfAbsent(entry.runId(), id -> ConcurrentHashMap.newKeySet())
                    .add(entry);
            all = all.thenCombine(authority.load(entry.runId()), (waiting, run) -> {
                if (run.isPresent() && run.get().record().state().isWaiting()) {
                    waiting.add(entry.runId());
                } else {
                    decided(entry.runId());
                }
                return waiting;
            });
        }
        return all;
    }

    @Override
    public FollowedRun.Listening onArrival(Runnable action) {
        Arrival arrival = new Arrival(action);
        if (arrivals.isEmpty()) {
            queues.listen().whenComplete((listens, fault) -> {
                if (fault != null) {
                    LOG.warn("runs that wait are asked for every second only: {}", fault.getMessage());
                }
            });
        }
        arrivals.add(arrival);
        return () -> arrivals.remove(arrival);
    }

    /** A run was put in somewhere. */
    void arrived() {
        arrivals.forEach(arrival -> arrival.action.run());
    }

    CompletionStage<Void> leave() {
        return queues.leave();
    }
}

package dev.runstream.core.execution;

import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunQueue;
import dev.runstream.core.run.StoreUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A shared queue for tests, which notes how it is asked. Safe for any thread. */
final class QueueInMemory implements RunQueue {
    private final Map<String, String> agentByRun = new LinkedHashMap<>();
    private final Deque<CompletableFuture<List<String>>> held = new ArrayDeque<>();
    private final List<Runnable> arrivals = new CopyOnWriteArrayList<>();
    /** How many were asked for, each time. */
    final List<Integer> asked = new CopyOnWriteArrayList<>();

    /** Whether hints of arrivals come. */
    volatile boolean hints = true;
    /** While true, it cannot be asked. */
    volatile boolean away;
    /** While true, calls are not answered until {@link #answer}. */
    volatile boolean holds;

    void put(String runId, String agent) {
        synchronized (this) {
            agentByRun.put(runId, agent);
        }
        if (hints) {
            arrivals.forEach(Runnable::run);
        }
    }

    synchronized List<String> waiting() {
        return List.copyOf(agentByRun.keySet());
    }

    int listeners() {
        return arrivals.size();
    }

    @Override
    public CompletionStage<List<String>> take(Set<String> agents, int most) {
        asked.add(most);
        if (away) {
            return CompletableFuture.failedFuture(new StoreUnavailableException("away, for the test"));
        }
        List<String> taken = new ArrayList<>();
        synchronized (this) {
            if (holds) {
                CompletableFuture<List<String>> call = new CompletableFuture<>();
                held.add(call);
                return call;
            }
            Iterator<Map.Entry<String, String>> entries = agentByRun.entrySet().iterator();
            while (entries.hasNext() && taken.size() < most) {
                Map.Entry<String, String> entry = entries.next();
                if (agents.contains(entry.getValue())) {
                    taken.add(entry.getKey());
                    entries.remove();
                }
            }
        }
        return CompletableFuture.completedFuture(taken);
    }

    /** Answers the oldest call that is held. */
    void answer(String... runIds) {
        CompletableFuture<List<String>> call;
        synchronized (this) {
            call = held.remove();
        }
        call.complete(List.of(runIds));
    }

    @Override
    public FollowedRun.Listening onArrival(Runnable action) {
        arrivals.add(action);
        return () -> arrivals.remove(action);
    }
}

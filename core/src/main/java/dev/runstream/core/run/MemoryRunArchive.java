package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.KeptJson;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.OutOfSlabsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/** Keeps nothing beyond the process: decides under a lock on each run, and publishes at once. */
final class MemoryRunArchive implements RunArchive {
    /** @param record as of its last change of state, which is all that is asked for here */
    private record Kept(RunRecord record, KeptJson input) {}

    /** By the time that its record tells, which the wall clock may have been set back since. */
    private record Ended(long atMillis, String runId) implements Comparable<Ended> {
        static Ended of(RunRecord run) {
            return new Ended(run.endedAtMillis(), run.runId());
        }

        @Override
        public int compareTo(Ended other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : runId.compareTo(other.runId);
        }
    }

    private final MemoryBudget budget;
    private final Map<String, Kept> runs = new ConcurrentHashMap<>();
    private final NavigableMap<RunQuery.Place, String> byCreation = new ConcurrentSkipListMap<>();
    private final Map<String, String> runIdsByKey = new ConcurrentHashMap<>();

    // under this object's lock
    private final NavigableSet<Ended> oldestEndFirst = new TreeSet<>();

    MemoryRunArchive(MemoryBudget budget) {
        this.budget = budget;
    }

    @Override
    public synchronized CompletionStage<Creation> create(
            Decision<RunRecord> first, JsonBytes input, IntFunction<Optional<String>> whyNoRoom, Runnable publish) {
        RunSpec spec = first.record().spec();
        String keyed = runIdsByKey.get(spec.idempotencyKey());
        Kept there = runs.get(keyed != null ? keyed : spec.runId());
        if (there != null) {
            return CompletableFuture.completedFuture(new Creation.Taken(
                    there.record(), LogState.empty(there.record().epoch()), keyed != null));
        }
        Optional<String> full = whyNoRoom.apply(0);
        if (full.isPresent()) {
            return CompletableFuture.completedFuture(new Creation.NoRoom(full.get()));
        }
        try {
            runs.put(spec.runId(), new Kept(first.record(), KeptJson.of(input, budget)));
            byCreation.put(RunQuery.Place.of(first.record()), spec.runId());
            if (!spec.idempotencyKey().isEmpty()) {
                runIdsByKey.put(spec.idempotencyKey(), spec.runId());
            }
            publish.run();
            return CompletableFuture.completedFuture(new Creation.Fresh());
        } catch (OutOfSlabsException none) {
            remove(spec.runId());
            return CompletableFuture.completedFuture(new Creation.NoRoom("there is no memory for another run"));
        }
    }

    @Override
    public <O> CompletionStage<O> commit(LiveRun run, Function<RunRecord, Decision<O>> step) {
        Decision<O> decision;
        synchronized (run.log()) {
            RunRecord before = run.record();
            decision = step.apply(before);
            try {
                run.publish(decision);
            } catch (OutOfSlabsException none) {
                return CompletableFuture.failedFuture(new StoreUnavailableException("there is no memory left", none));
            }
            RunRecord after = decision.record();
            if (after.state() != before.state()) {
                runs.computeIfPresent(after.runId(), (id, kept) -> new Kept(after, kept.input()));
                if (after.isEnded() && !before.isEnded()) {
                    noteEnd(after);
                }
            }
        }
        return CompletableFuture.completedFuture(decision.outcome());
    }

    private synchronized void noteEnd(RunRecord run) {
        oldestEndFirst.add(Ended.of(run));
    }

    @Override
    public CompletionStage<Optional<Stored>> load(String runId) {
        return CompletableFuture.completedFuture(
                Optional.ofNullable(runs.get(runId)).map(MemoryRunArchive::stored));
    }

    @Override
    public CompletionStage<Void> settled() {
        return CompletableFuture.completedFuture(null);
    }

    private static Stored stored(Kept kept) {
        return new Stored(kept.record(), LogState.empty(kept.record().epoch()));
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> input(String runId) {
        return CompletableFuture.completedFuture(Optional.ofNullable(runs.get(runId))
                .flatMap(kept -> kept.input().read()));
    }

    /** Nothing is held here: every event that there is, is in its log. */
    @Override
    public CompletionStage<List<StoredEvent>> events(LiveRun run, long fromSeq, int maxBytes) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public int[] dataBytesFrom(LiveRun run, long seq) {
        throw new IllegalStateException("event " + seq + " is not in memory");
    }

    @Override
    public CompletionStage<List<Stored>> list(RunQuery query) {
        List<Stored> found = new ArrayList<>();
        NavigableMap<RunQuery.Place, String> rest =
                query.after().map(after -> byCreation.tailMap(after, false)).orElse(byCreation);
        for (String runId : rest.values()) {
            Kept kept = runs.get(runId);
            if (kept != null && query.matches(kept.record())) {
                found.add(stored(kept));
                if (found.size() > query.limit()) {
                    break;
                }
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public List<Stored> unfinished() {
        return List.of();
    }

    @Override
    public synchronized CompletionStage<List<String>> expire(
            long endedBeforeMillis, int most, Predicate<String> mayGo) {
        List<String> gone = new ArrayList<>();
        for (Ended run : List.copyOf(oldestEndFirst.headSet(new Ended(endedBeforeMillis, ""), false))) {
            if (gone.size() == most) {
                break;
            }
            if (mayGo.test(run.runId)) {
                remove(run.runId);
                gone.add(run.runId);
            }
        }
        return CompletableFuture.completedFuture(gone);
    }

    @Override
    public synchronized void forget(String runId) {
        remove(runId);
    }

    private void remove(String runId) {
        Kept gone = runs.remove(runId);
        if (gone != null) {
            byCreation.remove(RunQuery.Place.of(gone.record()));
            oldestEndFirst.remove(Ended.of(gone.record()));
            runIdsByKey.remove(gone.record().spec().idempotencyKey());
            gone.input().release();
        }
    }

    @Override
    public boolean holdsEvents() {
        return false;
    }

    @Override
    public StoreHealth health() {
        return StoreHealth.READY;
    }

    @Override
    public synchronized void close() {
        List.copyOf(runs.keySet()).forEach(this::remove);
    }
}

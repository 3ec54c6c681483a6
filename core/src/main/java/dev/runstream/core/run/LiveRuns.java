package dev.runstream.core.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The runs in memory, and the way back into memory for those that are only in the archive. Safe for any thread.
 *
 * <p>A run that is being deleted cannot come back into memory: a {@link Deletion} and the way back exclude each other for
 * each name, and what was loaded before a deletion ended is loaded again.
 */
final class LiveRuns {
    /** So often an open run is looked for before it is held to be lost to this process. */
    private static final int LOOKS = 5;

    // immutable
    private final RunArchive archive;
    private final Function<RunArchive.Stored, LiveRun> bringIn;
    private final Consumer<LiveRun> left;

    // shared; a name's entries in both change together, inside one computation on the map
    private final Map<String, LiveRun> runs = new ConcurrentHashMap<>();
    private final Set<String> beingDeleted = ConcurrentHashMap.newKeySet();
    private final AtomicLong deletionsEnded = new AtomicLong();
    private volatile boolean closed;

    /** @param left is called with each run that has left memory, once */
    LiveRuns(RunArchive archive, Function<RunArchive.Stored, LiveRun> bringIn, Consumer<LiveRun> left) {
        this.archive = archive;
        this.bringIn = bringIn;
        this.left = left;
    }

    void add(LiveRun run) {
        runs.put(run.record().runId(), run);
    }

    Optional<LiveRun> inMemory(String runId) {
        return Optional.ofNullable(runs.get(runId));
    }

    void forEach(Consumer<LiveRun> action) {
        runs.values().forEach(action);
    }

    /** Does something with a run, which stays in memory until that is done; empty for no such run. */
    <T> CompletionStage<Optional<T>> with(String runId, Function<LiveRun, CompletionStage<T>> action) {
        return hold(runId)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.<T>empty())
                        : whileHeld(found.get(), action).thenApply(Optional::of));
    }

    /** Does something with a run that is held, and lets go of it when that is done or has failed. */
    <T> CompletionStage<T> whileHeld(LiveRun run, Function<LiveRun, CompletionStage<T>> action) {
        CompletionStage<T> done;
        try {
            done = action.apply(run);
        } catch (RuntimeException | Error fault) {
            letGo(run);
            throw fault;
        }
        return done.whenComplete((outcome, fault) -> letGo(run));
    }

    /** Holds a run in memory, bringing it there first; empty for no such run. */
    CompletionStage<Optional<LiveRun>> hold(String runId) {
        if (closed) {
            return CompletableFuture.failedFuture(new StoreUnavailableException("the store is closed"));
        }
        LiveRun here = runs.get(runId);
        if (here != null && here.tryHold()) {
            return CompletableFuture.completedFuture(Optional.of(here));
        }
        if (!archive.holdsEvents()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        long deletionsBefore = deletionsEnded.get();
        return archive.load(runId)
                .thenCompose(stored -> stored.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.<LiveRun>empty())
                        : holdLoaded(runId, stored.get(), deletionsBefore));
    }

    private CompletionStage<Optional<LiveRun>> holdLoaded(
            String runId, RunArchive.Stored stored, long deletionsBefore) {
        if (!stored.record().isEnded()) {
            // It was stored after we looked, and is about to be in memory.
            return archive.settled().thenCompose(done -> holdOpen(runId, LOOKS));
        }
        LiveRun run = runs.computeIfAbsent(runId, id -> comeBack(stored, deletionsBefore));
        if (run == null) {
            return beingDeleted.contains(runId) ? CompletableFuture.completedFuture(Optional.empty()) : hold(runId);
        }
        if (run.tryHold()) {
            return CompletableFuture.completedFuture(Optional.of(run));
        }
        // Whoever dropped it has not come to remove it yet.
        runs.remove(runId, run);
        return hold(runId);
    }

    /** It may also have ended and left meanwhile, and another one of its name have been stored. */
    private CompletionStage<Optional<LiveRun>> holdOpen(String runId, int looks) {
        LiveRun here = runs.get(runId);
        if (here != null) {
            return here.tryHold() ? CompletableFuture.completedFuture(Optional.of(here)) : hold(runId);
        }
        return archive.load(runId).thenCompose(stored -> {
            if (stored.isEmpty() || stored.get().record().isEnded()) {
                return hold(runId);
            }
            return looks > 1
                    ? archive.settled().thenCompose(done -> holdOpen(runId, looks - 1))
                    : CompletableFuture.failedFuture(
                            new StoreUnavailableException("run " + runId + " is stored, but could not be taken up"));
        });
    }

    private @Nullable LiveRun comeBack(RunArchive.Stored stored, long deletionsBefore) {
        boolean mayBeGone = beingDeleted.contains(stored.record().runId()) || deletionsEnded.get() != deletionsBefore;
        return mayBeGone ? null : bringIn.apply(stored);
    }

    void letGo(LiveRun run) {
        run.letGo();
        leaveIfIdle(run);
    }

    /** Lets an ended run leave memory if the archive has it and nobody holds it. */
    void leaveIfIdle(LiveRun run) {
        if (archive.holdsEvents() && run.record().isEnded() && run.tryDrop()) {
            leave(run);
        }
    }

    private void leave(LiveRun run) {
        runs.remove(run.record().runId(), run);
        if (run.leave()) {
            left.accept(run);
        }
    }

    Deletion deletion() {
        return new Deletion();
    }

    /** Lets all runs leave, held or not; from now on none can be held. */
    void close() {
        closed = true;
        List.copyOf(runs.values()).forEach(this::leave);
    }

    /** Ended runs on their way out of the archive. For one thread at a time. */
    final class Deletion {
        private final List<String> runIds = new ArrayList<>();
        private final List<LiveRun> dropped = new ArrayList<>();

        /** Whether nobody holds a run, so that it may be deleted; from then on nobody can hold it. */
        boolean mayGo(String runId) {
            boolean[] mayGo = {true};
            runs.compute(runId, (id, run) -> {
                if (run != null) {
                    mayGo[0] = run.tryDrop();
                    if (mayGo[0]) {
                        dropped.add(run);
                    }
                }
                if (mayGo[0]) {
                    beingDeleted.add(id);
                }
                return run;
            });
            if (mayGo[0]) {
                runIds.add(runId);
            }
            return mayGo[0];
        }

        /** The runs are deleted, or that has failed. */
        void ended() {
            deletionsEnded.incrementAndGet();
            dropped.forEach(LiveRuns.this::leave);
            runIds.forEach(beingDeleted::remove);
        }
    }
}

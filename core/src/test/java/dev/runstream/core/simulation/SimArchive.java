package dev.runstream.core.simulation;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.Decision;
import dev.runstream.core.run.LiveRun;
import dev.runstream.core.run.RunArchive;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.run.StoreUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An archive over a {@link SimDisk} as the real one is over a file: a writer that commits many steps at once, and
 * readers. Nothing happens by itself: whoever drives it says when the writer or a reader has its turn, and whether it
 * fails.
 */
final class SimArchive implements RunArchive {
    private final SimDisk disk;
    private final long runBufferBytes;
    private final Chance chance;
    private final Plant plant;
    private final Deque<Task> tasks = new ArrayDeque<>();
    private final Deque<Runnable> reads = new ArrayDeque<>();
    private final Deque<CompletableFuture<?>> asked = new ArrayDeque<>();
    private Batch unwritten = new Batch();
    private boolean ready = true;
    private boolean closed;
    /** Whether the disk refuses everything. */
    boolean broken;

    SimArchive(SimDisk disk, long runBufferBytes, Chance chance, Plant plant) {
        this.disk = disk;
        this.runBufferBytes = runBufferBytes;
        this.chance = chance;
        this.plant = plant;
    }

    /** Something for the writer. */
    private abstract static class Task {
        /** Adds to the batch; called again where it failed as a whole. */
        abstract void decide(Batch batch);

        abstract void stored();

        abstract void failed(RuntimeException fault);
    }

    /** What one commit will bring. */
    private final class Batch {
        final Map<String, SimDisk.Kept> changed = new HashMap<>();
        final List<String> deleted = new ArrayList<>();
        int created;

        Optional<SimDisk.Kept> latest(String runId) {
            if (deleted.contains(runId)) {
                return Optional.empty();
            }
            SimDisk.Kept kept = changed.get(runId);
            return Optional.ofNullable(kept != null ? kept : disk.runs.get(runId));
        }

        void apply(String runId, Decision<?> decision) {
            SimDisk.Kept kept = changed.computeIfAbsent(
                    runId, id -> Objects.requireNonNull(disk.runs.get(id)).copy());
            store(kept, decision);
        }

        void commit() {
            changed.forEach(disk.runs::put);
            deleted.forEach(disk.runs::remove);
        }
    }

    private void store(SimDisk.Kept kept, Decision<?> decision) {
        kept.record = decision.record();
        for (NewEvent event : decision.events()) {
            kept.events.add(new NewEvent(event.type(), event.data().copy(), event.attempt()));
            kept.log = kept.log.with(event);
        }
        kept.log = kept.log.evictedTo(runBufferBytes, kept::dataBytes);
    }

    boolean hasTasks() {
        return !tasks.isEmpty();
    }

    boolean hasReads() {
        return !reads.isEmpty();
    }

    /** One commit of some tasks. The process may die between the commit and whatever comes of it. */
    void writerTurn(boolean diesAfterCommit) {
        List<Task> taken = new ArrayList<>();
        for (int count = chance.between(1, tasks.size()); count > 0; count--) {
            taken.add(tasks.remove());
        }
        Batch batch = plant == Plant.SHOWS_BEFORE_IT_STORES ? unwritten : new Batch();
        taken.forEach(task -> task.decide(batch));
        if (broken) {
            ready = false;
            StoreUnavailableException fault = new StoreUnavailableException("the disk is broken, for the simulation");
            if (plant == Plant.PUBLISHES_WHAT_FAILED && chance.oneIn(4)) {
                taken.forEach(Task::stored);
            } else {
                taken.forEach(task -> task.failed(fault));
            }
            return;
        }
        ready = true;
        if (plant != Plant.SHOWS_BEFORE_IT_STORES || chance.oneIn(2)) {
            batch.commit();
            unwritten = new Batch();
        }
        if (diesAfterCommit) {
            throw new Crash();
        }
        taken.forEach(Task::stored);
    }

    /** One of the readers answers one question. */
    void readerTurn() {
        reads.remove().run();
    }

    /** The process has died: who asked never hears of it. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the process has died, for the simulation", null, false, false);
        }
    }

    private <T extends @Nullable Object> CompletableFuture<T> asking() {
        CompletableFuture<T> answer = new CompletableFuture<>();
        asked.add(answer);
        if (closed) {
            answer.completeExceptionally(new StoreUnavailableException("closed"));
        }
        return answer;
    }

    @Override
    public CompletionStage<Creation> create(
            Decision<RunRecord> first, JsonBytes input, IntFunction<Optional<String>> whyNoRoom, Runnable publish) {
        CompletableFuture<Creation> answer = asking();
        RunSpec spec = first.record().spec();
        tasks.add(new Task() {
            private Creation creation = new Creation.Fresh();

            @Override
            void decide(Batch batch) {
                Optional<SimDisk.Kept> byKey = all(batch).stream()
                        .filter(run -> !spec.idempotencyKey().isEmpty()
                                && run.record.spec().idempotencyKey().equals(spec.idempotencyKey()))
                        .findFirst();
                Optional<SimDisk.Kept> there = byKey.or(() -> batch.latest(spec.runId()));
                if (there.isPresent()) {
                    creation = new Creation.Taken(there.get().record, there.get().log, byKey.isPresent());
                    return;
                }
                Optional<String> full = whyNoRoom.apply(batch.created);
                if (full.isPresent()) {
                    creation = new Creation.NoRoom(full.get());
                    return;
                }
                creation = new Creation.Fresh();
                batch.created++;
                SimDisk.Kept kept = new SimDisk.Kept(
                        first.record(), LogState.empty(first.record().epoch()), input.copy(), new ArrayList<>());
                store(kept, first);
                batch.deleted.remove(spec.runId());
                batch.changed.put(spec.runId(), kept);
            }

            @Override
            void stored() {
                if (creation instanceof Creation.Fresh) {
                    publish.run();
                }
                answer.complete(creation);
            }

            @Override
            void failed(RuntimeException fault) {
                answer.completeExceptionally(fault);
            }
        });
        return answer;
    }

    private List<SimDisk.Kept> all(Batch batch) {
        Map<String, SimDisk.Kept> all = new java.util.TreeMap<>(disk.runs);
        all.putAll(batch.changed);
        batch.deleted.forEach(all::remove);
        return List.copyOf(all.values());
    }

    @Override
    public <O> CompletionStage<O> commit(LiveRun run, Function<RunRecord, Decision<O>> step) {
        CompletableFuture<O> answer = asking();
        String runId = run.record().runId();
        tasks.add(new Task() {
            private @Nullable Decision<O> decision;

            @Override
            void decide(Batch batch) {
                Optional<SimDisk.Kept> kept = batch.latest(runId);
                if (kept.isEmpty()) {
                    decision = null;
                    return;
                }
                RunRecord before = plant == Plant.DECIDES_ON_AN_OLD_RECORD ? run.record() : kept.get().record;
                Decision<O> decided = step.apply(before);
                batch.apply(runId, decided);
                decision = decided;
            }

            @Override
            void stored() {
                if (decision == null) {
                    answer.completeExceptionally(new StoreUnavailableException("the run has been deleted"));
                    return;
                }
                run.publish(decision);
                answer.complete(decision.outcome());
            }

            @Override
            void failed(RuntimeException fault) {
                answer.completeExceptionally(fault);
            }
        });
        return answer;
    }

    private <T extends @Nullable Object> CompletionStage<T> read(Supplier<T> reading) {
        CompletableFuture<T> answer = asking();
        reads.add(() -> {
            if (broken && chance.oneIn(2)) {
                answer.completeExceptionally(new StoreUnavailableException("unreadable, for the simulation"));
            } else {
                answer.complete(reading.get());
            }
        });
        return answer;
    }

    @Override
    public CompletionStage<Optional<Stored>> load(String runId) {
        return read(() -> Optional.ofNullable(disk.runs.get(runId)).map(SimDisk.Kept::stored));
    }

    @Override
    public CompletionStage<Void> settled() {
        CompletableFuture<Void> answer = asking();
        tasks.add(new Task() {
            @Override
            void decide(Batch batch) {}

            @Override
            void stored() {
                answer.complete(null);
            }

            @Override
            void failed(RuntimeException fault) {
                answer.completeExceptionally(fault);
            }
        });
        return answer;
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> input(String runId) {
        return read(() -> Optional.ofNullable(disk.runs.get(runId)).map(kept -> kept.input));
    }

    @Override
    public CompletionStage<List<StoredEvent>> events(LiveRun run, long fromSeq, int maxBytes) {
        return read(() -> {
            List<StoredEvent> found = new ArrayList<>();
            SimDisk.Kept kept = disk.runs.get(run.record().runId());
            LogState log = run.log().state();
            boolean island = log.islandSeq() == fromSeq;
            if (kept == null || (fromSeq < log.firstSeq() && !island)) {
                return found;
            }
            int bytes = 0;
            for (long seq = fromSeq; seq <= (island ? fromSeq : log.lastSeq()); seq++) {
                NewEvent event = kept.events.get((int) seq - 1);
                bytes += event.data().length();
                if (!found.isEmpty() && bytes > maxBytes) {
                    break;
                }
                found.add(new StoredEvent(event.type(), event.data()));
            }
            return found;
        });
    }

    @Override
    public int[] dataBytesFrom(LiveRun run, long seq) {
        SimDisk.Kept kept = Objects.requireNonNull(disk.runs.get(run.record().runId()));
        int count = (int) Math.min(3, kept.events.size() - seq + 1);
        int[] sizes = new int[count];
        for (int i = 0; i < count; i++) {
            sizes[i] = kept.dataBytes(seq + i);
        }
        return sizes;
    }

    @Override
    public CompletionStage<List<Stored>> list(RunQuery query) {
        return read(() -> disk.runs.values().stream()
                .map(SimDisk.Kept::stored)
                .filter(run -> query.matches(run.record()))
                .filter(run -> query.after()
                        .map(after -> RunQuery.Place.of(run.record()).compareTo(after) > 0)
                        .orElse(true))
                .sorted(Comparator.comparing(run -> RunQuery.Place.of(run.record())))
                .limit(query.limit() + 1L)
                .toList());
    }

    @Override
    public List<Stored> unfinished() {
        return disk.runs.values().stream()
                .filter(run -> !run.record.isEnded())
                .map(SimDisk.Kept::stored)
                .sorted(Comparator.comparing(run -> RunQuery.Place.of(run.record())))
                .toList();
    }

    @Override
    public CompletionStage<List<String>> expire(long endedBeforeMillis, int most, Predicate<String> mayGo) {
        CompletableFuture<List<String>> answer = asking();
        tasks.add(new Task() {
            private final List<String> gone = new ArrayList<>();

            @Override
            void decide(Batch batch) {
                all(batch).stream()
                        .map(kept -> kept.record)
                        .filter(run -> run.isEnded() && run.endedAtMillis() < endedBeforeMillis)
                        .sorted(Comparator.comparingLong(RunRecord::endedAtMillis))
                        .limit(most)
                        .map(RunRecord::runId)
                        .filter(runId -> mayGo.test(runId) || plant == Plant.DELETES_WHAT_IS_READ)
                        .forEach(runId -> {
                            gone.add(runId);
                            batch.changed.remove(runId);
                            batch.deleted.add(runId);
                        });
            }

            @Override
            void stored() {
                answer.complete(gone);
            }

            @Override
            void failed(RuntimeException fault) {
                answer.completeExceptionally(fault);
            }
        });
        return answer;
    }

    @Override
    public void forget(String runId) {
        throw new IllegalStateException("only for an archive that does not hold events");
    }

    @Override
    public boolean holdsEvents() {
        return true;
    }

    @Override
    public StoreHealth health() {
        return ready ? StoreHealth.READY : new StoreHealth(false, "the disk is broken, for the simulation");
    }

    /** The disk is whole again, and a small write has shown it. */
    void mend() {
        broken = false;
        ready = true;
    }

    @Override
    public void close() {
        closed = true;
        tasks.clear();
        reads.clear();
        StoreUnavailableException fault = new StoreUnavailableException("closed");
        asked.forEach(answer -> answer.completeExceptionally(fault));
    }
}

package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.ModelLog;
import dev.runstream.core.log.NewEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * An archive with the threads of a real one, and lists in the place of a disk: one thread writes, others read, and every
 * answer comes from them.
 */
final class ListArchive implements RunArchive {
    private final long runBufferBytes;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("writer").factory());
    private final ExecutorService readers = Executors.newFixedThreadPool(
            2, Thread.ofPlatform().daemon().name("reader-", 0).factory());

    // under this object's lock, which stands for the file
    private final Map<String, Kept> runs = new TreeMap<>();

    private static final class Kept {
        private RunRecord record;
        private final ModelLog log;
        private final JsonBytes input;

        Kept(RunRecord record, ModelLog log, JsonBytes input) {
            this.record = record;
            this.log = log;
            this.input = input;
        }

        void store(Decision<?> decision) {
            record = decision.record();
            for (NewEvent event : decision.events()) {
                log.append(event.type(), event.data().copy(), event.attempt());
            }
        }

        Stored stored() {
            return new Stored(record, log.state());
        }
    }

    ListArchive(long runBufferBytes) {
        this.runBufferBytes = runBufferBytes;
    }

    @Override
    public CompletionStage<Creation> create(
            Decision<RunRecord> first, JsonBytes input, IntFunction<Optional<String>> whyNoRoom, Runnable publish) {
        return CompletableFuture.supplyAsync(() -> createNow(first, input, whyNoRoom, publish), writer);
    }

    private Creation createNow(
            Decision<RunRecord> first, JsonBytes input, IntFunction<Optional<String>> whyNoRoom, Runnable publish) {
        RunSpec spec = first.record().spec();
        synchronized (this) {
            Optional<Kept> byKey = runs.values().stream()
                    .filter(run -> !spec.idempotencyKey().isEmpty()
                            && run.record.spec().idempotencyKey().equals(spec.idempotencyKey()))
                    .findFirst();
            Optional<Kept> there = byKey.or(() -> Optional.ofNullable(runs.get(spec.runId())));
            if (there.isPresent()) {
                Stored stored = there.get().stored();
                return new Creation.Taken(stored.record(), stored.log(), byKey.isPresent());
            }
            Optional<String> full = whyNoRoom.apply(0);
            if (full.isPresent()) {
                return new Creation.NoRoom(full.get());
            }
            Kept kept = new Kept(first.record(), new ModelLog(first.record().epoch(), runBufferBytes), input.copy());
            kept.store(first);
            runs.put(spec.runId(), kept);
        }
        publish.run();
        return new Creation.Fresh();
    }

    @Override
    public <O> CompletionStage<O> commit(LiveRun run, Function<RunRecord, Decision<O>> step) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Decision<O> decision;
                    synchronized (this) {
                        Kept kept = runs.get(run.record().runId());
                        if (kept == null) {
                            throw new IllegalStateException("a change of a run that was deleted");
                        }
                        decision = step.apply(kept.record);
                        kept.store(decision);
                    }
                    run.publish(decision);
                    return decision.outcome();
                },
                writer);
    }

    @Override
    public CompletionStage<Optional<Stored>> load(String runId) {
        return read(() -> Optional.ofNullable(runs.get(runId)).map(Kept::stored));
    }

    @Override
    public CompletionStage<Void> settled() {
        return CompletableFuture.runAsync(() -> {}, writer);
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> input(String runId) {
        return read(() -> Optional.ofNullable(runs.get(runId)).map(kept -> kept.input));
    }

    @Override
    public CompletionStage<List<StoredEvent>> events(LiveRun run, long fromSeq, int maxBytes) {
        return read(() -> {
            List<StoredEvent> found = new ArrayList<>();
            Kept kept = runs.get(run.record().runId());
            int bytes = 0;
            for (long seq = fromSeq; kept != null && kept.log.isHeld(seq); seq++) {
                ModelLog.Event event = kept.log.event(seq);
                bytes += event.data().length();
                if (!found.isEmpty() && bytes > maxBytes) {
                    break;
                }
                found.add(new StoredEvent(event.type(), event.data()));
            }
            return found;
        });
    }

    private <T> CompletionStage<T> read(Supplier<T> reading) {
        return CompletableFuture.supplyAsync(
                () -> {
                    synchronized (this) {
                        return reading.get();
                    }
                },
                readers);
    }

    @Override
    public synchronized int[] dataBytesFrom(LiveRun run, long seq) {
        ModelLog log = Objects.requireNonNull(runs.get(run.record().runId())).log;
        int count = (int) Math.min(3, log.lastSeq() - seq + 1);
        int[] sizes = new int[count];
        for (int i = 0; i < count; i++) {
            sizes[i] = log.event(seq + i).data().length();
        }
        return sizes;
    }

    @Override
    public CompletionStage<List<Stored>> list(RunQuery query) {
        return read(() -> runs.values().stream()
                .map(Kept::stored)
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
        return List.of();
    }

    @Override
    public CompletionStage<List<String>> expire(long endedBeforeMillis, int most, Predicate<String> mayGo) {
        return CompletableFuture.supplyAsync(
                () -> {
                    List<String> due;
                    synchronized (this) {
                        due = runs.values().stream()
                                .map(kept -> kept.record)
                                .filter(run -> run.isEnded() && run.endedAtMillis() < endedBeforeMillis)
                                .sorted(Comparator.comparingLong(RunRecord::endedAtMillis))
                                .limit(most)
                                .map(RunRecord::runId)
                                .toList();
                    }
                    List<String> gone = due.stream().filter(mayGo).toList();
                    synchronized (this) {
                        gone.forEach(runs::remove);
                    }
                    return gone;
                },
                writer);
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
        return StoreHealth.READY;
    }

    @Override
    public void close() {
        writer.close();
        readers.close();
    }
}

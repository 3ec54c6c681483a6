package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.ColdEvents;
import dev.runstream.core.log.EventId;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A store inside this process, which alone has the authority over its runs. What makes it last is a {@link RunArchive};
 * the rules are the {@link RunMachine}'s; this class brings both together with the logs in memory, the deadlines and the
 * budget.
 *
 * <p><b>Deadlines</b> ({@link RunDeadlines}) are computed from a run's record, so a restart arms them by looking once.
 * What is measured from the last sign of somebody (lease, last reader) starts anew.
 *
 * <p><b>Memory.</b> Open runs are in memory; ended ones too where the archive does not hold their events, else only while
 * somebody holds them. Before events would pass the budget, {@link MemoryRelief} makes room. Where the archive holds them
 * they then pass memory by, else they are refused ({@link AppendRoom}).
 */
public final class EmbeddedRunStore implements RunStore {
    private static final long HOUSEKEEPING_MILLIS = 1_000;
    /** This part of the memory is for pages of events that only the archive has. */
    private static final int PAGE_SHARE = 4;

    // immutable
    private final RunMachine machine;
    private final RunSettings settings;
    private final RunArchive archive;
    private final MemoryBudget budget;
    private final InstantSource clock;
    private final Timers timers;
    private final RunObserver observer;
    private final LiveRuns live;
    private final MemoryRelief relief;
    private final AppendRoom room;
    private final ColdReads<LiveRun> coldReads;
    private final RunDeadlines deadlines;
    private final Retention retention;

    // shared
    private final AtomicInteger openRuns = new AtomicInteger();
    private final LongAdder evictedByGoneRuns = new LongAdder();
    private final AtomicLong evictedTold = new AtomicLong();
    private volatile boolean closed;

    /** Takes up the runs that the archive holds, and arms their deadlines. Blocks while it reads them. */
    public EmbeddedRunStore(
            RunSettings settings,
            RunArchive archive,
            MemoryBudget budget,
            InstantSource clock,
            Timers timers,
            RunObserver observer) {
        this.settings = settings;
        this.archive = archive;
        this.budget = budget;
        this.clock = clock;
        this.timers = timers;
        this.observer = observer;
        machine = new RunMachine(settings);
        live = new LiveRuns(archive, this::bringIn, this::left);
        if (archive.holdsEvents()) {
            relief = new MemoryRelief.OfCache(budget, live);
            room = AppendRoom.ALWAYS;
            budget.setAside(budget.limitBytes() / PAGE_SHARE);
        } else {
            MemoryRelief.OfEndedRuns ended = new MemoryRelief.OfEndedRuns(budget, this::forget);
            relief = ended;
            room = new AppendRoom.OfMemory(budget, ended, live);
        }
        coldReads = new ColdReads<>(new ArchivedEvents(), budget, budget.limitBytes() / PAGE_SHARE);
        deadlines = new RunDeadlines(machine, archive, live, clock, timers);
        retention = new Retention(archive, live, settings, clock);
        for (RunArchive.Stored stored : archive.unfinished()) {
            LiveRun run = bringIn(stored);
            live.add(run);
            openRuns.incrementAndGet();
            observer.opened(run.record());
            deadlines.arm(run);
        }
        timers.schedule(HOUSEKEEPING_MILLIS, this::keepHouse);
    }

    private LiveRun bringIn(RunArchive.Stored stored) {
        LiveRun[] self = new LiveRun[1];
        ColdEvents cold = archive.holdsEvents() ? seq -> archive.dataBytesFrom(self[0], seq) : ColdEvents.NONE;
        EventLog log = new EventLog(stored.log(), settings.runBufferBytes(), budget, cold);
        self[0] = new LiveRun(stored.record(), log, timers.nowMillis(), new Publications());
        return self[0];
    }

    @Override
    public CompletionStage<CreateResult> create(NewRun asked) {
        if (closed) {
            return CompletableFuture.failedFuture(new StoreUnavailableException("the store is closed"));
        }
        RunSpec spec = asked.spec();
        Decision<RunRecord> first = machine.create(spec, RunRecord.firstEpoch(spec));
        LiveRun run = bringIn(new RunArchive.Stored(
                first.record(), LogState.empty(first.record().epoch())));
        boolean hasMemory = room.isThereFor(spec);
        Supplier<CompletionStage<RunArchive.Creation>> create = () ->
                archive.create(first, asked.input(), pending -> whyNoRoom(pending, hasMemory), () -> open(run, first));
        return create.get()
                .thenCompose(creation -> againWithRoom(creation, create))
                .thenApply(creation -> switch (creation) {
                    case RunArchive.Creation.Fresh fresh -> new CreateResult.Created(run.snapshot());
                    case RunArchive.Creation.NoRoom none -> new CreateResult.Overloaded(none.message());
                    case RunArchive.Creation.Taken taken -> existing(taken, spec);
                });
    }

    /** Where it is the archive that has no room, ended runs go first, and then it is asked once more. */
    private CompletionStage<RunArchive.Creation> againWithRoom(
            RunArchive.Creation creation, Supplier<CompletionStage<RunArchive.Creation>> create) {
        boolean full = creation instanceof RunArchive.Creation.NoRoom
                && archive.holdsEvents()
                && openRuns.get() < settings.maxOpenRuns();
        return full
                ? retention
                        .makeRoom()
                        .thenCompose(any -> any ? create.get() : CompletableFuture.completedFuture(creation))
                : CompletableFuture.completedFuture(creation);
    }

    private CreateResult existing(RunArchive.Creation.Taken taken, RunSpec asked) {
        RunRecord there = taken.existing();
        return there.spec().fingerprint().equals(asked.fingerprint())
                ? new CreateResult.Existing(snapshot(new RunArchive.Stored(there, taken.log())))
                : new CreateResult.Conflict(there.runId(), taken.byKey());
    }

    private Optional<String> whyNoRoom(int pendingRuns, boolean hasMemory) {
        if (openRuns.get() + pendingRuns >= settings.maxOpenRuns()) {
            return Optional.of(settings.maxOpenRuns() + " runs are open, as many as may be");
        }
        return hasMemory ? Optional.empty() : Optional.of("the memory for runs is full");
    }

    private void open(LiveRun run, Decision<RunRecord> first) {
        // Before anybody can find it and change it further.
        run.publish(first);
        run.heardOf(timers.nowMillis());
        openRuns.incrementAndGet();
        room.opened(run.record().spec());
        live.add(run);
        observer.opened(run.record());
        deadlines.arm(run);
    }

    @Override
    public CompletionStage<AppendResult> append(String runId, AppendBatch batch) {
        AppendResult unknown = new AppendResult.UnknownRun();
        return live.<AppendResult>with(runId, run -> append(run, batch)).thenApply(found -> found.orElse(unknown));
    }

    /** The worker is heard of when it calls, and cannot be while it waits for the answer. */
    private CompletionStage<AppendResult> append(LiveRun run, AppendBatch batch) {
        run.heardOf(timers.nowMillis());
        return room.isThereFor(batch, run.log()) || isNothingNew(run, batch)
                ? commit(run, record -> {
                    run.heardOf(timers.nowMillis());
                    return machine.append(record, batch, clock.millis());
                })
                : CompletableFuture.completedFuture(noRoom(run.record(), batch));
    }

    /** Whether nothing of a batch would be stored, so that its answer needs no memory. */
    private boolean isNothingNew(LiveRun run, AppendBatch batch) {
        return machine.append(run.record(), batch, clock.millis()).events().isEmpty();
    }

    private static AppendResult noRoom(RunRecord run, AppendBatch batch) {
        OptionalLong expected = batch.producer()
                .map(producer -> OptionalLong.of(Appending.expectedSeq(run, producer)))
                .orElse(OptionalLong.empty());
        return new AppendResult.Refused(
                new AppendResult.Refusal.NoRoom(), 0, expected, new EventId(run.epoch(), run.lastSeq()), run.state());
    }

    @Override
    public CompletionStage<Optional<RunState>> requestCancel(String runId) {
        return live.with(runId, run -> commit(run, record -> machine.requestCancel(record, clock.millis())));
    }

    @Override
    public CompletionStage<Optional<RunRecord>> beginAttempt(String runId) {
        return live.with(runId, run -> commit(run, record -> machine.beginAttempt(record, clock.millis())))
                .thenApply(found -> found.flatMap(Function.identity()));
    }

    @Override
    public CompletionStage<Optional<RunState>> loseWorker(String runId, int attempt, String message) {
        return live.with(
                runId, run -> commit(run, record -> machine.loseWorker(record, attempt, message, clock.millis())));
    }

    private <O> CompletionStage<O> commit(LiveRun run, Function<RunRecord, Decision<O>> step) {
        long begin = System.nanoTime();
        return archive.commit(run, step).thenApply(outcome -> {
            observer.stored(System.nanoTime() - begin);
            return outcome;
        });
    }

    @Override
    public CompletionStage<Optional<Run>> find(String runId) {
        Optional<LiveRun> run = live.inMemory(runId);
        return run.isPresent()
                ? CompletableFuture.completedFuture(run.map(LiveRun::snapshot))
                : archive.load(runId).thenApply(found -> found.map(this::snapshot));
    }

    private Run snapshot(RunArchive.Stored stored) {
        return live.inMemory(stored.record().runId())
                .map(LiveRun::snapshot)
                .orElseGet(() -> new Run(
                        stored.record(),
                        stored.log().firstHeldSeq(),
                        stored.log().heldDataBytes(),
                        0));
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findInput(String runId) {
        return archive.input(runId);
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findEnd(String runId) {
        return live.with(runId, run -> {
                    RunRecord record = run.record();
                    return record.isEnded()
                            ? published(run).thenCompose(end -> StoredEvents.dataAt(run, end.lastSeq(), archive))
                            : CompletableFuture.completedFuture(Optional.<JsonBytes>empty());
                })
                .thenApply(found -> found.flatMap(Function.identity()));
    }

    /** The run's record, once the events are visible that its end brought. */
    private CompletionStage<RunRecord> published(LiveRun run) {
        RunRecord record = run.record();
        return run.log().lastSeq() == record.lastSeq()
                ? CompletableFuture.completedFuture(record)
                : archive.commit(run, settled -> Decision.nothing(settled, settled));
    }

    @Override
    public CompletionStage<RunListing> list(RunQuery query) {
        return archive.list(query).thenApply(found -> {
            boolean more = found.size() > query.limit();
            List<Run> runs = new ArrayList<>(found.size());
            for (RunArchive.Stored stored : more ? found.subList(0, query.limit()) : found) {
                runs.add(snapshot(stored));
            }
            return new RunListing(runs, more);
        });
    }

    @Override
    public CompletionStage<Optional<FollowedRun>> follow(String runId) {
        return live.hold(runId).thenApply(found -> found.map(run -> new Follow(run, this)));
    }

    @Override
    public CompletionStage<List<RunRecord>> unfinished() {
        List<RunRecord> open = new ArrayList<>();
        live.forEach(run -> {
            if (!run.record().isEnded() && !run.record().spec().isExternal()) {
                open.add(run.record());
            }
        });
        open.sort((a, b) -> RunQuery.Place.of(b).compareTo(RunQuery.Place.of(a)));
        return CompletableFuture.completedFuture(open);
    }

    /** What happens with each change, on the thread that publishes it. */
    private final class Publications implements LiveRun.Published {
        @Override
        public void coming(LiveRun run, List<NewEvent> events) {
            relief.beforeAppend(run.log(), events);
        }

        @Override
        public void changed(LiveRun run, RunRecord before, RunRecord after) {
            observer.changed(before, after);
            if (after.isEnded() && !before.isEnded()) {
                openRuns.decrementAndGet();
                run.disarm();
                relief.ended(run);
                live.leaveIfIdle(run);
            } else if (after.state() != before.state()) {
                deadlines.arm(run);
            }
        }
    }

    private final class ArchivedEvents implements ColdReads.Source<LiveRun> {
        @Override
        public long epoch(LiveRun run) {
            return run.log().epoch();
        }

        @Override
        public CompletionStage<List<EventPage.StoredEvent>> events(LiveRun run, long fromSeq, int maxBytes) {
            return archive.events(run, fromSeq, maxBytes);
        }
    }

    private void keepHouse() {
        if (closed) {
            return;
        }
        timers.schedule(HOUSEKEEPING_MILLIS, this::keepHouse);
        budget.sweep();
        retention.expire();
    }

    /** Deletes an ended run of a store that has only memory, unless somebody holds it. */
    private boolean forget(LiveRun run) {
        LiveRuns.Deletion deletion = live.deletion();
        boolean mayGo = deletion.mayGo(run.record().runId());
        if (mayGo) {
            archive.forget(run.record().runId());
        }
        deletion.ended();
        return mayGo;
    }

    /** A run has left memory. */
    private void left(LiveRun run) {
        relief.left(run);
        evictedByGoneRuns.add(run.log().evictedEvents());
        run.disarm();
        run.log().close();
        room.left(run.record().spec());
    }

    CompletionStage<EventPage> fetch(LiveRun run, long fromSeq, int maxBytes) {
        return coldReads.fetch(run, fromSeq, maxBytes);
    }

    void readerCame(LiveRun run) {
        run.readerCame();
        if (run.record().spec().cancelOnDisconnect()
                && !run.record().readerCame()
                && !run.record().isEnded()) {
            archive.commit(run, machine::readerCame).exceptionally(fault -> RunState.QUEUED);
        }
    }

    void readerLeft(LiveRun run) {
        run.readerLeft(timers.nowMillis());
        deadlines.arm(run);
    }

    void letGo(LiveRun run) {
        live.letGo(run);
    }

    @Override
    public void serving() {
        deadlines.renewLeases();
    }

    @Override
    public void drain() {
        deadlines.drain();
    }

    @Override
    public StoreHealth health() {
        return archive.health();
    }

    @Override
    public StoreGauges gauges() {
        Map<RunState, Integer> states = new EnumMap<>(RunState.class);
        long[] sums = new long[2];
        live.forEach(run -> {
            if (!run.record().isEnded()) {
                states.merge(run.record().state(), 1, Integer::sum);
            }
            sums[0] += run.log().heldDataBytes();
            sums[1] += run.log().evictedEvents();
        });
        // A run that leaves just now may be missed, but what was told once is not taken back.
        long evicted = evictedTold.accumulateAndGet(sums[1] + evictedByGoneRuns.sum(), Math::max);
        return new StoreGauges(states, sums[0], budget.usedBytes(), budget.limitBytes(), evicted);
    }

    @Override
    public void close() {
        closed = true;
        deadlines.close();
        coldReads.close();
        archive.close();
        live.close();
        // What a reader pinned when it was let go, and pins no longer.
        budget.sweep();
    }
}

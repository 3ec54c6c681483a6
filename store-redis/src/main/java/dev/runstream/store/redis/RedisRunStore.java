package dev.runstream.store.redis;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.ColdReads;
import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunListing;
import dev.runstream.core.run.RunMachine;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunQueue;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreGauges;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.run.Telling;
import dev.runstream.core.time.Timers;
import dev.runstream.store.redis.link.LinkSettings;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisRefusedException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs in a Redis that many gateways and workers share.
 *
 * <p>What may happen to a run is decided by {@link RunMachine} as in every store; a script in Redis settles the order
 * ({@link Commits}). What this process shows of a run is a copy ({@link RunCopies}). What is due is done by whichever
 * process is there ({@link Deadlines}).
 */
public final class RedisRunStore implements RunStore {
    private static final Logger LOG = LoggerFactory.getLogger(RedisRunStore.class);
    /** This part of the memory is for pages of events that only Redis has. */
    private static final int PAGE_SHARE = 4;

    private static final long COMPARE_MILLIS = 2_000;
    private static final long KEEP_MILLIS = 15_000;
    private static final Duration KEPT_AT_LEAST = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    // immutable
    private final RunSettings settings;
    private final RedisPorts ports;
    private final MemoryBudget budget;
    private final InstantSource clock;
    private final Timers timers;
    private final RunObserver observer;
    private final RunMachine machine;
    private final Authority authority;
    private final SharedIndex index;
    private final RunCopies copies;
    private final RunCreation creation;
    private final Commits commits;
    private final CopiedRuns copied;
    private final Deadlines deadlines;
    private final OwnAttempts attempts;
    private final ReaderCounts readers;
    private final WaitingRuns waiting;
    private final Sweep sweep;
    private final ColdReads<RunCopy> coldReads;

    // shared
    private final AtomicLong evictedTold = new AtomicLong();
    private volatile boolean closed;

    /**
     * Connects and begins to do what is due. Blocks until every connection stands.
     *
     * @param telling tells of what one answer or message from Redis brought
     * @throws StoreUnavailableException if Redis does not answer
     * @throws RedisRefusedException if it will not do
     */
    public static RedisRunStore open(
            RedisAddress address,
            RunSettings settings,
            MemoryBudget budget,
            Timers timers,
            RunObserver observer,
            Telling telling) {
        RedisLink link = RedisLink.open(address, LinkSettings.DEFAULT, timers);
        try {
            Rights.check(link, new RunKeys(address.prefix()), address.waitReplicas() > 0);
        } catch (RuntimeException fault) {
            link.close();
            throw fault;
        }
        SharedClock clock =
                new SharedClock(timers, link::serverClockOffsetMillis, System.currentTimeMillis() - timers.nowMillis());
        LOG.info("store redis at {}, {}", address, link.shape());
        if (!link.keeping().warning().isEmpty()) {
            LOG.warn("{}", link.keeping().warning());
        }
        return new RedisRunStore(
                RedisPorts.of(address, link, settings, timers), settings, budget, clock, timers, observer, telling);
    }

    /** @param clock by which all processes of this store measure what is due */
    RedisRunStore(
            RedisPorts ports,
            RunSettings settings,
            MemoryBudget budget,
            InstantSource clock,
            Timers timers,
            RunObserver observer,
            Telling telling) {
        this.ports = ports;
        this.settings = settings;
        this.budget = budget;
        this.clock = clock;
        this.timers = timers;
        this.observer = observer;
        machine = new RunMachine(settings);
        authority = ports.authority();
        index = ports.index();
        copies = new RunCopies(ports.node(), authority, budget, clock, timers, telling);
        commits = new Commits(
                authority,
                copies,
                clock,
                timers,
                observer,
                telling,
                new Commits.Rules(PATIENCE, settings.retainEnded(), ports.logKept()),
                this::changed);
        deadlines = new Deadlines(authority, index, commits, copies, machine, settings, clock, timers);
        attempts = new OwnAttempts(authority, commits, machine, clock, timers, settings.lease());
        readers = new ReaderCounts(authority, copies, commits, deadlines, machine, clock, timers);
        waiting = new WaitingRuns(ports.queues(), authority, index);
        sweep = new Sweep(authority, index, ports.queues(), waiting, settings.retainEnded(), clock, timers);
        creation = new RunCreation(authority, index, machine, settings, clock, this::created, this::seen);
        copied = new JobRuns(authority, index, commits, copies, creation, machine);
        budget.setAside(budget.limitBytes() / PAGE_SHARE);
        coldReads = new ColdReads<>(new EventsInRedis(), budget, budget.limitBytes() / PAGE_SHARE);
        ports.tell(copies, waiting::arrived);
        deadlines.start();
        attempts.start();
        readers.start();
        sweep.start();
        timers.schedule(COMPARE_MILLIS, this::keepHouse);
    }

    /** The runs that are copies of jobs. */
    public CopiedRuns copied() {
        return copied;
    }

    /** The runs of agents that wait for a worker, in any process. */
    public RunQueue queue() {
        return waiting;
    }

    @Override
    public CompletionStage<CreateResult> create(NewRun asked) {
        return creation.create(asked);
    }

    /** A run of this process's making is there: what depends on it begins before whoever asked for it is told. */
    private CompletionStage<Run> created(StoredRun run) {
        copies.created(run);
        observer.opened(run.record());
        deadlines.arm(run.record());
        Run answer = seen(run);
        return !run.record().spec().isOfAgent()
                ? CompletableFuture.completedFuture(answer)
                : waiting.add(run.record()).handle((added, fault) -> {
                    if (fault != null) {
                        LOG.warn("run {} is put into its line at the next sweep: {}", run.runId(), fault.getMessage());
                    }
                    return answer;
                });
    }

    private Run seen(StoredRun run) {
        int readersHere = copies.inMemory(run.runId()).map(RunCopy::readers).orElse(0);
        return new Run(run.record(), run.log().firstHeldSeq(), run.log().heldDataBytes(), readersHere);
    }

    @Override
    public CompletionStage<AppendResult> append(String runId, AppendBatch batch) {
        AppendResult unknown = new AppendResult.UnknownRun();
        return commits.<AppendResult>submitOfWorker(
                        runId, batch.producer(), (run, now) -> machine.append(run, batch, now))
                .thenApply(found -> {
                    found.ifPresent(result -> attempts.told(runId, batch, result));
                    return found.orElse(unknown);
                });
    }

    /** The token is set before anybody is told that the cancel was taken, and again each time it is asked for. */
    @Override
    public CompletionStage<Optional<RunState>> requestCancel(String runId) {
        boolean[] hadEnded = new boolean[1];
        return commits.submit(runId, false, (run, now) -> {
                    hadEnded[0] = run.isEnded();
                    return machine.requestCancel(run, now);
                })
                .thenCompose(state -> state.isEmpty() || hadEnded[0]
                        ? CompletableFuture.completedFuture(state)
                        : index.announceStop(runId).thenApply(announced -> state));
    }

    @Override
    public CompletionStage<Optional<RunRecord>> beginAttempt(String runId) {
        return commits.submitBegin(runId, machine::beginAttempt)
                .thenApply(found -> found.flatMap(Function.identity()))
                .thenApply(begun -> {
                    begun.ifPresent(attempts::begun);
                    waiting.decided(runId);
                    return begun;
                });
    }

    @Override
    public CompletionStage<Optional<RunState>> loseWorker(String runId, int attempt, String message) {
        return commits.submit(runId, false, (run, now) -> machine.loseWorker(run, attempt, message, now));
    }

    /** What this process has changed, before whoever asked for it is told. */
    private void changed(RunCopy copy, RunRecord before, RunRecord after) {
        if (after.isEnded() && !before.isEnded()) {
            deadlines.disarm(after.runId());
            attempts.changed(after);
            logged(
                    "the list of ended runs",
                    index.ended(
                            after.runId(),
                            after.spec().idempotencyKey(),
                            after.endedAtMillis() + settings.retainEnded().toMillis(),
                            settings.retainEnded().plus(RedisPorts.AFTER_RETENTION)));
        } else if (after.state() != before.state()) {
            deadlines.arm(after);
            attempts.changed(after);
            if (after.state() == RunState.RETRYING && after.spec().isOfAgent()) {
                logged("the line of " + after.spec().agent(), waiting.add(after));
            }
            if (after.stop().isRequested() && !before.stop().isRequested()) {
                logged("a cancel token", index.announceStop(after.runId()));
            }
        }
    }

    private static void logged(String what, CompletionStage<?> stage) {
        stage.whenComplete((done, fault) -> {
            if (fault != null) {
                LOG.warn("{} could not be written, and is mended at the next sweep: {}", what, fault.getMessage());
            }
        });
    }

    @Override
    public CompletionStage<Optional<Run>> find(String runId) {
        return authority.load(runId).thenApply(found -> found.map(this::seen));
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findInput(String runId) {
        return authority.input(runId);
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findEnd(String runId) {
        return authority
                .load(runId)
                .thenCompose(found -> found.isPresent() && found.get().record().isEnded()
                        ? authority
                                .events(
                                        runId,
                                        found.get().log().epoch(),
                                        found.get().log().lastSeq(),
                                        1)
                                .thenApply(events -> events.stream().findFirst().map(event -> event.data()))
                        : CompletableFuture.completedFuture(Optional.empty()));
    }

    @Override
    public CompletionStage<RunListing> list(RunQuery query) {
        return new Listing(authority, index, query).runs().thenApply(found -> {
            boolean more = found.size() > query.limit();
            List<StoredRun> page = more ? found.subList(0, query.limit()) : found;
            return new RunListing(page.stream().map(this::seen).toList(), more);
        });
    }

    @Override
    public CompletionStage<Optional<FollowedRun>> follow(String runId) {
        if (closed) {
            return CompletableFuture.failedFuture(new StoreUnavailableException("the store is closed"));
        }
        return copies.follow(runId).thenApply(found -> found.map(copy -> new Followed(copy, this)));
    }

    /** Nothing: what waits is in the queue, and a worker that died is missed by its lease. */
    @Override
    public CompletionStage<List<RunRecord>> unfinished() {
        return CompletableFuture.completedFuture(List.of());
    }

    /** Nothing: how long workers could reach some process is known to all of them. */
    @Override
    public void serving() {}

    @Override
    public void drain() {
        readers.drain();
        deadlines.drain();
    }

    private final class EventsInRedis implements ColdReads.Source<RunCopy> {
        @Override
        public long epoch(RunCopy copy) {
            return copy.log().epoch();
        }

        /** Where the event is not held any more the copy is behind. */
        @Override
        public CompletionStage<List<EventPage.StoredEvent>> events(RunCopy copy, long fromSeq, int maxBytes) {
            return authority
                    .events(copy.runId(), copy.log().epoch(), fromSeq, maxBytes)
                    .thenCompose(events -> events.isEmpty()
                            ? copies.load(copy).thenApply(isThere -> events)
                            : CompletableFuture.completedFuture(events));
        }
    }

    CompletionStage<EventPage> fetch(RunCopy copy, long fromSeq, int maxBytes) {
        return coldReads.fetch(copy, fromSeq, maxBytes);
    }

    void readerCame(RunCopy copy) {
        readers.came(copy);
    }

    void readerLeft(RunCopy copy) {
        readers.left(copy);
    }

    void letGo(RunCopy copy) {
        copies.endFollow(copy);
    }

    private void keepHouse() {
        if (closed) {
            return;
        }
        timers.schedule(COMPARE_MILLIS, this::keepHouse);
        budget.sweep();
        copies.compareAll();
        copies.tidy();
        copies.forEach(this::keepIfRead);
    }

    private void keepIfRead(RunCopy copy) {
        RunRecord run = copy.record();
        long now = clock.millis();
        boolean isOver = run.isEnded()
                && now + KEEP_MILLIS
                        >= run.endedAtMillis() + settings.retainEnded().toMillis();
        if (isOver && copy.isFollowed()) {
            authority.keep(copy.runId(), now + KEEP_MILLIS, KEPT_AT_LEAST);
        }
    }

    @Override
    public StoreHealth health() {
        return closed ? new StoreHealth(false, "the store is closed") : ports.health();
    }

    @Override
    public StoreGauges gauges() {
        Map<RunState, Integer> here = new EnumMap<>(RunState.class);
        long[] sums = new long[2];
        copies.forEach(copy -> {
            if (!copy.record().isEnded()) {
                here.merge(copy.record().state(), 1, Integer::sum);
            }
            sums[0] += copy.log().heldDataBytes();
            sums[1] += copy.log().evictedEvents();
        });
        long evicted = evictedTold.accumulateAndGet(sums[1], Math::max);
        return new StoreGauges(sweep.counted().orElse(here), sums[0], budget.usedBytes(), budget.limitBytes(), evicted);
    }

    @Override
    public void close() {
        attempts.close();
        closed = true;
        commits.close();
        deadlines.close();
        readers.close();
        sweep.close();
        coldReads.close();
        waiting.leave().exceptionally(fault -> null);
        copies.close();
        ports.close();
        budget.sweep();
    }
}

package dev.runstream.store.redis;

import dev.runstream.core.log.CacheRelief;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.run.Telling;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies that this process has of runs, and how they are kept from falling behind: messages bring what is new, but
 * nothing rests on them. Whoever begins to read compares the copy with the end of the log in Redis first, and so does
 * {@link #compareAll} every few seconds with each that is read.
 *
 * <p>Safe for any thread.
 */
final class RunCopies implements Authority.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RunCopies.class);
    /** A message that is on its way is waited for so long before the run is loaded instead. */
    private static final long MESSAGE_MILLIS = 250;
    /** A copy that nobody has held for so long goes. */
    private static final long IDLE_MILLIS = 30_000;

    // immutable
    private final String node;
    private final Authority authority;
    private final MemoryBudget budget;
    private final InstantSource clock;
    private final Timers timers;
    private final Telling telling;
    private final CacheRelief relief;
    private final Follows follows;

    // shared
    private final Map<String, RunCopy> copies = new ConcurrentHashMap<>();
    private volatile boolean closed;

    RunCopies(
            String node,
            Authority authority,
            MemoryBudget budget,
            InstantSource clock,
            Timers timers,
            Telling telling) {
        this.node = node;
        this.authority = authority;
        this.budget = budget;
        this.clock = clock;
        this.timers = timers;
        this.telling = telling;
        relief = new CacheRelief(budget, action -> forEach(copy -> action.accept(copy.log(), copy.isFollowed())));
        follows = new Follows(authority);
    }

    void forEach(Consumer<RunCopy> action) {
        copies.values().forEach(action);
    }

    Optional<RunCopy> inMemory(String runId) {
        return Optional.ofNullable(copies.get(runId));
    }

    /** A run that this process has just created. */
    void created(StoredRun run) {
        if (closed) {
            return;
        }
        RunCopy copy = new RunCopy(run, budget, relief, timers.nowMillis());
        RunCopy before = copies.put(run.runId(), copy);
        if (before != null) {
            before.reset();
        }
    }

    /** Holds a run's copy, loading it first where there is none; empty for no such run. */
    CompletionStage<Optional<RunCopy>> hold(String runId) {
        RunCopy here = copies.get(runId);
        if (here != null && here.tryHold()) {
            return CompletableFuture.completedFuture(Optional.of(here));
        }
        if (closed) {
            return CompletableFuture.failedFuture(new StoreUnavailableException("the store is closed"));
        }
        return authority
                .load(runId)
                .thenCompose(stored -> stored.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : holdLoaded(stored.get()));
    }

    private CompletionStage<Optional<RunCopy>> holdLoaded(StoredRun stored) {
        RunCopy copy =
                copies.computeIfAbsent(stored.runId(), id -> new RunCopy(stored, budget, relief, timers.nowMillis()));
        if (copy.tryHold()) {
            return CompletableFuture.completedFuture(Optional.of(copy));
        }
        // Whoever dropped it has not come to remove it yet.
        copies.remove(stored.runId(), copy);
        return hold(stored.runId());
    }

    void letGo(RunCopy copy) {
        copy.letGo(timers.nowMillis());
    }

    /** Does something with a run, whose copy is held until that is done; empty for no such run. */
    <T> CompletionStage<Optional<T>> with(String runId, Function<RunCopy, CompletionStage<Optional<T>>> action) {
        return hold(runId)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : action.apply(found.get()).whenComplete((outcome, fault) -> letGo(found.get())));
    }

    /** Holds a run's copy to read it, as new as the run was in Redis after this call; empty for no such run. */
    CompletionStage<Optional<RunCopy>> follow(String runId) {
        return hold(runId)
                .thenCompose(found ->
                        found.isEmpty() ? CompletableFuture.completedFuture(Optional.empty()) : begin(found.get()));
    }

    private CompletionStage<Optional<RunCopy>> begin(RunCopy copy) {
        copy.countFollow(1);
        return follows.begin(copy.runId())
                .handle((begun, fault) -> {
                    if (fault == null) {
                        return compareBegun(copy);
                    }
                    copy.countFollow(-1);
                    letGo(copy);
                    return CompletableFuture.<Optional<RunCopy>>failedFuture(fault);
                })
                .thenCompose(Function.identity());
    }

    private CompletionStage<Optional<RunCopy>> compareBegun(RunCopy copy) {
        return compare(copy)
                .handle((isThere, fault) -> {
                    if (fault == null && isThere && !copy.isReset()) {
                        return CompletableFuture.completedFuture(Optional.of(copy));
                    }
                    endFollow(copy);
                    if (fault != null) {
                        return CompletableFuture.<Optional<RunCopy>>failedFuture(fault);
                    }
                    // It was made anew, or is gone.
                    return isThere
                            ? follow(copy.runId()).toCompletableFuture()
                            : CompletableFuture.completedFuture(Optional.<RunCopy>empty());
                })
                .thenCompose(Function.identity());
    }

    /** Undoes one {@link #follow}. What was listened to is still listened to for a while, see {@link #tidy}. */
    void endFollow(RunCopy copy) {
        copy.countFollow(-1);
        letGo(copy);
        timers.schedule(closed ? 0 : IDLE_MILLIS, () -> follows.end(copy.runId()));
    }

    /** Brings a copy up to the run as it is in Redis now; false where there is no such run. */
    private CompletionStage<Boolean> compare(RunCopy copy) {
        long shown = copy.log().lastSeq();
        return authority.tail(copy.runId()).thenCompose(tail -> {
            if (tail.isEmpty()) {
                gone(copy);
                return CompletableFuture.completedFuture(false);
            }
            return switch (copy.compare(tail.get(), shown)) {
                case DONE -> CompletableFuture.completedFuture(true);
                case BEHIND -> awaitOrLoad(copy, tail.get());
                case RESET, LOST -> load(copy);
            };
        });
    }

    private CompletionStage<Boolean> awaitOrLoad(RunCopy copy, Authority.Tail tail) {
        CompletableFuture<Boolean> come = new CompletableFuture<>();
        Timers.Timer late = timers.schedule(MESSAGE_MILLIS, () -> come.complete(false));
        copy.reached(tail.lastSeq(), tail.revision()).thenRun(() -> {
            late.cancel();
            come.complete(true);
        });
        return come.thenCompose(inTime -> inTime ? CompletableFuture.completedFuture(true) : load(copy));
    }

    /** Loads the run into its copy; false where there is no such run. */
    CompletionStage<Boolean> load(RunCopy copy) {
        long shown = copy.log().lastSeq();
        return authority.load(copy.runId()).thenCompose(stored -> {
            if (stored.isEmpty()) {
                gone(copy);
                return CompletableFuture.completedFuture(false);
            }
            return take(copy, stored.get(), shown);
        });
    }

    /** Takes over a run as it was seen in Redis; false where there is no such run. */
    CompletionStage<Boolean> take(RunCopy copy, StoredRun stored, long shownSeq) {
        RunCopy.Taken[] taken = new RunCopy.Taken[1];
        telling.tell(() -> taken[0] = copy.loaded(stored, shownSeq));
        return switch (taken[0]) {
            case DONE, BEHIND -> CompletableFuture.completedFuture(true);
            case RESET -> {
                reset(copy);
                yield CompletableFuture.completedFuture(true);
            }
            case LOST -> renewLost(copy, stored);
        };
    }

    /** Redis has less of the run than was shown here: no id may be used again. */
    private CompletionStage<Boolean> renewLost(RunCopy copy, StoredRun stored) {
        LOG.warn(
                "run {}: Redis has lost events: it ends at {}-{}, and {}-{} was shown; its log is made anew",
                copy.runId(),
                stored.log().epoch(),
                stored.log().lastSeq(),
                copy.log().epoch(),
                copy.log().lastSeq());
        return authority
                .renew(copy.runId(), stored.log().epoch(), Optional.of(greaterEpoch(copy, stored)))
                .thenApply(now -> {
                    reset(copy);
                    return now.isPresent();
                });
    }

    /** An epoch that was used neither in Redis nor here. */
    long greaterEpoch(RunCopy copy, StoredRun stored) {
        return Math.max(
                clock.millis(), Math.max(stored.log().epoch(), copy.log().epoch()) + 1);
    }

    /** The log was made anew: who reads has to begin again, with another copy. */
    void reset(RunCopy copy) {
        copies.remove(copy.runId(), copy);
        telling.tell(copy::reset);
    }

    /** The run is not there any more. */
    void gone(RunCopy copy) {
        reset(copy);
    }

    @Override
    public void told(String runId, LiveMessage message) {
        RunCopy copy = copies.get(runId);
        // What this process has committed comes with the answer, in its place among the answers.
        if (copy == null || message.node().equals(node)) {
            return;
        }
        RunCopy.Taken[] taken = new RunCopy.Taken[1];
        telling.tell(() -> taken[0] = copy.told(message));
        if (taken[0] == RunCopy.Taken.BEHIND) {
            loadLogged(copy);
        }
    }

    @Override
    public void renewed(String runId) {
        inMemory(runId).ifPresent(this::loadLogged);
    }

    private void loadLogged(RunCopy copy) {
        load(copy).whenComplete((isThere, fault) -> logFault(copy, fault));
    }

    private static void logFault(RunCopy copy, @org.jspecify.annotations.Nullable Throwable fault) {
        if (fault != null) {
            LOG.debug("run {} could not be looked at, and will be again", copy.runId(), fault);
        }
    }

    @Override
    public void mayHaveMissed() {
        compareAll();
    }

    /** Compares each copy that is read with the end of the log in Redis. */
    void compareAll() {
        forEach(copy -> {
            if (copy.isFollowed() && copy.beginComparing()) {
                compare(copy).whenComplete((isThere, fault) -> {
                    copy.endComparing();
                    logFault(copy, fault);
                });
            }
        });
    }

    /** Drops what nobody has held for a while. */
    void tidy() {
        long since = timers.nowMillis() - IDLE_MILLIS;
        forEach(copy -> {
            if (copy.dropIfIdleSince(since)) {
                copies.remove(copy.runId(), copy);
            }
        });
    }

    /** Drops everything; from now on nothing can be held. */
    void close() {
        closed = true;
        List.copyOf(copies.values()).forEach(RunCopy::close);
        copies.clear();
    }
}

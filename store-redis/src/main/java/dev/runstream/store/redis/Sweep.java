package dev.runstream.store.redis;

import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through all open runs from time to time: mends the lists where a process died between writing a run and listing
 * it, and counts. Each process does it; doing it twice changes nothing.
 */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final long EVERY_MILLIS = 30_000;
    private static final int AT_ONCE = 200;
    /** What is listed and not there may be about to be created. */
    private static final long ABOUT_TO_BE_MILLIS = 60_000;
    /** After that a run whose agent nobody asks for is worth a warning. */
    private static final long LONG_MILLIS = 60_000;

    // immutable
    private final Authority authority;
    private final SharedIndex index;
    private final AgentQueues queues;
    private final WaitingRuns waiting;
    private final UnaskedAgents unasked;
    private final Duration retainEnded;
    private final InstantSource clock;
    private final Timers timers;

    // shared
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile Optional<Map<RunState, Integer>> counted = Optional.empty();
    private volatile boolean closed;

    /** Open runs by their state, and how many of each agent have waited for long. */
    private record Found(Map<RunState, Integer> states, Map<String, Integer> waiting) {}

    Sweep(
            Authority authority,
            SharedIndex index,
            AgentQueues queues,
            WaitingRuns waiting,
            Duration retainEnded,
            InstantSource clock,
            Timers timers) {
        this.authority = authority;
        this.index = index;
        this.queues = queues;
        this.waiting = waiting;
        unasked = new UnaskedAgents(queues);
        this.retainEnded = retainEnded;
        this.clock = clock;
        this.timers = timers;
    }

    void start() {
        timers.schedule(EVERY_MILLIS, this::begin);
    }

    /** Open runs by their state, as they were counted last; empty before the first time. */
    Optional<Map<RunState, Integer>> counted() {
        return counted;
    }

    private void begin() {
        if (closed) {
            return;
        }
        timers.schedule(EVERY_MILLIS, this::begin);
        if (underWay.compareAndSet(false, true)) {
            Found all = new Found(new EnumMap<>(RunState.class), new HashMap<>());
            goOn(0, all).whenComplete((done, fault) -> {
                underWay.set(false);
                if (fault == null) {
                    unasked.look(all.waiting);
                    counted = Optional.of(all.states);
                } else {
                    LOG.debug("the open runs could not be gone through", fault);
                }
            });
        }
    }

    private CompletionStage<Void> goOn(long offset, Found sofar) {
        return index.open(offset, AT_ONCE).thenCompose(places -> {
            CompletionStage<Void> all = CompletableFuture.completedFuture(null);
            for (RunQuery.Place place : places) {
                CompletionStage<Optional<StoredRun>> run = authority.load(place.runId());
                all = all.thenCombine(run, (before, found) -> found).thenCompose(found -> look(place, found, sofar));
            }
            return places.size() < AT_ONCE || closed ? all : all.thenCompose(done -> goOn(offset + AT_ONCE, sofar));
        });
    }

    private CompletionStage<Void> look(RunQuery.Place place, Optional<StoredRun> found, Found sofar) {
        if (found.isEmpty()) {
            long before = clock.millis() - ABOUT_TO_BE_MILLIS;
            return place.createdAtMillis() < before
                    ? index.forget(place.runId(), before, "")
                    : CompletableFuture.completedFuture(null);
        }
        RunRecord run = found.get().record();
        if (run.isEnded()) {
            return index.ended(
                    run.runId(),
                    run.spec().idempotencyKey(),
                    run.endedAtMillis() + retainEnded.toMillis(),
                    retainEnded.plus(RedisPorts.AFTER_RETENTION));
        }
        sofar.states.merge(run.state(), 1, Integer::sum);
        CompletionStage<Void> looked = index.deadlineIfNone(run.runId(), clock.millis());
        boolean waits = run.state().isWaiting() && run.spec().isOfAgent();
        if (waits && clock.millis() - run.spec().createdAtMillis() > LONG_MILLIS) {
            sofar.waiting.merge(run.spec().agent(), 1, Integer::sum);
        }
        return waits ? looked.thenCompose(done -> putIn(found.get())) : looked;
    }

    private CompletionStage<Void> putIn(StoredRun run) {
        CompletionStage<Boolean> isIn = run.queueEntry().isEmpty()
                ? CompletableFuture.completedFuture(false)
                : queues.has(run.record().spec().agent(), run.queueEntry());
        return isIn.thenCompose(in -> in ? CompletableFuture.completedFuture(null) : waiting.add(run.record()));
    }

    void close() {
        closed = true;
    }
}

package dev.runstream.core.execution;

import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The end of a runner's agents: in the last second of the time they have (or half of a shorter time) they are told to
 * stop, so that they can leave a {@code partial}; shortly before the end they are interrupted.
 *
 * <p>Safe for any thread; what is named {@code await} blocks.
 */
final class Drain {
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration AFTER_INTERRUPT = Duration.ofMillis(200);
    /** After the end of the time, so a part of what a process may take to stop besides. */
    private static final long LAST_CALLS_MILLIS = 500;

    private final Timers timers;
    private final Supplier<List<Attempt>> atWork;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    Drain(Timers timers, Supplier<List<Attempt>> atWork) {
        this.timers = timers;
        this.atWork = atWork;
    }

    /** No agent is at work any more. */
    void noneIsLeft() {
        over.complete(null);
    }

    /** Waits until no agent is at work or the time is over. */
    void await(Duration within) {
        Duration told = within.minus(shorter(LAST_WORDS, within.dividedBy(2)));
        Duration pressed = within.minus(shorter(AFTER_INTERRUPT, within.dividedBy(4)));
        List<Timers.Timer> steps = List.of(
                timers.schedule(told.toMillis(), () -> atWork.get().forEach(Attempt::tellOfDrain)),
                timers.schedule(pressed.toMillis(), () -> atWork.get().forEach(Attempt::press)),
                timers.schedule(within.toMillis(), this::noneIsLeft));
        over.join();
        steps.forEach(Timers.Timer::cancel);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** Waits for the outcome of calls, but not long. */
    void awaitAll(List<CompletionStage<?>> calls) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Timers.Timer limit = timers.schedule(LAST_CALLS_MILLIS, () -> done.complete(null));
        CompletableFuture.allOf(
                        calls.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new))
                .whenComplete((all, fault) -> done.complete(null));
        done.join();
        limit.cancel();
    }
}

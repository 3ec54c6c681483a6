package dev.runstream.server;

import dev.runstream.core.log.EventPage;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.ForwardingRunStore;
import dev.runstream.core.run.RunStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * Counts what streams hold of runs, notices whoever gives back twice or uses what he has given back, and lets a test
 * decide what comes of a lookup, of a fetch, and whether the log counts as lost.
 */
final class HoldCountingStore extends ForwardingRunStore {
    final AtomicInteger holds = new AtomicInteger();
    final AtomicInteger readers = new AtomicInteger();
    final AtomicInteger listeners = new AtomicInteger();
    final AtomicInteger misuses = new AtomicInteger();

    volatile BiFunction<FollowedRun, Long, CompletionStage<EventPage>> fetching =
            (run, afterSeq) -> run.fetch(afterSeq, 64 * 1024);
    volatile Optional<CompletionStage<Optional<FollowedRun>>> lookup = Optional.empty();
    volatile boolean reset;

    HoldCountingStore(RunStore store) {
        super(store);
    }

    boolean isUnused() {
        return holds.get() == 0 && readers.get() == 0 && listeners.get() == 0;
    }

    String use() {
        return "holds " + holds + ", readers " + readers + ", listeners " + listeners;
    }

    @Override
    public CompletionStage<Optional<FollowedRun>> follow(String runId) {
        return lookup.orElseGet(() -> follow(runId, store));
    }

    /** What a lookup finds that nothing disturbs. */
    CompletionStage<Optional<FollowedRun>> found(String runId) {
        return follow(runId, store);
    }

    private CompletionStage<Optional<FollowedRun>> follow(String runId, RunStore from) {
        return from.follow(runId)
                .thenApply(found -> found.map(run -> {
                    holds.incrementAndGet();
                    return new Counted(run);
                }));
    }

    private final class Counted extends ForwardingHold {
        private volatile boolean closed;

        Counted(FollowedRun run) {
            super(run);
        }

        private void use() {
            if (closed) {
                misuses.incrementAndGet();
            }
        }

        @Override
        public boolean isReset() {
            use();
            return reset;
        }

        @Override
        public CompletionStage<EventPage> fetch(long afterSeq, int maxBytes) {
            use();
            return fetching.apply(run, afterSeq);
        }

        @Override
        public Listening onChange(Runnable action) {
            use();
            listeners.incrementAndGet();
            Listening listening = run.onChange(action);
            return () -> {
                listeners.decrementAndGet();
                listening.stop();
            };
        }

        @Override
        public void readerCame() {
            use();
            readers.incrementAndGet();
            run.readerCame();
        }

        @Override
        public void readerLeft() {
            use();
            readers.decrementAndGet();
            run.readerLeft();
        }

        @Override
        public void close() {
            use();
            closed = true;
            holds.decrementAndGet();
            run.close();
        }
    }

    /** A stage that never completes. */
    static <T> CompletionStage<T> never() {
        return new CompletableFuture<>();
    }
}

package dev.runstream.store.redis;

import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunMachine;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts that workers of this process are at, for each of which it says every third of a lease that it lives. Safe
 * for any thread.
 */
final class OwnAttempts {
    private static final Logger LOG = LoggerFactory.getLogger(OwnAttempts.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    // immutable
    private final Authority authority;
    private final Commits commits;
    private final RunMachine machine;
    private final InstantSource clock;
    private final Timers timers;
    private final long beatMillis;

    // shared
    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();
    private volatile boolean closed;

    OwnAttempts(
            Authority authority,
            Commits commits,
            RunMachine machine,
            InstantSource clock,
            Timers timers,
            Duration lease) {
        this.authority = authority;
        this.commits = commits;
        this.machine = machine;
        this.clock = clock;
        this.timers = timers;
        beatMillis = Math.max(1, lease.toMillis() / 3);
    }

    void start() {
        timers.schedule(beatMillis, this::beat);
    }

    void begun(RunRecord run) {
        attempts.put(run.runId(), run.attempt());
    }

    /** A run has changed; where it is not worked on any more, there is nothing to renew. */
    void changed(RunRecord run) {
        if (run.isEnded() || run.state().isWaiting()) {
            attempts.remove(run.runId());
        }
    }

    /** A worker was told what became of its events; one that was told that it is over is not spoken for any more. */
    void told(String runId, AppendBatch batch, AppendResult result) {
        Optional<Producer> worker =
                batch.producer().filter(producer -> producer.id().equals(Producer.AGENT));
        boolean isOver = result instanceof AppendResult.Refused refused
                && (refused.refusal() instanceof AppendResult.Refusal.Ended
                        || refused.refusal() instanceof AppendResult.Refusal.StaleProducer);
        if (isOver && worker.isPresent()) {
            attempts.remove(runId, Math.toIntExact(worker.get().epoch()));
        }
    }

    private void beat() {
        if (closed) {
            return;
        }
        timers.schedule(beatMillis, this::beat);
        attempts.forEach(this::renew);
    }

    private void renew(String runId, int attempt) {
        authority.renewLease(runId, attempt, clock.millis()).thenAccept(isAtWork -> {
            if (!isAtWork) {
                attempts.remove(runId, attempt);
            }
        });
    }

    /** Gives up what is still at work, so that others take it up at once and not when its lease runs out. Blocks. */
    void close() {
        closed = true;
        CompletableFuture<?>[] given = attempts.entrySet().stream()
                .map(each -> commits.<RunState>submit(
                                each.getKey(),
                                false,
                                (run, now) -> machine.loseWorker(
                                        run, each.getValue(), "the process that worked on the run was stopped", now))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(given)
                    .orTimeout(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (RuntimeException fault) {
            LOG.warn(
                    "{} runs at work could not be given up; others take them up when their lease runs out",
                    given.length);
        }
    }
}

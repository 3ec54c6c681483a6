package dev.runstream.store.redis;

import dev.runstream.core.run.RunMachine;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The readers of runs that are cancelled when nobody reads them: which processes have some, told to all. Who died with
 * its readers is taken for gone after a while. Safe for any thread.
 */
final class ReaderCounts {
    private static final Duration BELIEVED = Duration.ofSeconds(30);
    private static final long BEAT_MILLIS = 10_000;

    // immutable
    private final Authority authority;
    private final RunCopies copies;
    private final Commits commits;
    private final Deadlines deadlines;
    private final RunMachine machine;
    private final InstantSource clock;
    private final Timers timers;

    // shared
    private volatile boolean draining;
    private volatile boolean closed;

    ReaderCounts(
            Authority authority,
            RunCopies copies,
            Commits commits,
            Deadlines deadlines,
            RunMachine machine,
            InstantSource clock,
            Timers timers) {
        this.authority = authority;
        this.copies = copies;
        this.commits = commits;
        this.deadlines = deadlines;
        this.machine = machine;
        this.clock = clock;
        this.timers = timers;
    }

    void start() {
        timers.schedule(BEAT_MILLIS, this::beat);
    }

    void came(RunCopy copy) {
        copy.countReader(1);
        if (matter(copy)) {
            tellThatThereAreSome(copy);
            if (!copy.record().readerCame()) {
                commits.submit(copy.runId(), false, (run, now) -> machine.readerCame(run));
            }
        }
    }

    void left(RunCopy copy) {
        boolean wasLast = copy.countReader(-1) == 0;
        if (wasLast && matter(copy) && !draining) {
            authority.readers(copy.runId(), 0, clock.millis());
            deadlines.arm(copy.record());
        }
    }

    private static boolean matter(RunCopy copy) {
        return copy.record().spec().cancelOnDisconnect() && !copy.record().isEnded();
    }

    private void tellThatThereAreSome(RunCopy copy) {
        long now = clock.millis();
        authority.readers(copy.runId(), now + BELIEVED.toMillis(), now);
    }

    private void beat() {
        if (closed) {
            return;
        }
        timers.schedule(BEAT_MILLIS, this::beat);
        copies.forEach(copy -> {
            if (copy.readers() > 0 && matter(copy)) {
                tellThatThereAreSome(copy);
            }
        });
    }

    /** From now on no reader's leaving counts. */
    void drain() {
        draining = true;
    }

    void close() {
        closed = true;
    }
}

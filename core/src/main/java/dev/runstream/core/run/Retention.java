package dev.runstream.core.run;

import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Deletes ended runs when their time is over, unless somebody reads them. Safe for any thread. */
final class Retention {
    private static final int MOST_AT_ONCE = 1_000;

    private final RunArchive archive;
    private final LiveRuns live;
    private final long retainMillis;
    private final InstantSource clock;
    /** How often it was asked for since the round under way began, that one counted; 0 where none is. */
    private final AtomicInteger asked = new AtomicInteger();

    Retention(RunArchive archive, LiveRuns live, RunSettings settings, InstantSource clock) {
        this.archive = archive;
        this.live = live;
        this.retainMillis = settings.retainEnded().toMillis();
        this.clock = clock;
    }

    /** Begins a round. Where the last one is not done yet, such as with a slow disk, another only follows it. */
    void expire() {
        if (asked.getAndIncrement() == 0) {
            expireOnce();
        }
    }

    /** Deletes what may go now, where an archive has no more room for a new run; whether anything went. */
    CompletionStage<Boolean> makeRoom() {
        LiveRuns.Deletion deletion = live.deletion();
        return archive.expire(clock.millis() - retainMillis, MOST_AT_ONCE, deletion::mayGo)
                .whenComplete((gone, fault) -> deletion.ended())
                .thenApply(gone -> !gone.isEmpty());
    }

    private void expireOnce() {
        int askedBefore = asked.get();
        LiveRuns.Deletion deletion = live.deletion();
        archive.expire(clock.millis() - retainMillis, MOST_AT_ONCE, deletion::mayGo)
                .whenComplete((gone, fault) -> {
                    deletion.ended();
                    if (!asked.compareAndSet(askedBefore, 0)) {
                        expireOnce();
                    }
                });
    }
}

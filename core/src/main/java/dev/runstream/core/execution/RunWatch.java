package dev.runstream.core.execution;

import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.time.Timers;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows one run for the attempt that works on it, and tells whether it is that attempt's still. It follows anew where
 * the store has lost the log that was followed: that one tells of nothing any more, not even of a cancel.
 *
 * <p>Safe for any thread; never blocks. Closing it lets go of the run.
 */
final class RunWatch implements AutoCloseable {
    private static final long FOLLOW_AGAIN_MILLIS = 1_000;

    // immutable
    private final RunStore store;
    private final Timers timers;
    private final String runId;

    // under this object's lock
    private FollowedRun.@Nullable Listening listening;
    private @Nullable Runnable action;
    private boolean following;
    private boolean closed;

    // shared: written by one call to the store at a time
    private volatile FollowedRun followed;
    private volatile boolean gone;
    // shared: written once
    private volatile @Nullable RunRecord begun;

    RunWatch(RunStore store, Timers timers, FollowedRun followed) {
        this.store = store;
        this.timers = timers;
        this.followed = followed;
        runId = followed.record().runId();
    }

    /** The attempt has begun, and the run was this then. */
    void began(RunRecord run) {
        begun = run;
    }

    /** The run as it was last seen. What is followed may be behind what the attempt was told when it began. */
    RunRecord record() {
        RunRecord seen = followed.record();
        RunRecord first = begun;
        return first != null && isOlder(seen, first) ? first : seen;
    }

    private static boolean isOlder(RunRecord run, RunRecord other) {
        return run.epoch() < other.epoch() || (run.epoch() == other.epoch() && run.lastSeq() < other.lastSeq());
    }

    /** Whether the run is the attempt's no more: it has ended, is another's or waits for another, or is not known. */
    boolean isLost() {
        RunRecord first = begun;
        RunRecord run = record();
        return first != null && (gone || run.isEnded() || run.state().isWaiting() || run.attempt() != first.attempt());
    }

    /** Has an action called after each change from now on, on a thread that it must not hold up; to be called once. */
    void listen(Runnable onChange) {
        FollowedRun.Listening heard = followed.onChange(this::changed);
        synchronized (this) {
            action = onChange;
            listening = heard;
        }
        followAgainIfReset();
    }

    void stopListening() {
        FollowedRun.Listening heard;
        synchronized (this) {
            action = null;
            heard = listening;
            listening = null;
        }
        if (heard != null) {
            heard.stop();
        }
    }

    private void changed() {
        followAgainIfReset();
        tell();
    }

    private void tell() {
        Runnable told;
        synchronized (this) {
            told = action;
        }
        if (told != null) {
            told.run();
        }
    }

    private void followAgainIfReset() {
        synchronized (this) {
            if (closed || gone || following || !followed.isReset()) {
                return;
            }
            following = true;
        }
        store.follow(runId).whenComplete((found, fault) -> {
            if (fault == null) {
                found(found);
            } else {
                timers.schedule(FOLLOW_AGAIN_MILLIS, this::tryAgain);
            }
        });
    }

    private void tryAgain() {
        synchronized (this) {
            following = false;
        }
        followAgainIfReset();
    }

    private void found(Optional<FollowedRun> found) {
        if (found.isPresent()) {
            goOnWith(found.get());
        } else {
            gone = true;
        }
        changed();
    }

    private void goOnWith(FollowedRun fresh) {
        FollowedRun.Listening heard = fresh.onChange(this::changed);
        FollowedRun.Listening unheard;
        FollowedRun left;
        synchronized (this) {
            following = false;
            boolean isWanted = action != null;
            left = closed ? fresh : followed;
            unheard = isWanted ? listening : heard;
            if (!closed) {
                followed = fresh;
            }
            if (isWanted) {
                listening = heard;
            }
        }
        if (unheard != null) {
            unheard.stop();
        }
        left.close();
    }

    @Override
    public void close() {
        stopListening();
        FollowedRun last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = followed;
        }
        last.close();
    }
}

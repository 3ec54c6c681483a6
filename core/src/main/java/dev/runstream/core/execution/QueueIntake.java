package dev.runstream.core.execution;

import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.time.Timers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes runs from a {@link SharedQueue}, only while there are free places for them here: a run that would have to wait
 * stays for whoever has room. It asks when something may have arrived, when a place may have become free, and every
 * second, since neither hint is certain to come; one call at a time.
 *
 * <p>Safe for any thread; never blocks. Of what it calls only {@code freePlaces} is called under its lock.
 */
final class QueueIntake {
    private static final Logger LOG = LoggerFactory.getLogger(QueueIntake.class);
    private static final long ASK_EVERY_MILLIS = 1_000;
    /** So much of the room is asked for at once, so that a burst is shared with others that have room. */
    private static final int SHARE = 4;

    // immutable
    private final SharedQueue shared;
    private final Timers timers;
    private final IntSupplier freePlaces;
    private final Consumer<String> taken;

    // under this object's lock
    private FollowedRun.@Nullable Listening arrivals;
    private Timers.@Nullable Timer nextAsking;
    private boolean stopped;
    private boolean asking;
    /** Whether there was a reason to ask while a call was under way. */
    private boolean askAgain;

    private boolean isAway;

    /**
     * @param freePlaces how many runs may be taken now
     * @param taken is given each run that was taken, which then has one of these places
     */
    QueueIntake(SharedQueue shared, Timers timers, IntSupplier freePlaces, Consumer<String> taken) {
        this.shared = shared;
        this.timers = timers;
        this.freePlaces = freePlaces;
        this.taken = taken;
    }

    /** Begins to ask. */
    void start() {
        FollowedRun.Listening listening = shared.queue().onArrival(this::ask);
        boolean isLate;
        synchronized (this) {
            arrivals = listening;
            isLate = stopped;
        }
        if (isLate) {
            listening.stop();
        } else {
            askAndGoOn();
        }
    }

    private void askAndGoOn() {
        synchronized (this) {
            if (stopped) {
                return;
            }
            nextAsking = timers.schedule(ASK_EVERY_MILLIS, this::askAndGoOn);
        }
        ask();
    }

    /** There may be something to take, or room for it. */
    void ask() {
        int most;
        synchronized (this) {
            if (stopped || asking) {
                askAgain = asking;
                return;
            }
            // What was taken before has its places by now, since only one call is under way.
            int places = freePlaces.getAsInt();
            if (places <= 0) {
                return;
            }
            most = Math.ceilDiv(places, SHARE);
            asking = true;
            askAgain = false;
        }
        take(most).whenComplete((runIds, fault) -> {
            if (fault != null) {
                failed(fault);
                return;
            }
            try {
                runIds.forEach(taken);
            } finally {
                answered(runIds.size() >= most);
            }
        });
    }

    private CompletionStage<List<String>> take(int most) {
        try {
            return shared.queue().take(shared.agents(), most);
        } catch (RuntimeException fault) {
            return CompletableFuture.failedFuture(fault);
        }
    }

    private void answered(boolean mayBeMore) {
        boolean again;
        synchronized (this) {
            asking = false;
            isAway = false;
            again = askAgain || mayBeMore;
        }
        if (again) {
            ask();
        }
    }

    /** It is asked again in its time, and not at once. */
    private void failed(Throwable fault) {
        boolean isNews;
        synchronized (this) {
            asking = false;
            isNews = !isAway;
            isAway = true;
        }
        if (isNews) {
            LOG.warn("no runs can be taken: {}", fault.getMessage());
        }
    }

    /** Takes nothing more. What a call under way brings is still handed on. */
    void stop() {
        FollowedRun.Listening listening;
        Timers.Timer timer;
        synchronized (this) {
            stopped = true;
            listening = arrivals;
            timer = nextAsking;
        }
        if (listening != null) {
            listening.stop();
        }
        if (timer != null) {
            timer.cancel();
        }
    }
}

package dev.runstream.core.run;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.log.OutOfSlabsException;
import dev.runstream.core.time.Timers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run that is in memory: its latest stored record, its log, and who listens. */
public final class LiveRun {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRun.class);
    private static final long UNKNOWN = Long.MAX_VALUE;

    // immutable
    private final EventLog log;
    private final Published published;

    // shared: written by whoever publishes, one at a time
    private volatile RunRecord record;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    // shared: when the worker elsewhere was last heard of, by the timers' clock as all times here
    private volatile long heardOfMillis;

    // under this object's lock
    private long startedMillis = UNKNOWN;
    private long stopAskedMillis = UNKNOWN;
    private int holds;
    private boolean dropped;
    private boolean hasLeft;
    private int readers;
    /** Whether a reader came since the run is in memory; its record says so only once that is stored. */
    private boolean readerCameHere;

    private long readersGoneSinceMillis;
    private long armedForMillis = Long.MAX_VALUE;
    private Timers.@Nullable Timer timer;

    /** Is told of each change, on the thread that publishes. */
    interface Published {
        /** Events are about to go into the log. */
        void coming(LiveRun run, List<NewEvent> events);

        void changed(LiveRun run, RunRecord before, RunRecord after);
    }

    /** One registration. It ends once, since the same action may be registered again. */
    private final class Registration implements FollowedRun.Listening {
        private final Runnable action;
        private final AtomicBoolean stopped = new AtomicBoolean();

        Registration(Runnable action) {
            this.action = action;
        }

        @Override
        public void stop() {
            if (!stopped.getAndSet(true)) {
                listeners.remove(action);
            }
        }
    }

    LiveRun(RunRecord record, EventLog log, long nowMillis, Published published) {
        this.record = record;
        this.log = log;
        this.published = published;
        heardOfMillis = nowMillis;
        readersGoneSinceMillis = nowMillis;
    }

    public RunRecord record() {
        return record;
    }

    public EventLog log() {
        return log;
    }

    /**
     * Makes a stored decision visible to readers. Called by the archive in the order of its decisions.
     *
     * @throws OutOfSlabsException if there is no memory and only memory holds events; nothing has changed
     */
    public void publish(Decision<?> stored) {
        RunRecord before = record;
        if (stored.events().isEmpty()) {
            record = stored.record();
        } else {
            published.coming(this, stored.events());
            publishEvents(stored);
        }
        try {
            if (!before.equals(stored.record())) {
                published.changed(this, before, stored.record());
            }
        } finally {
            if (!stored.events().isEmpty()) {
                listeners.forEach(this::tell);
            }
        }
    }

    /** The record goes first, so that whoever has read an event also sees the state that it brought. */
    private void publishEvents(Decision<?> stored) {
        synchronized (log) {
            long lastSeq = log.lastSeq() + stored.events().size();
            if (lastSeq != stored.record().lastSeq()) {
                throw new IllegalStateException(
                        "events up to " + stored.record().lastSeq() + " would stand in the log up to " + lastSeq);
            }
            log.reserve(stored.events());
            record = stored.record();
            log.append(stored.events());
        }
    }

    /** What is stored is stored: one listener's fault is neither the worker's nor the other listeners'. */
    private void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException | Error fault) {
            LOG.warn("a listener of run {} failed", record.runId(), fault);
        }
    }

    FollowedRun.Listening onChange(Runnable action) {
        listeners.add(action);
        return new Registration(action);
    }

    Run snapshot() {
        RunRecord seen = record;
        return new Run(seen, log.firstHeldSeq(), log.heldDataBytes(), readers());
    }

    /** Writes it only where it changes, since each write has to be seen by all cores at once. */
    void heardOf(long nowMillis) {
        if (heardOfMillis != nowMillis) {
            heardOfMillis = nowMillis;
        }
    }

    /** Keeps the run in memory; false when it has left already. */
    synchronized boolean tryHold() {
        if (dropped) {
            return false;
        }
        holds++;
        return true;
    }

    /** Undoes one hold. */
    synchronized void letGo() {
        holds--;
    }

    /** Marks the run as gone from memory, unless somebody holds it. */
    synchronized boolean tryDrop() {
        if (holds > 0 || dropped) {
            return false;
        }
        dropped = true;
        return true;
    }

    /** Notes that it leaves memory; false where that was noted before. */
    synchronized boolean leave() {
        boolean first = !hasLeft;
        hasLeft = true;
        return first;
    }

    synchronized boolean isHeld() {
        return holds > 0;
    }

    synchronized int readers() {
        return readers;
    }

    synchronized void readerCame() {
        readers++;
        readerCameHere = true;
    }

    synchronized void readerLeft(long nowMillis) {
        readers--;
        readersGoneSinceMillis = nowMillis;
    }

    /**
     * Since when the time of its deadlines runs. What the record tells by the wall clock is turned into the timers' time
     * once, when it is first seen, so that setting the wall clock moves no deadline.
     *
     * @param wallMillis the wall clock's time now
     * @param nowMillis the timers' time now
     */
    synchronized RunMachine.Since since(long wallMillis, long nowMillis) {
        RunRecord run = record;
        if (startedMillis == UNKNOWN && run.startedAtMillis() != 0) {
            startedMillis = nowMillis - Math.max(0, wallMillis - run.startedAtMillis());
        }
        if (stopAskedMillis == UNKNOWN && run.stop().isRequested()) {
            stopAskedMillis = nowMillis - Math.max(0, wallMillis - run.stop().atMillis());
        }
        boolean alone = (readerCameHere || run.readerCame()) && readers == 0;
        return new RunMachine.Since(
                startedMillis, stopAskedMillis, heardOfMillis, alone ? readersGoneSinceMillis : Long.MAX_VALUE);
    }

    /** Has the task called by a certain time, unless it will be called before that anyway, or the run has ended. */
    synchronized void armFor(long dueMillis, long nowMillis, Timers timers, Runnable task) {
        if (dueMillis >= armedForMillis || record.isEnded()) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        armedForMillis = dueMillis;
        timer = timers.schedule(dueMillis - nowMillis, task);
    }

    /** The task has been called, or is not to be. */
    synchronized void disarm() {
        if (timer != null) {
            timer.cancel();
        }
        timer = null;
        armedForMillis = Long.MAX_VALUE;
    }
}

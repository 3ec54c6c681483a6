package dev.runstream.core.testing;

import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.run.FollowedRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A reader of a run as the server's connections are: a position, a wake-up, and reads until caught up. It fails on a
 * hole it was not told of, a repeat, or a change of order.
 *
 * <p>For one thread, but for the wake-ups.
 */
public final class LogReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FollowedRun followed;
    private final FollowedRun.Listening listening;
    private final Semaphore wakeUps = new Semaphore(0);
    private final int maxBytes;
    private final List<SeenEvent> events = new ArrayList<>();
    private final List<LogRead.Gap> gaps = new ArrayList<>();
    private long position;

    /** Stands after a seq; 0 for the beginning. */
    public LogReader(FollowedRun followed, long afterSeq, int maxBytes) {
        this.followed = followed;
        this.position = afterSeq;
        this.maxBytes = maxBytes;
        listening = followed.onChange(wakeUps::release);
    }

    public LogReader(FollowedRun followed) {
        this(followed, 0, 4096);
    }

    public FollowedRun followed() {
        return followed;
    }

    /** All that was delivered so far. */
    public List<SeenEvent> events() {
        return Collections.unmodifiableList(events);
    }

    /** All holes it was told of so far. */
    public List<LogRead.Gap> gaps() {
        return Collections.unmodifiableList(gaps);
    }

    public long position() {
        return position;
    }

    /** Reads until caught up, or the log is none any more, and returns all that was delivered so far. */
    public List<SeenEvent> drain() {
        while (step()) {}
        return events();
    }

    /** Reads until the terminal event, waiting for wake-ups and nothing else. */
    public List<SeenEvent> readToEnd() {
        return readUntil(() -> !events.isEmpty() && events.getLast().type().isTerminal());
    }

    /** Reads until an event of this seq was delivered. */
    public List<SeenEvent> readUntilSeq(long seq) {
        return readUntil(() -> position >= seq);
    }

    private List<SeenEvent> readUntil(java.util.function.BooleanSupplier done) {
        drain();
        while (!done.getAsBoolean()) {
            awaitWakeUp();
            drain();
        }
        return events();
    }

    private void awaitWakeUp() {
        try {
            if (!wakeUps.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nobody woke the reader at " + position + " of "
                        + followed.log().lastSeq() + ", " + followed.record());
            }
            wakeUps.drainPermits();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", stopped);
        }
    }

    /** How often it was woken and has not looked at it. */
    public int pendingWakeUps() {
        return wakeUps.availablePermits();
    }

    private boolean step() {
        if (followed.isReset()) {
            return false;
        }
        long before = position;
        LogRead read = followed.log().read(before, maxBytes, (slab, offset, length) -> {
            byte[] bytes = new byte[length];
            slab.read(offset, bytes, 0, length);
            deliver(bytes);
        });
        switch (read) {
            case LogRead.CaughtUp caughtUp -> {
                return false;
            }
            case LogRead.Slice slice -> require(slice.lastSeq() == position, "a slice up to " + slice.lastSeq());
            case LogRead.Gap gap -> {
                require(gap.fromSeq() == before + 1 && gap.toSeq() >= gap.fromSeq(), "a gap of " + gap);
                gaps.add(gap);
                position = gap.toSeq();
            }
            case LogRead.Absent absent -> fetch();
        }
        return true;
    }

    private void fetch() {
        EventPage page = Stages.await(followed.fetch(position, maxBytes));
        try {
            byte[] bytes = new byte[page.length()];
            page.slab().read(0, bytes, 0, bytes.length);
            deliver(bytes);
            require(page.isEmpty() || page.lastSeq() == position, "a page up to " + page.lastSeq());
        } finally {
            page.release();
        }
    }

    private void deliver(byte[] encoded) {
        for (SeenEvent event : SeenEvent.parse(encoded)) {
            require(event.seq() == position + 1, "event " + event.id());
            require(event.id().epoch() == followed.log().epoch(), "event " + event.id());
            events.add(event);
            position = event.seq();
        }
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what + " came at position " + position);
        }
    }

    @Override
    public void close() {
        listening.stop();
        followed.close();
    }
}

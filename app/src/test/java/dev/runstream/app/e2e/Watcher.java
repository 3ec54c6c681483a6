package dev.runstream.app.e2e;

import dev.runstream.client.RunStream;
import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Walks a run's stream by the Java client on a thread of its own, and notes what comes and when. Safe for any thread. */
final class Watcher implements AutoCloseable {
    private static final long MOST_SECONDS = 60;

    private final RunStream stream;
    private final Thread walking;

    // under this object's lock
    private final List<Seen> seen = new ArrayList<>();
    private boolean over;
    private @Nullable RuntimeException fault;

    /** @param nanos when it came, by {@link System#nanoTime} */
    record Seen(StreamItem item, long nanos) {
        private Optional<StreamEvent> event() {
            return item instanceof StreamEvent event ? Optional.of(event) : Optional.empty();
        }
    }

    Watcher(RunStream stream) {
        this.stream = stream;
        walking = Thread.ofVirtual().start(this::walk);
    }

    private void walk() {
        try {
            for (StreamItem item : stream) {
                add(new Seen(item, System.nanoTime()));
            }
        } catch (RuntimeException failed) {
            synchronized (this) {
                fault = failed;
            }
        }
        synchronized (this) {
            over = true;
            notifyAll();
        }
    }

    private synchronized void add(Seen next) {
        seen.add(next);
        notifyAll();
    }

    /** The first of all items that is wanted, once it is there. */
    synchronized Seen await(String what, Predicate<StreamItem> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        int looked = 0;
        while (true) {
            for (; looked < seen.size(); looked++) {
                if (wanted.test(seen.get(looked).item())) {
                    return seen.get(looked);
                }
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (over || left <= 0) {
                throw new AssertionError("no " + what + " came, but " + seen, fault);
            }
            wait(left);
        }
    }

    StreamEvent awaitEvent(String what, Predicate<StreamEvent> wanted) throws InterruptedException {
        return (StreamEvent) await(what, item -> item instanceof StreamEvent event && wanted.test(event))
                .item();
    }

    /** The first event of this name. */
    StreamEvent awaitFirst(String event) throws InterruptedException {
        return awaitEvent(event, next -> next.event().equals(event));
    }

    /** The first status of this state. */
    StreamEvent awaitState(String state) throws InterruptedException {
        return awaitEvent(state, event -> isStatus(event, "state", state));
    }

    /** The status by which an attempt begins. */
    StreamEvent awaitAttempt(int attempt) throws InterruptedException {
        return awaitEvent("attempt " + attempt, event -> isStatus(event, "attempt", Integer.toString(attempt)));
    }

    static boolean isStatus(StreamEvent event, String field, String value) {
        return event.event().equals("status")
                && event.data().tree().path(field).asText().equals(value);
    }

    /** The terminal event, once the walk is over. */
    StreamEvent awaitEnd() throws InterruptedException {
        StreamEvent end = awaitEvent("end", StreamEvent::isTerminal);
        walking.join();
        return end;
    }

    synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    List<StreamEvent> events() {
        return seen().stream().flatMap(item -> item.event().stream()).toList();
    }

    /** What its events carry, those of one name only. */
    List<String> data(String event) {
        return events().stream()
                .filter(next -> next.event().equals(event))
                .map(next -> next.data().text())
                .toList();
    }

    /** Items that tell of something lost, of which a stream without a fault has none. */
    List<StreamItem> losses() {
        return seen().stream()
                .map(Seen::item)
                .filter(item -> item instanceof StreamItem.Gap
                        || item instanceof StreamItem.Reset
                        || item instanceof StreamItem.Oversized)
                .toList();
    }

    @Override
    public void close() {
        stream.close();
    }
}

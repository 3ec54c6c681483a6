package dev.runstream.app.cli;

import dev.runstream.client.RunState;
import dev.runstream.client.RunStream;
import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Walks a run's stream on a thread of its own and shows it on the calling one, which so also keeps the clock on the
 * screen going and tells what Ctrl-C did.
 */
final class Follower {
    private static final int ITEMS_AHEAD = 256;
    private static final long TICK_MILLIS = 100;

    private final RunStream stream;
    private final FollowView view;
    private final BlockingQueue<Happening> inbox = new ArrayBlockingQueue<>(ITEMS_AHEAD);

    Follower(RunStream stream, FollowView view) {
        this.stream = stream;
        this.view = view;
    }

    /** Has the view tell something as soon as it can. From any thread; may block while the output does. */
    void note(String text) {
        put(new Note(text));
    }

    /** Ends following before the run ends. From any thread. */
    void stop() {
        put(new Over());
    }

    /**
     * Follows to the end.
     *
     * @return how the run ended; empty if {@link #stop} came first, or the run had nothing more to say
     * @throws dev.runstream.client.RunstreamException if following failed
     * @throws OutputClosedException if nobody reads the output any more
     * @throws OutputFailedException if the output cannot be written
     */
    Optional<RunState> follow() {
        Thread.ofPlatform().daemon().name("stream").start(this::walk);
        try {
            return showAll();
        } catch (InterruptedException leaving) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            stream.close();
        }
    }

    private void walk() {
        try {
            for (StreamItem item : stream) {
                put(new Item(item));
            }
            put(new Over());
        } catch (RuntimeException fault) {
            put(new Fault(fault));
        }
    }

    private void put(Happening happening) {
        try {
            inbox.put(happening);
        } catch (InterruptedException leaving) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<RunState> showAll() throws InterruptedException {
        Optional<RunState> end = Optional.empty();
        long nextTick = System.nanoTime();
        while (true) {
            long wait = nextTick - System.nanoTime();
            if (wait <= 0) {
                view.tick();
                nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
                continue;
            }
            @Nullable Happening next = inbox.poll(wait, TimeUnit.NANOSECONDS);
            switch (next) {
                case null -> {}
                case Item(StreamItem item) -> {
                    view.show(item);
                    end = item instanceof StreamEvent event && event.isTerminal() ? Optional.of(endOf(event)) : end;
                }
                case Note(String text) -> view.note(text);
                case Over over -> {
                    end.ifPresentOrElse(view::end, view::stop);
                    return end;
                }
                case Fault(RuntimeException fault) -> {
                    view.stop();
                    throw fault;
                }
            }
        }
    }

    private static RunState endOf(StreamEvent event) {
        if (event.event().equals("complete")) {
            return RunState.COMPLETED;
        }
        boolean isCancelled = event.data().tree().path("code").asText().equals("cancelled");
        return isCancelled ? RunState.CANCELLED : RunState.FAILED;
    }

    /** What the showing thread is told. */
    private sealed interface Happening {}

    private record Item(StreamItem item) implements Happening {}

    private record Note(String text) implements Happening {}

    private record Over() implements Happening {}

    private record Fault(RuntimeException fault) implements Happening {}
}

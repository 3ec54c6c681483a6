package dev.runstream.client;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Publishes a worker's events to an external run: in order, each stored once, however often the connection breaks.
 *
 * <p>Events are written as JSON at once, wait a moment for others to share their request, and are sent by a thread
 * of the publisher's own, one request at a time. While it has nothing to send it still calls now and then, which
 * renews the run's lease and tells of a cancel. {@link #delta}, {@link #partial} and {@link #status} return before
 * the event is stored, and block only while {@link PublishOptions#queueBytes} are waiting; {@link #complete},
 * {@link #error}, {@link #flush} and {@link #close} return once all is stored.
 *
 * <p>Any thread may publish; events of one thread keep their order. Data may be anything the client's mapper can
 * write, or a {@link JsonData}; what JSON cannot hold, such as NaN, is an {@link IllegalArgumentException}.
 *
 * <p>Failures: an event that the server refuses is thrown as {@link EventRefusedException} by the next call, which
 * then does nothing else; publishing may go on. Any other failure ends the publisher, and every later call throws it: a
 * {@link RunstreamException} with code {@code run-ended}, {@code stale-producer} (a later life of this producer
 * publishes), {@code producer-gap} (the server lost events it had acknowledged), {@code unreachable} and so on.
 * Publishing after the end, or after {@link #close}, is an {@link IllegalStateException}.
 */
public final class RunPublisher implements AutoCloseable {
    private final ClientSetup setup;
    private final PublishState state;
    private final Thread sender;
    private final CancelWatch cancelWatch;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean failureThrown = new AtomicBoolean();

    private RunPublisher(ClientSetup setup, PublishState state, Thread sender, CancelWatch cancelWatch) {
        this.setup = setup;
        this.state = state;
        this.sender = sender;
        this.cancelWatch = cancelWatch;
    }

    static RunPublisher start(RunstreamClient client, ClientSetup setup, String runId, PublishOptions options) {
        PublishState state = new PublishState(options.queueBytes());
        CancelWatch cancelWatch = new CancelWatch(client, runId, state);
        var unused = CompletableFuture.anyOf(state.stopped, state.cancel()).thenRun(cancelWatch::end);
        Thread sender = Thread.ofVirtual()
                .name("runstream-publish-" + runId)
                .start(new PublishSender(setup, runId, options, state));
        return new RunPublisher(setup, state, sender, cancelWatch);
    }

    /** Publishes an object that says how the work is going, such as {@code {"message":…}}. */
    public void status(Object data) {
        publish("status", requireObject(data));
    }

    /** Publishes an increment. */
    public void delta(Object data) {
        publish("delta", write(data));
    }

    /** Publishes the result so far; it stands for every delta and partial before it. */
    public void partial(Object data) {
        publish("partial", write(data));
    }

    /** Ends the run with its result, once all before it is stored. */
    public void complete(Object result) {
        end("complete", write(result));
    }

    /** Ends the run in an error, once all before it is stored. */
    public void error(String code, String message) {
        error(Map.of("code", code, "message", message));
    }

    /** Ends the run in an error: an object with {@code message} and {@code code}, and whatever else helps. */
    public void error(Object data) {
        end("error", requireObject(data));
    }

    /** Waits until all that was published is stored. */
    public void flush() {
        checkOpen();
        if (ending.get() && state.stopped.isDone()) {
            return;
        }
        CompletableFuture<Void> settled = new CompletableFuture<>();
        state.queue.add(new Outgoing.Flush(settled));
        await(settled);
        state.takeRefusal().ifPresent(RunPublisher::rethrow);
    }

    /**
     * Whether someone asked for the run to be cancelled, as far as is known. Once it is asked, or {@link #onCancel} is
     * told what to do, the publisher follows the run's stream as well, by which a cancel arrives within milliseconds;
     * before, and where there is no stream to be had, it arrives with the answer to the next call.
     */
    public boolean cancelRequested() {
        cancelWatch.begin();
        return state.cancelRequested();
    }

    /**
     * Runs {@code action} once, on a thread of its own, when a cancel becomes known; at once where it is. The worker
     * should then end the run by {@link #error}, or {@link #complete} what it has, which is kept.
     */
    public void onCancel(Runnable action) {
        cancelWatch.begin();
        var unused = state.cancel().thenRunAsync(action, task -> Thread.startVirtualThread(task));
    }

    /** The last event of the run, as far as the server's last answer said. */
    public Optional<EventId> lastEventId() {
        return state.lastEventId();
    }

    /**
     * Waits until all that was published is stored, and stops calling the server. It does not end the run. May be
     * called again.
     *
     * @throws RunstreamException where something was not stored and no call has said so yet
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        state.queue.add(new Outgoing.Stop());
        try {
            state.stopped.get();
        } catch (InterruptedException interrupt) {
            sender.interrupt();
            throw RunstreamException.interrupted(interrupt);
        } catch (ExecutionException never) {
            throw new AssertionError("the sender stops without a result", never);
        }
        state.takeRefusal().ifPresent(RunPublisher::rethrow);
        if (!failureThrown.get()) {
            throwFailure();
        }
    }

    private void publish(String type, String data) {
        throwFailure();
        if (ending.get()) {
            throw new IllegalStateException("a " + type + " after the run's end");
        }
        var unused = enqueue(type, data);
    }

    private void end(String type, String data) {
        throwFailure();
        if (!ending.compareAndSet(false, true)) {
            throw new IllegalStateException("a second end: " + type);
        }
        boolean refused = true;
        try {
            CompletableFuture<Void> settled = enqueue(type, data);
            refused = false;
            await(settled);
        } catch (EventRefusedException again) {
            refused = true;
            throw again;
        } finally {
            ending.set(!refused);
        }
    }

    private CompletableFuture<Void> enqueue(String type, String data) {
        checkOpen();
        int cost = Math.min(data.length() + Outgoing.OVERHEAD_BYTES, state.maxCost);
        try {
            state.room.acquire(cost);
        } catch (InterruptedException interrupt) {
            throw RunstreamException.interrupted(interrupt);
        }
        throwFailure();
        Outgoing.Event event = new Outgoing.Event(type, data, cost, new CompletableFuture<>());
        state.queue.add(event);
        return event.settled();
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the publisher is closed");
        }
        throwFailure();
        state.takeRefusal().ifPresent(RunPublisher::rethrow);
    }

    private void throwFailure() {
        state.failure().ifPresent(first -> {
            failureThrown.set(true);
            throw new RunstreamException(first, String.valueOf(first.getMessage()));
        });
    }

    private static void rethrow(EventRefusedException refusal) {
        throw new EventRefusedException(refusal);
    }

    private void await(CompletableFuture<Void> settled) {
        try {
            CompletableFuture.anyOf(settled, state.stopped).get();
            if (!settled.isDone()) {
                throwFailure();
                throw new IllegalStateException("the run ended, or the publisher was closed, before this was sent");
            }
            settled.get();
        } catch (InterruptedException interrupt) {
            throw RunstreamException.interrupted(interrupt);
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof EventRefusedException named) {
                throw new EventRefusedException(named);
            }
            throw new AssertionError("an event fails only by being refused", refused);
        }
    }

    private String requireObject(Object data) {
        String json = write(data);
        if (!json.stripLeading().startsWith("{")) {
            throw new IllegalArgumentException("a status or an error must be a JSON object, not " + json);
        }
        return json;
    }

    private String write(Object data) {
        return new String(Json.write(setup.json(), data), StandardCharsets.UTF_8);
    }
}

package dev.runstream.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One request whose answer is read piece by piece, each only when asked for, so that a slow reader stops the
 * socket from being read.
 *
 * <p>It has no timeout of its own: {@link HttpRequest.Builder#timeout} would end a stream's body too on newer
 * JDKs. The HTTP client's threads call the subscriber's methods; any thread may call the others.
 */
final class StreamConnection implements HttpResponse.BodySubscriber<Boolean> {
    private static final Flow.Subscription NOT_YET = new NoSubscription();
    private static final Flow.Subscription CANCELLED = new NoSubscription();

    private final BlockingQueue<Signal> inbox;
    // shared: set once by the HTTP client, swapped for CANCELLED by whoever cancels first
    private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>(NOT_YET);
    private final Thread sender;

    /** Sends {@code request} and tells {@code inbox} what comes of it. */
    StreamConnection(HttpClient http, HttpRequest request, BlockingQueue<Signal> inbox) {
        this.inbox = inbox;
        // A thread of our own: sendAsync reports failures on the common pool, which anyone may block.
        this.sender = Thread.ofVirtual().name("runstream-connect").start(() -> send(http, request));
    }

    private void send(HttpClient http, HttpRequest request) {
        try {
            var unused = http.send(request, head -> {
                inbox.add(new Signal.Answered(this, head.statusCode(), head.headers()));
                return this;
            });
        } catch (IOException | RuntimeException | InterruptedException fault) {
            onError(fault);
        }
    }

    /** Lets the next piece of the body come. */
    void more() {
        subscription.get().request(1);
    }

    /** Ends the request wherever it is, and closes its connection. May be called again. */
    void cancel() {
        subscription.getAndSet(CANCELLED).cancel();
        sender.interrupt();
    }

    @Override
    public void onSubscribe(Flow.Subscription begun) {
        if (subscription.compareAndSet(NOT_YET, begun)) {
            begun.request(1);
        } else {
            begun.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        inbox.add(new Signal.Bytes(this, bytes));
    }

    @Override
    public void onError(Throwable fault) {
        inbox.add(new Signal.Finished(this, Optional.of(fault)));
    }

    @Override
    public void onComplete() {
        inbox.add(new Signal.Finished(this, Optional.empty()));
    }

    /** The answer counts as there once its head is; the body comes as signals. */
    @Override
    public CompletionStage<Boolean> getBody() {
        return CompletableFuture.completedFuture(true);
    }

    /** Stands where there is nothing to ask: before the body, and after a cancel. */
    private static final class NoSubscription implements Flow.Subscription {
        @Override
        public void request(long pieces) {}

        @Override
        public void cancel() {}
    }
}

package dev.runstream.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes calls that have one whole answer. Blocks; safe for any thread. */
final class Calls {
    private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

    /** A server that asks for more is answered by a failure, so that the caller may decide. */
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(1);

    private final ClientSetup setup;

    Calls(ClientSetup setup) {
        this.setup = setup;
    }

    /** Makes a call that may be repeated without harm: again where no answer came, or where it may pass later. */
    Answer repeatable(HttpRequest request) {
        try {
            for (int attempt = 1; ; attempt++) {
                RunstreamException failure;
                try {
                    Answer answer = once(request);
                    if (answer.isSuccess()) {
                        return answer;
                    }
                    failure = refusal(answer);
                    if (!Problems.mayPass(answer.status())) {
                        throw failure;
                    }
                } catch (IOException noAnswer) {
                    failure = unreachable(noAnswer);
                }
                Duration floor = failure.retryAfter().orElse(Duration.ZERO);
                if (attempt >= setup.callAttempts() || floor.compareTo(MAX_RETRY_AFTER) > 0) {
                    throw failure;
                }
                setup.waits().sleep(setup.backoff().after(attempt, floor, setup.random()));
            }
        } catch (InterruptedException interrupt) {
            throw RunstreamException.interrupted(interrupt);
        }
    }

    /**
     * Makes a call once. Its answer may be a refusal.
     *
     * <p>On a thread of its own, because {@link HttpClient#sendAsync} completes on the common pool, which on a small
     * machine is one thread that anyone may block.
     */
    Answer once(HttpRequest request) throws IOException, InterruptedException {
        FutureTask<HttpResponse<byte[]>> call =
                new FutureTask<>(() -> setup.http().send(request, head -> new BoundedBody(MAX_ANSWER_BYTES)));
        Thread.ofVirtual().name("runstream-call").start(call);
        try {
            HttpResponse<byte[]> response = call.get(setup.callTimeout().toNanos(), TimeUnit.NANOSECONDS);
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException fault ? fault : new IOException(failed.getCause());
        } catch (TimeoutException late) {
            throw new IOException("no answer within " + setup.callTimeout().toMillis() + " ms", late);
        } finally {
            // Closes the connection of a call given up; nothing once it is done.
            call.cancel(true);
        }
    }

    RunstreamException refusal(Answer answer) {
        return Problems.read(answer, setup.clock().instant());
    }

    RunstreamException unreachable(IOException noAnswer) {
        return RunstreamException.unreachable(
                "no answer from " + setup.base() + ": " + ConnectionFaults.inWords(noAnswer), noAnswer);
    }
}

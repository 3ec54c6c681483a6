package dev.runstream.agents.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.runstream.core.agent.RawJson;
import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunContext;
import dev.runstream.core.agent.RunFailedException;
import dev.runstream.core.time.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One completion, from the request to the end of its answer. Confined to its run's thread. */
final class LlmRun {
    private static final int MAX_CHUNK_BYTES = 4 << 20;
    private static final int MAX_ANSWER_CHARS = 16 << 20;
    private static final int MAX_ERROR_BYTES = 64 << 10;
    private static final long PARTIAL_EVERY_MILLIS = 1_000;
    private static final String DONE = "[DONE]";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final RunContext run;
    private final LlmSettings settings;
    private final HttpClient client;
    private final InstantSource clock;
    private final Timers timers;
    private final RetryPlan retries;
    private final UpstreamFaults faults;
    private final Answer answer = new Answer();
    private long lengthOfPartial;
    private long partialDueMillis;
    private boolean withUsage;

    LlmRun(
            RunContext run,
            LlmSettings settings,
            HttpClient client,
            InstantSource clock,
            Timers timers,
            RetryPlan retries) {
        this.run = run;
        this.settings = settings;
        this.client = client;
        this.clock = clock;
        this.timers = timers;
        this.retries = retries;
        faults = new UpstreamFaults(settings);
        withUsage = LlmInput.leavesUsageToUs(run.inputJson());
    }

    void run() throws InterruptedException {
        try {
            while (!ask()) {
                run.checkCancelled();
            }
        } catch (RunCancelledException stop) {
            partial();
            throw stop;
        }
        run.complete(raw(answer.whole()));
    }

    /** Whether there is an answer; otherwise the request is to be sent again. */
    private boolean ask() throws InterruptedException {
        UpstreamCall call = new UpstreamCall(client, request());
        run.onCancel(call::close);
        try (call;
                SilenceWatch watch =
                        new SilenceWatch(clock, timers, settings.silence().toMillis(), call::close)) {
            HttpResponse<InputStream> response;
            try {
                response = call.answer();
            } catch (IOException fault) {
                stopIfAsked(watch);
                pause(Optional.empty(), faults.unreachable(fault));
                return false;
            }
            watch.heard();
            return read(response, watch);
        }
    }

    private HttpRequest request() {
        byte[] body = LlmInput.request(run.inputJson(), settings.model(), withUsage);
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.completions())
                .header("Content-Type", "application/json")
                .header("Accept", "text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        settings.apiKey().ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request.build();
    }

    private void stopIfAsked(SilenceWatch watch) {
        run.checkCancelled();
        if (watch.isSilent()) {
            throw faults.silent();
        }
    }

    private boolean read(HttpResponse<InputStream> response, SilenceWatch watch) throws InterruptedException {
        int status = response.statusCode();
        if (status != 200) {
            refused(response, watch);
            return false;
        }
        String type = response.headers().firstValue("Content-Type").orElse("text/event-stream");
        if (!type.toLowerCase(Locale.ROOT).startsWith("text/event-stream")) {
            throw faults.notAStream(type);
        }
        stream(response.body(), watch);
        return true;
    }

    /** An answer without a stream: tried again where that may help, else the end. */
    private void refused(HttpResponse<InputStream> response, SilenceWatch watch) throws InterruptedException {
        int status = response.statusCode();
        String body = body(response.body(), watch);
        if (withUsage && (status == 400 || status == 422) && body.contains("stream_options")) {
            withUsage = false;
            return;
        }
        RunFailedException fault = faults.status(status, body);
        if (status != 429 && status < 500) {
            throw fault;
        }
        pause(response.headers().firstValue("Retry-After"), fault);
    }

    private String body(InputStream body, SilenceWatch watch) {
        try {
            return new String(body.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
        } catch (IOException cut) {
            stopIfAsked(watch);
            return "";
        }
    }

    /** Waits before the request is sent again, or gives up. */
    private void pause(Optional<String> retryAfter, RunFailedException fault) throws InterruptedException {
        Duration wait = retries.next(retryAfter).orElseThrow(() -> fault);
        CompletableFuture<Void> over = new CompletableFuture<>();
        Timers.Timer timer = timers.schedule(wait.toMillis(), () -> over.complete(null));
        run.onCancel(() -> over.complete(null));
        try {
            over.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            timer.cancel();
        }
        run.checkCancelled();
    }

    private void stream(InputStream body, SilenceWatch watch) {
        Deque<String> events = new ArrayDeque<>();
        SseParser parser = new SseParser(MAX_CHUNK_BYTES, events::add);
        byte[] buffer = new byte[16 << 10];
        partialDueMillis = clock.millis() + PARTIAL_EVERY_MILLIS;
        try {
            for (int length = body.read(buffer); length >= 0; length = body.read(buffer)) {
                watch.heard();
                parser.feed(buffer, 0, length);
                for (String event = events.poll(); event != null; event = events.poll()) {
                    if (event.strip().equals(DONE)) {
                        return;
                    }
                    take(event);
                }
                partialIfDue();
            }
        } catch (IOException fault) {
            ifUnfinished(watch, faults.brokenOff(fault));
            return;
        } catch (SseParser.TooLongException fault) {
            throw faults.tooLong();
        }
        ifUnfinished(watch, faults.unfinished());
    }

    /** What comes after the reason for the end may be missing: the answer is whole. */
    private void ifUnfinished(SilenceWatch watch, RunFailedException fault) {
        run.checkCancelled();
        if (!answer.isFinished()) {
            stopIfAsked(watch);
            throw fault;
        }
    }

    private void take(String event) {
        JsonNode chunk = parse(event);
        JsonNode error = chunk.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            throw faults.event(error);
        }
        if (!ChunkForm.fits(chunk)) {
            throw faults.unreadable();
        }
        answer.add(chunk).ifPresent(added -> run.delta(raw(added)));
        if (answer.length() > MAX_ANSWER_CHARS) {
            throw faults.tooLong();
        }
    }

    private JsonNode parse(String event) {
        @Nullable JsonNode chunk;
        try {
            chunk = JSON.readTree(event);
        } catch (JsonProcessingException fault) {
            throw faults.unreadable();
        }
        if (chunk == null || !chunk.isObject()) {
            throw faults.unreadable();
        }
        return chunk;
    }

    private void partialIfDue() {
        if (clock.millis() >= partialDueMillis) {
            partial();
            partialDueMillis = clock.millis() + PARTIAL_EVERY_MILLIS;
        }
    }

    /** The text so far, where there is more of it than readers have been told at once. */
    private void partial() {
        if (answer.length() == lengthOfPartial) {
            return;
        }
        try {
            run.partial(raw(answer.soFar()));
            lengthOfPartial = answer.length();
        } catch (RunFailedException tooLarge) {
            // Every increment is there; what is left out is a shorter way to them.
            lengthOfPartial = answer.length();
        }
    }

    private static RawJson raw(ObjectNode json) {
        return new RawJson(json.toString());
    }
}

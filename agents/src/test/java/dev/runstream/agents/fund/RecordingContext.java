package dev.runstream.agents.fund;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.runstream.core.agent.RawJson;
import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run that keeps its events, with a pool of real threads; close it to end the threads. */
final class RecordingContext implements RunContext, AutoCloseable {
    /** An event as a reader would see it. */
    record Event(String type, JsonNode data) {}

    private static final JsonMapper MAPPER = new JsonMapper();

    private final String input;
    private final ExecutorService pool;
    private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
    private volatile String resultText = "";
    private volatile boolean cancelled;
    private volatile Consumer<Event> listener = event -> {};

    RecordingContext(String input, int threads) {
        this.input = input;
        pool = Executors.newFixedThreadPool(threads);
    }

    /** Called with each event on the thread that wrote it. */
    RecordingContext listen(Consumer<Event> each) {
        listener = each;
        return this;
    }

    void cancel() {
        cancelled = true;
    }

    List<Event> events() {
        return List.copyOf(events);
    }

    List<JsonNode> events(String type) {
        return events().stream()
                .filter(event -> event.type().equals(type))
                .map(Event::data)
                .toList();
    }

    JsonNode result() {
        return events("complete").getFirst();
    }

    /** The result as it was written. */
    String resultText() {
        return resultText;
    }

    @Override
    public String runId() {
        return "a-run";
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public String inputJson() {
        return input;
    }

    @Override
    public <T> T input(Class<T> type) {
        throw new AssertionError("the agent reads its input as text");
    }

    @Override
    public void status(String message) {
        record("status", message);
    }

    @Override
    public void progress(long done, long total) {
        record("progress", List.of(done, total));
    }

    @Override
    public void delta(@Nullable Object data) {
        record("delta", data);
    }

    @Override
    public void partial(@Nullable Object data) {
        record("partial", data);
    }

    @Override
    public void complete(@Nullable Object result) {
        resultText = result instanceof RawJson(String text) ? text : "";
        record("complete", result);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void checkCancelled() {
        if (cancelled) {
            throw new RunCancelledException("cancelled");
        }
    }

    @Override
    public void onCancel(Runnable action) {
        throw new AssertionError("the agent asks whether it is cancelled");
    }

    @Override
    public <T extends @Nullable Object> List<T> computeAll(Collection<? extends Callable<T>> batches) throws Exception {
        List<Future<T>> futures = new ArrayList<>();
        for (Callable<T> batch : batches) {
            futures.add(pool.submit(() -> {
                checkCancelled();
                return batch.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
        return results;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    private void record(String type, @Nullable Object data) {
        try {
            JsonNode node = data instanceof RawJson(String text) ? MAPPER.readTree(text) : MAPPER.valueToTree(data);
            Event event = new Event(type, node);
            events.add(event);
            listener.accept(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}

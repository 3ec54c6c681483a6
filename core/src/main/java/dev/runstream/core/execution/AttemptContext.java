package dev.runstream.core.execution;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.JsonCodec;
import dev.runstream.core.agent.RawJson;
import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunContext;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import dev.runstream.core.json.JsonFault;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.json.JsonResult;
import dev.runstream.core.log.EventType;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an agent holds of its attempt. Safe for any thread. */
final class AttemptContext implements RunContext {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final JsonBytes EMPTY = JsonBytes.trusted(new byte[] {'{', '}'});

    // immutable
    private final String runId;
    private final int attempt;
    private final JsonInput input;
    private final JsonCodec codec;
    private final EventWriter writer;
    private final ProgressThrottle progress;
    private final StopSignal stop;
    private final Runnable look;
    private final Consumer<Runnable> now;
    private final ComputePool.Lane lane;

    // shared
    private final AtomicBoolean completed = new AtomicBoolean();

    /**
     * @param look checks whether the run was asked to stop, where no push has come
     * @param now does what {@link #onCancel} registers too late
     */
    AttemptContext(
            String runId,
            int attempt,
            JsonInput input,
            JsonCodec codec,
            EventWriter writer,
            ProgressThrottle progress,
            StopSignal stop,
            Runnable look,
            Consumer<Runnable> now,
            ComputePool.Lane lane) {
        this.runId = runId;
        this.attempt = attempt;
        this.input = input;
        this.codec = codec;
        this.writer = writer;
        this.progress = progress;
        this.stop = stop;
        this.look = look;
        this.now = now;
        this.lane = lane;
    }

    @Override
    public String runId() {
        return runId;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public String inputJson() {
        return input.json();
    }

    @Override
    public <T> T input(Class<T> type) throws InvalidInputException {
        return input.as(type);
    }

    @Override
    public void status(String message) {
        writer.write(
                EventType.STATUS,
                JsonObjectView.of(EMPTY)
                        .with("message", JsonBytes.ofString(message))
                        .json());
    }

    @Override
    public void progress(long done, long total) {
        if (writer.hasEnded()) {
            throw new RunCancelledException("the run has ended");
        }
        progress.report(done, total);
    }

    @Override
    public void delta(@Nullable Object data) {
        writer.write(EventType.DELTA, json(data));
    }

    @Override
    public void partial(@Nullable Object data) {
        writer.write(EventType.PARTIAL, json(data));
    }

    @Override
    public void complete(@Nullable Object result) {
        JsonBytes data = json(result);
        if (!completed.compareAndSet(false, true)) {
            throw new IllegalStateException("complete was called before");
        }
        writer.end(EventType.COMPLETE, data, progress::take);
    }

    private JsonBytes json(@Nullable Object value) {
        byte[] text = text(value);
        JsonResult checked = JsonCompactor.compact(text, Math.max(1, text.length));
        return switch (checked) {
            case JsonBytes json -> json;
            case JsonFault fault -> throw new IllegalArgumentException("not JSON: " + fault.message());
        };
    }

    private byte[] text(@Nullable Object value) {
        if (value == null) {
            return NULL;
        }
        return value instanceof RawJson raw ? raw.text().getBytes(StandardCharsets.UTF_8) : codec.write(value);
    }

    @Override
    public boolean isCancelled() {
        if (!stop.isTold()) {
            look.run();
        }
        return stop.isTold();
    }

    @Override
    public void checkCancelled() throws RunCancelledException {
        if (isCancelled()) {
            throw new RunCancelledException("the run is to stop");
        }
    }

    @Override
    public void onCancel(Runnable action) {
        if (!stop.register(action)) {
            now.accept(action);
        }
    }

    @Override
    public <T extends @Nullable Object> List<T> computeAll(Collection<? extends Callable<T>> batches) throws Exception {
        checkCancelled();
        List<T> results = lane.runAll(batches);
        checkCancelled();
        return results;
    }
}

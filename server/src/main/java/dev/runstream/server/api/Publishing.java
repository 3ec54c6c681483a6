package dev.runstream.server.api;

import dev.runstream.core.log.EventId;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import dev.runstream.server.transport.LoopTasks;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One publish request: hands events to the store as they arrive, one batch at a time; what arrives meanwhile makes up the
 * next. So lines are applied in order, a refusal stops all after it, and the store decides how large the batches grow.
 * Lines that have arrived are applied even if the rest of the body never does.
 *
 * <p>Confined to the connection's event loop.
 */
final class Publishing implements BodySink {
    /** By this much a silent body outlives its lease, so that the end of the run is what the worker is told. */
    private static final Duration BEYOND_LEASE = Duration.ofSeconds(2);

    // immutable
    private final RunStore store;
    private final Exchange exchange;
    private final String runId;
    private final Optional<Producer> producer;

    // event loop only
    private final EventReader reader;
    private boolean begun;
    private boolean storing;
    private boolean bodyEnded;
    private boolean paused;
    private boolean answered;
    /** The connection was lost, so that nobody waits for an answer. */
    private boolean aborted;
    /** Events that were handed to the store and not refused. */
    private long stored;

    private AppendResult.@Nullable Appended last;
    private @Nullable Watch watch;

    /** A run that is followed while a long body arrives. */
    private record Watch(FollowedRun run, RunRecord before, FollowedRun.Listening listening) {
        boolean hasNews() {
            return isNews(before, run.record());
        }

        void end() {
            listening.stop();
            run.close();
        }
    }

    Publishing(RunStore store, Exchange exchange, String runId, Optional<Producer> producer, EventReader reader) {
        this.store = store;
        this.exchange = exchange;
        this.runId = runId;
        this.producer = producer;
        this.reader = reader;
    }

    /** Where lines may arrive for long, looks at the run first; what arrives meanwhile waits. */
    Publishing begin() {
        if (reader.isByLine()) {
            store.follow(runId)
                    .<Runnable>thenApply(found -> () -> found(found))
                    .exceptionally(fault -> () -> answer(StoreAnswers.problem(fault)))
                    .thenAccept(this::onLoop);
        } else {
            begun = true;
        }
        return this;
    }

    private void found(Optional<FollowedRun> found) {
        found.ifPresentOrElse(this::begin, () -> answer(Problem.runNotFound(runId)));
    }

    private void begin(FollowedRun run) {
        begun = true;
        if (run.record().spec().isExternal() && !aborted && !bodyEnded) {
            watch(run);
        } else {
            // Of a run that takes nothing from elsewhere that is told before its first line has come.
            if (!run.record().spec().isExternal()) {
                reader.giveSignOfLife();
            }
            run.close();
        }
        flush();
    }

    /** A worker that sends lines for long is told at once when its run is to stop, or has ended. */
    private void watch(FollowedRun run) {
        RunRecord before = run.record();
        exchange.bodyTimeout(Duration.ofMillis(before.spec().leaseMillis()).plus(BEYOND_LEASE));
        watch = new Watch(run, before, run.onChange(() -> {
            if (isNews(before, run.record())) {
                LoopTasks.execute(exchange.channel().eventLoop(), this::flush);
            }
        }));
        if (!before.isEnded()) {
            // The call itself is a sign of life, however long its first line takes. It must not be numbered: after the
            // end of the run a repeat of what is stored is still to be taken as such.
            store.append(runId, new AppendBatch(Optional.empty(), List.of(), true));
        } else if (producer.isEmpty()) {
            // Without numbers nothing that comes can be a repeat, so there is nothing to wait for.
            reader.giveSignOfLife();
        }
    }

    private static boolean isNews(RunRecord before, RunRecord now) {
        return (now.stop().isRequested() && !before.stop().isRequested()) || (now.isEnded() && !before.isEnded());
    }

    @Override
    public void data(ByteBuf piece) {
        reader.feed(piece);
        flush();
    }

    @Override
    public void end() {
        bodyEnded = true;
        reader.end();
        if (last == null && !storing && reader.isEmpty()) {
            reader.giveSignOfLife();
        }
        flush();
    }

    /** The server stops: what has arrived is stored and answered, the rest not read. */
    @Override
    public void drain() {
        reader.stop();
        bodyEnded = true;
        if (last == null && !storing && reader.isEmpty()) {
            reader.giveSignOfLife();
        }
        flush();
    }

    @Override
    public void aborted() {
        aborted = true;
        reader.stop();
        stopWatching();
        flush();
    }

    /** Does what can be done now. */
    private void flush() {
        if (begun && !storing && !answered) {
            step();
        }
        if (!answered && paused != reader.isFull()) {
            paused = reader.isFull();
            exchange.pauseBody(paused);
        }
    }

    private void step() {
        Optional<RunRecord> news = news();
        if (news.isPresent()) {
            reader.stop();
        }
        if (news.isPresent() && reader.isEmpty()) {
            RunRecord run = news.get();
            EventId lastEventId = new EventId(run.epoch(), run.lastSeq());
            answer(accepted(lastEventId, run.state(), run.stop().isRequested()));
        } else if (!reader.isEmpty()) {
            handOver(reader.take());
        } else if (reader.isStarved()) {
            answer(Problem.overloaded("too many large events arrive at once").withMember("line", reader.line()));
        } else if (bodyEnded && last != null) {
            answer(accepted(last));
        }
    }

    /** The run, where it was asked to stop or ended while the body was arriving. */
    private Optional<RunRecord> news() {
        return watch != null && !bodyEnded && watch.hasNews()
                ? Optional.of(watch.run().record())
                : Optional.empty();
    }

    private void handOver(EventReader.Batch batch) {
        storing = true;
        Optional<Producer> numbered =
                producer.map(given -> new Producer(given.id(), given.epoch(), given.seq() + stored));
        store.append(runId, new AppendBatch(numbered, batch.drafts(), true))
                .<Runnable>thenApply(result -> () -> stored(batch, result))
                .exceptionally(fault -> () -> notStored(fault))
                .thenAccept(this::onLoop);
    }

    private void notStored(Throwable fault) {
        storing = false;
        answer(StoreAnswers.problem(fault));
    }

    private void stored(EventReader.Batch batch, AppendResult result) {
        storing = false;
        reader.stored();
        switch (result) {
            case AppendResult.UnknownRun _ -> answer(Problem.runNotFound(runId));
            case AppendResult.Refused refused -> answer(problem(refused, batch));
            case AppendResult.Appended appended -> {
                stored += batch.drafts().size();
                last = appended;
                flush();
            }
        }
    }

    private Problem problem(AppendResult.Refused refused, EventReader.Batch batch) {
        Problem problem = PublishProblems.of(refused);
        if (refused.expectedSeq().isPresent()) {
            problem = problem.withHeader(
                    "Producer-Expected-Seq", Long.toString(refused.expectedSeq().getAsLong()));
        }
        return reader.isByLine() && refused.index() < batch.lines().size()
                ? problem.withMember("line", batch.lines().get(refused.index()))
                : problem;
    }

    private static Response accepted(AppendResult.Appended last) {
        return accepted(last.lastEventId(), last.state(), last.cancelRequested());
    }

    private static Response accepted(EventId lastEventId, RunState state, boolean cancelRequested) {
        String body = "{\"lastEventId\":\"" + lastEventId + "\",\"state\":\"" + state.wireName()
                + "\",\"cancelRequested\":" + cancelRequested + "}";
        return Response.json(body.getBytes(StandardCharsets.US_ASCII));
    }

    private void answer(Problem problem) {
        answer(Response.of(problem));
    }

    private void answer(Response response) {
        answered = true;
        reader.stop();
        stopWatching();
        exchange.respond(response);
    }

    private void stopWatching() {
        if (watch != null) {
            watch.end();
            watch = null;
        }
    }

    private void onLoop(Runnable task) {
        if (exchange.channel().eventLoop().inEventLoop()) {
            task.run();
        } else {
            LoopTasks.execute(exchange.channel().eventLoop(), task);
        }
    }
}

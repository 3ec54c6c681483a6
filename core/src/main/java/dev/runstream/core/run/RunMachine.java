package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.NewEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a run's life, free of threads, clocks and storage: from a run as it is and something that happens, what is
 * to be stored and what the caller is told.
 *
 * <p>Whoever has the authority over a run calls one method at a time with its latest record, and stores the decision as
 * a whole or not at all. So every race (finish, fail, cancel, lease, time limit) is settled by the order of these calls:
 * the first end wins, and after it nothing changes.
 */
public final class RunMachine {
    private final RunSettings settings;

    public RunMachine(RunSettings settings) {
        this.settings = settings;
    }

    /** A new run: {@code running} at once where the worker is elsewhere, else {@code queued}. */
    public Decision<RunRecord> create(RunSpec spec, long epoch) {
        long now = spec.createdAtMillis();
        RunRecord queued = new RunRecord(spec, RunState.QUEUED, 1, 0, 0, Stop.NONE, epoch, 0, 0, Producers.NONE, false);
        Draft draft = new Draft(spec.isExternal() ? queued.started(1, now) : queued);
        draft.emit(EventType.STATUS, StatusData.ofState(draft.record.state(), now));
        return draft.decide(draft.record);
    }

    /** A worker takes the run; empty where it is not there to be taken. */
    public Decision<Optional<RunRecord>> beginAttempt(RunRecord run, long nowMillis) {
        if (!run.state().isWaiting()) {
            return Decision.nothing(run, Optional.empty());
        }
        boolean again = run.state() == RunState.RETRYING;
        int attempt = again ? run.attempt() + 1 : run.attempt();
        RunRecord started = run.started(attempt, nowMillis);
        Draft draft = new Draft(attempt > 1 ? started.withProducers(shutOutBefore(attempt, run.producers())) : started);
        draft.emit(EventType.STATUS, StatusData.ofAttempt(attempt, nowMillis));
        return draft.decide(Optional.of(draft.record));
    }

    /** The process of the attempt before may only seem to be dead: from now on its events are stale. */
    private static Producers shutOutBefore(int attempt, Producers known) {
        return known.with(Producer.AGENT, new Producers.Next(attempt, 0, false));
    }

    /** Who worked on an attempt is gone: another attempt, if one is left, else the end. */
    public Decision<RunState> loseWorker(RunRecord run, int attempt, String message, long nowMillis) {
        if (run.isEnded() || run.state().isWaiting() || run.attempt() != attempt) {
            return Decision.nothing(run, run.state());
        }
        Draft draft = new Draft(run);
        if (!run.stop().isRequested()
                && run.spec().isOfAgent()
                && run.attempt() < run.spec().attempts()) {
            draft.record = draft.record.withState(RunState.RETRYING);
            draft.emit(EventType.STATUS, StatusData.ofState(RunState.RETRYING, message, nowMillis));
        } else {
            draft.endWithout(message, nowMillis);
        }
        return draft.decide(draft.record.state());
    }

    /** Somebody asks for the run to stop; its state afterwards. */
    public Decision<RunState> requestCancel(RunRecord run, long nowMillis) {
        if (run.isEnded() || run.stop().isRequested()) {
            return Decision.nothing(run, run.state());
        }
        Draft draft = new Draft(run);
        draft.stop(Stop.Reason.CANCEL, "cancelled before it began", nowMillis);
        return draft.decide(draft.record.state());
    }

    /** A reader has come; only the first one changes something, and only before the end. */
    public Decision<RunState> readerCame(RunRecord run) {
        return Decision.nothing(run.readerCame() || run.isEnded() ? run : run.withReaderCame(), run.state());
    }

    /** Applies a batch of events, in the order of the contract, until one is refused. */
    public Decision<AppendResult> append(RunRecord run, AppendBatch batch, long nowMillis) {
        return new Appending(run, batch, nowMillis, settings.maxEventBytes()).decide();
    }

    /** Copies entries from the stream of the run's queue; see {@link CopiedRuns#copy}. */
    public Decision<Copied> copy(RunRecord run, List<SourceEntry> entries, long nowMillis) {
        return new Copying(run, nowMillis, settings.maxEventBytes()).copy(entries);
    }

    /** Applies what the queue says of the run's job, unless something was copied since; see {@link CopiedRuns#settle}. */
    public Decision<RunState> settle(RunRecord run, Optional<SourceId> seen, SourceStep step, long nowMillis) {
        return new Copying(run, nowMillis, settings.maxEventBytes()).settle(seen, step);
    }

    /**
     * Does what is due by the clock: the end of the grace, of the time limit, of the lease, or of the wait for a reader.
     *
     * @param since by the same clock as {@code now}
     * @param nowMillis by a clock that goes on evenly
     * @param wallMillis the wall clock's time, for what is written
     */
    public Decision<RunState> tick(RunRecord run, Since since, long nowMillis, long wallMillis) {
        if (run.isEnded()) {
            return Decision.nothing(run, run.state());
        }
        Draft draft = new Draft(run);
        if (nowMillis >= graceEndMillis(run, since)) {
            draft.endWithout(
                    "the worker had not stopped " + seconds(settings.cancelGrace()) + " after it was asked to",
                    wallMillis);
        } else if (nowMillis >= leaseEndMillis(run, since)) {
            draft.endWithout(
                    "the worker has not been heard of for "
                            + seconds(Duration.ofMillis(run.spec().leaseMillis())),
                    wallMillis);
        } else if (nowMillis >= timeoutMillis(run, since)) {
            draft.stop(Stop.Reason.TIMEOUT, timeoutMessage(run), wallMillis);
        } else if (nowMillis >= disconnectEndMillis(run, since)) {
            draft.stop(Stop.Reason.CANCEL, "cancelled: its last reader had left", wallMillis);
        }
        return draft.decide(draft.record.state());
    }

    /** When {@link #tick} may next have something to do; {@link Long#MAX_VALUE} for never. */
    public long nextDueMillis(RunRecord run, Since since) {
        if (run.isEnded()) {
            return Long.MAX_VALUE;
        }
        return Math.min(
                Math.min(graceEndMillis(run, since), leaseEndMillis(run, since)),
                Math.min(timeoutMillis(run, since), disconnectEndMillis(run, since)));
    }

    private long graceEndMillis(RunRecord run, Since since) {
        return run.stop().isRequested()
                ? later(since.stopAskedMillis(), settings.cancelGrace().toMillis())
                : Long.MAX_VALUE;
    }

    private static long leaseEndMillis(RunRecord run, Since since) {
        long lease = run.spec().leaseMillis();
        return lease == 0 ? Long.MAX_VALUE : later(since.heardOfMillis(), lease);
    }

    private static long timeoutMillis(RunRecord run, Since since) {
        long limit = run.spec().timeoutMillis();
        return limit == 0 || run.startedAtMillis() == 0 || run.stop().isRequested()
                ? Long.MAX_VALUE
                : later(since.startedMillis(), limit);
    }

    private long disconnectEndMillis(RunRecord run, Since since) {
        return run.spec().cancelOnDisconnect() && !run.stop().isRequested()
                ? later(since.aloneMillis(), settings.disconnectGrace().toMillis())
                : Long.MAX_VALUE;
    }

    /** A time and a span of it, which may be as long as can be. */
    private static long later(long millis, long byMillis) {
        return millis > 0 && byMillis > Long.MAX_VALUE - millis ? Long.MAX_VALUE : millis + byMillis;
    }

    private static String timeoutMessage(RunRecord run) {
        return "the run took longer than "
                + seconds(Duration.ofMillis(run.spec().timeoutMillis()));
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /**
     * Since when the time of a run's deadlines runs; each {@link Long#MAX_VALUE} where it does not.
     *
     * @param startedMillis since the run was first started
     * @param stopAskedMillis since it was asked to stop
     * @param heardOfMillis since its worker elsewhere was last heard of
     * @param aloneMillis since its last reader left
     */
    public record Since(long startedMillis, long stopAskedMillis, long heardOfMillis, long aloneMillis) {}

    /** A decision in the making. */
    static final class Draft {
        RunRecord record;
        private final List<NewEvent> events = new ArrayList<>(2);

        Draft(RunRecord record) {
            this.record = record;
        }

        void emit(EventType type, JsonBytes data) {
            record = record.withEvent(data.length());
            events.add(new NewEvent(type, data, record.attempt()));
        }

        void end(RunState state, EventType type, JsonBytes data, long nowMillis) {
            emit(type, data);
            record = record.ended(state, nowMillis);
        }

        /** A run that was asked to stop never reports success, but what its worker made stays readable. */
        void complete(JsonBytes result, long nowMillis) {
            if (!record.stop().isRequested()) {
                end(RunState.COMPLETED, EventType.COMPLETE, result, nowMillis);
                return;
            }
            emit(EventType.PARTIAL, result);
            endWithout("cancelled; the result had been made by then", nowMillis);
        }

        /** Ends a run whose worker says nothing more. */
        void endWithout(String message, long nowMillis) {
            switch (record.stop().reason()) {
                case NONE ->
                    end(
                            RunState.FAILED,
                            EventType.ERROR,
                            ErrorData.of(message, ErrorData.WORKER_LOST, true),
                            nowMillis);
                case CANCEL ->
                    end(
                            RunState.CANCELLED,
                            EventType.ERROR,
                            ErrorData.of(message, ErrorData.CANCELLED, false),
                            nowMillis);
                case TIMEOUT -> endTimedOut(nowMillis);
            }
        }

        void endTimedOut(long nowMillis) {
            JsonBytes data = ErrorData.of(timeoutMessage(record), ErrorData.TIMEOUT, false);
            end(RunState.FAILED, EventType.ERROR, data, nowMillis);
        }

        /** Asks the worker to stop; ends the run where no worker has it. Who has a job is known to its queue alone. */
        void stop(Stop.Reason reason, String messageWithoutWorker, long nowMillis) {
            boolean hasWorker = !record.state().isWaiting() || record.spec().isOfQueue();
            record = record.stopping(new Stop(reason, nowMillis));
            emit(EventType.STATUS, StatusData.ofState(RunState.CANCELLING, nowMillis));
            if (!hasWorker) {
                endWithout(messageWithoutWorker, nowMillis);
            }
        }

        <O> Decision<O> decide(O outcome) {
            return new Decision<>(record, List.copyOf(events), outcome);
        }
    }
}

package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Entries of a job on their way into its run. Each is looked at once: what is not after the last one copied is passed
 * over, and all that one brings is decided together, so that an entry's id is enough to know it by.
 */
final class Copying {
    private final RunMachine.Draft draft;
    private final long nowMillis;
    private final int maxEventBytes;
    private boolean goesOnThoughStopped;

    Copying(RunRecord run, long nowMillis, int maxEventBytes) {
        draft = new RunMachine.Draft(run);
        this.nowMillis = nowMillis;
        this.maxEventBytes = maxEventBytes;
    }

    Decision<Copied> copy(List<SourceEntry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            SourceEntry entry = entries.get(i);
            if (entry.id().isAfter(draft.record.copiedTo())) {
                if (beginsAnotherLife(entry.step())) {
                    endUnseen();
                    return decided(OptionalInt.of(i));
                }
                if (!draft.record.isEnded() || draft.record.copiedTo().equals(SourceId.NONE)) {
                    draft.record = draft.record.copiedTo(entry.id());
                }
                apply(entry.step());
            }
        }
        return decided(OptionalInt.empty());
    }

    Decision<RunState> settle(Optional<SourceId> seen, SourceStep step) {
        if (seen.isEmpty() || draft.record.copiedTo().equals(seen.get())) {
            apply(step);
        }
        return draft.decide(draft.record.state());
    }

    private Decision<Copied> decided(OptionalInt newLogAt) {
        return draft.decide(new Copied(draft.record.state(), newLogAt, goesOnThoughStopped));
    }

    /** A name is given to a job again, or a job that had ended goes back to its queue. */
    private boolean beginsAnotherLife(SourceStep step) {
        boolean wasCopiedBefore = !draft.record.copiedTo().equals(SourceId.NONE);
        return switch (step) {
            case SourceStep.Added added -> wasCopiedBefore;
            case SourceStep.Waiting waiting -> waiting.afterEnd() && draft.record.isEnded() && wasCopiedBefore;
            default -> false;
        };
    }

    private void endUnseen() {
        if (!draft.record.isEnded()) {
            remove("the job was taken out of its queue");
        }
    }

    private void apply(SourceStep step) {
        if (draft.record.isEnded()) {
            noteIfStopped(step);
            return;
        }
        switch (step) {
            case SourceStep.Added added -> {}
            case SourceStep.Waiting waiting -> await();
            case SourceStep.Begun begun -> begin(begun.attempt());
            case SourceStep.Sent sent -> send(sent);
            case SourceStep.Told told -> tell(told.message());
            case SourceStep.Completed completed -> complete(completed.result());
            case SourceStep.Failed failed -> fail(failed.error());
            case SourceStep.Removed removed -> remove(removed.message());
            case SourceStep.Lost lost -> lose(lost.message());
        }
    }

    private boolean isStopped() {
        return draft.record.stop().isRequested() || draft.record.state() == RunState.CANCELLED;
    }

    private void noteIfStopped(SourceStep step) {
        boolean goesOn = step instanceof SourceStep.Waiting || step instanceof SourceStep.Begun;
        goesOnThoughStopped |= goesOn && isStopped();
    }

    private void await() {
        if (isStopped()) {
            goesOnThoughStopped = true;
        } else if (draft.record.state() == RunState.RUNNING) {
            draft.record = draft.record.withState(RunState.RETRYING);
            draft.emit(EventType.STATUS, StatusData.ofState(RunState.RETRYING, nowMillis));
        }
    }

    private void begin(int attemptAtLeast) {
        RunRecord run = draft.record;
        if (isStopped()) {
            // The first attempt is the one that was asked to stop; another one is not to be.
            goesOnThoughStopped = true;
            return;
        }
        int attempt = run.state() == RunState.QUEUED ? run.attempt() : run.attempt() + 1;
        draft.record = run.started(Math.max(attempt, attemptAtLeast), nowMillis);
        draft.emit(EventType.STATUS, StatusData.ofAttempt(draft.record.attempt(), nowMillis));
    }

    private void send(SourceStep.Sent sent) {
        if (draft.record.state() == RunState.QUEUED) {
            begin(0);
        }
        if (sent.number().filter(draft.record::hasBatch).isPresent()) {
            return;
        }
        sent.number().ifPresent(number -> draft.record = draft.record.withBatch(number));
        sent.events().forEach(this::send);
    }

    private void send(EventDraft event) {
        switch (event) {
            case EventDraft.Invalid invalid -> tell("an event was dropped: " + invalid.message());
            case EventDraft.TooLarge large -> tellTooLarge(large.bytes());
            case EventDraft.Valid valid -> {
                JsonBytes data = valid.type() == EventType.STATUS
                        ? StatusData.withState(valid.data(), draft.record.state())
                        : valid.data();
                if (valid.type().isTerminal()) {
                    tell("an event was dropped: a job ends when its worker returns or throws");
                } else if (data.length() > maxEventBytes) {
                    tellTooLarge(data.length());
                } else {
                    draft.emit(valid.type(), data);
                }
            }
        }
    }

    private void tellTooLarge(long bytes) {
        tell("an event was dropped: it has " + bytes + " bytes, and " + maxEventBytes + " are allowed");
    }

    private void tell(String message) {
        draft.emit(EventType.STATUS, StatusData.ofState(draft.record.state(), message, nowMillis));
    }

    private void complete(JsonBytes result) {
        if (result.length() <= maxEventBytes) {
            draft.complete(result, nowMillis);
        } else {
            endTooLarge("result", result.length());
        }
    }

    private void fail(JsonBytes error) {
        if (error.length() > maxEventBytes) {
            endTooLarge("error", error.length());
            return;
        }
        switch (draft.record.stop().reason()) {
            case NONE -> draft.end(RunState.FAILED, EventType.ERROR, ErrorData.completed(error), nowMillis);
            case CANCEL ->
                draft.end(
                        RunState.CANCELLED,
                        EventType.ERROR,
                        ErrorData.underCode(error, ErrorData.CANCELLED),
                        nowMillis);
            case TIMEOUT -> draft.endTimedOut(nowMillis);
        }
    }

    private void endTooLarge(String what, int bytes) {
        String message = "the job's " + what + " has " + bytes + " bytes, and " + maxEventBytes + " are allowed";
        if (isStopped()) {
            draft.endWithout(message, nowMillis);
        } else {
            draft.end(
                    RunState.FAILED,
                    EventType.ERROR,
                    ErrorData.of(message, ErrorData.EVENT_TOO_LARGE, false),
                    nowMillis);
        }
    }

    private void remove(String message) {
        if (draft.record.stop().reason() == Stop.Reason.TIMEOUT) {
            draft.endTimedOut(nowMillis);
        } else {
            JsonBytes data = ErrorData.of(removed(message), ErrorData.CANCELLED, false);
            draft.end(RunState.CANCELLED, EventType.ERROR, data, nowMillis);
        }
    }

    /** After a cancel it is told the same way whoever sees first that the job is gone. */
    private String removed(String message) {
        if (!isStopped()) {
            return message;
        }
        return draft.record.startedAtMillis() == 0 ? "cancelled before it began" : "cancelled between two attempts";
    }

    private void lose(String message) {
        draft.endWithout(message, nowMillis);
    }
}

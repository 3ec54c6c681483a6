package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventId;
import dev.runstream.core.log.EventType;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One batch of events on its way into a run. It has to be from whoever works on the run; then for each event the checks
 * come in this order: a stale producer, a number
 * already stored (skipped, also after the end), a number missing, the end of the run, the event itself.
 */
final class Appending {
    private final RunMachine.Draft draft;
    private final AppendBatch batch;
    private final long nowMillis;
    private final int maxEventBytes;
    /** The number the producer has to use next; unused without a producer. */
    private long expectedSeq;

    Appending(RunRecord run, AppendBatch batch, long nowMillis, int maxEventBytes) {
        draft = new RunMachine.Draft(run);
        this.batch = batch;
        this.nowMillis = nowMillis;
        this.maxEventBytes = maxEventBytes;
    }

    Decision<AppendResult> decide() {
        RunSpec spec = draft.record.spec();
        if (batch.isFromElsewhere() && !spec.isExternal()) {
            return draft.decide(notExternal(spec.agent()));
        }
        return draft.decide(batch.producer().map(this::applyNumbered).orElseGet(this::applyUnnumbered));
    }

    private AppendResult applyUnnumbered() {
        if (batch.drafts().isEmpty() && draft.record.isEnded()) {
            return refused(new AppendResult.Refusal.Ended(), 0);
        }
        for (int i = 0; i < batch.drafts().size(); i++) {
            Optional<AppendResult.Refusal> refusal = apply(batch.drafts().get(i));
            if (refusal.isPresent()) {
                return refused(refusal.get(), i);
            }
        }
        return appended();
    }

    private AppendResult applyNumbered(Producer producer) {
        Producers.Next known = draft.record.producers().next().get(producer.id());
        expectedSeq = expectedSeq(draft.record, producer);
        if (known != null && producer.epoch() < known.epoch()) {
            return stale(known.epoch());
        }
        if (isOfAnotherAttempt(producer)) {
            return stale(draft.record.attempt());
        }
        long first = expectedSeq;
        AppendResult result = applyFrom(producer);
        // A number is stored with its event, and what is refused leaves no trace; but a call that is taken announces
        // its
        // epoch even without events, so that whoever begins can shut out who was before.
        boolean begins = known == null || producer.epoch() > known.epoch();
        if (expectedSeq != first) {
            learn(producer, false);
        } else if (begins && result instanceof AppendResult.Appended) {
            learn(producer, known == null ? draft.record.isUnderLaterEpoch() : known.anySeq());
        }
        return result;
    }

    /** An agent's attempt writes only while it is the one in force, and nobody does while the run waits for one. */
    private boolean isOfAnotherAttempt(Producer producer) {
        RunRecord run = draft.record;
        return !run.spec().isExternal()
                && producer.id().equals(Producer.AGENT)
                && (run.state().isWaiting() || producer.epoch() != run.attempt());
    }

    private AppendResult stale(long currentEpoch) {
        return refused(
                new AppendResult.Refusal.StaleProducer(currentEpoch),
                batch.drafts().size());
    }

    private void learn(Producer producer, boolean anySeq) {
        draft.record = draft.record.withProducers(draft.record
                .producers()
                .with(producer.id(), new Producers.Next(producer.epoch(), expectedSeq, anySeq)));
    }

    /** The number that a producer has to use next, where its epoch is not stale. */
    static long expectedSeq(RunRecord run, Producer producer) {
        Producers.Next known = run.producers().next().get(producer.id());
        if (known == null) {
            return run.isUnderLaterEpoch() ? producer.seq() : 0;
        }
        if (producer.epoch() > known.epoch()) {
            return known.anySeq() ? producer.seq() : 0;
        }
        return known.anySeq() ? Math.max(known.seq(), producer.seq()) : known.seq();
    }

    private AppendResult applyFrom(Producer producer) {
        int drafts = batch.drafts().size();
        if (producer.seq() > expectedSeq) {
            return refused(new AppendResult.Refusal.ProducerGap(producer.seq()), 0);
        }
        long alreadyStored = Math.min(drafts, expectedSeq - producer.seq());
        if (alreadyStored == drafts && drafts > 0) {
            return appended();
        }
        if (draft.record.isEnded()) {
            return refused(new AppendResult.Refusal.Ended(), (int) alreadyStored);
        }
        if (!draft.record.producers().hasRoomFor(producer.id())) {
            return refused(new AppendResult.Refusal.TooManyProducers(), drafts);
        }
        for (int i = (int) alreadyStored; i < drafts; i++) {
            Optional<AppendResult.Refusal> refusal = apply(batch.drafts().get(i));
            if (refusal.isPresent()) {
                return refused(refusal.get(), i);
            }
            expectedSeq++;
        }
        return appended();
    }

    private Optional<AppendResult.Refusal> apply(EventDraft event) {
        if (draft.record.isEnded()) {
            return Optional.of(new AppendResult.Refusal.Ended());
        }
        return switch (event) {
            case EventDraft.Invalid invalid -> Optional.of(new AppendResult.Refusal.Invalid(invalid.message()));
            case EventDraft.TooLarge large ->
                Optional.of(new AppendResult.Refusal.TooLarge(large.bytes(), large.maxBytes()));
            case EventDraft.Valid valid -> applyValid(valid.type(), valid.data());
        };
    }

    private Optional<AppendResult.Refusal> applyValid(EventType type, JsonBytes data) {
        return switch (type) {
            case STATUS -> applyCompleted(type, StatusData.withState(data, draft.record.state()));
            case DELTA, PARTIAL -> {
                draft.emit(type, data);
                yield Optional.empty();
            }
            case COMPLETE -> {
                draft.complete(data, nowMillis);
                yield Optional.empty();
            }
            case ERROR -> fail(data);
        };
    }

    /** An event to which the server has added, by which it may have become too large. */
    private Optional<AppendResult.Refusal> applyCompleted(EventType type, JsonBytes data) {
        if (data.length() > maxEventBytes) {
            return Optional.of(new AppendResult.Refusal.TooLarge(data.length(), maxEventBytes));
        }
        draft.emit(type, data);
        return Optional.empty();
    }

    private Optional<AppendResult.Refusal> fail(JsonBytes error) {
        return switch (draft.record.stop().reason()) {
            case NONE ->
                ErrorData.hasCode(error, ErrorData.CANCELLED)
                        ? Optional.of(new AppendResult.Refusal.Invalid(
                                "the code \"cancelled\" is only for a run that was asked to stop"))
                        : applyFailure(RunState.FAILED, ErrorData.completed(error));
            case CANCEL -> applyFailure(RunState.CANCELLED, ErrorData.underCode(error, ErrorData.CANCELLED));
            case TIMEOUT -> {
                draft.endTimedOut(nowMillis);
                yield Optional.empty();
            }
        };
    }

    private Optional<AppendResult.Refusal> applyFailure(RunState end, JsonBytes data) {
        Optional<AppendResult.Refusal> refusal = applyCompleted(EventType.ERROR, data);
        if (refusal.isEmpty()) {
            draft.record = draft.record.ended(end, nowMillis);
        }
        return refusal;
    }

    private AppendResult appended() {
        RunRecord run = draft.record;
        return new AppendResult.Appended(lastEventId(), run.state(), run.stop().isRequested());
    }

    private AppendResult notExternal(String agent) {
        return new AppendResult.Refused(
                new AppendResult.Refusal.NotExternal(agent),
                batch.drafts().size(),
                OptionalLong.empty(),
                lastEventId(),
                draft.record.state());
    }

    private AppendResult refused(AppendResult.Refusal refusal, int index) {
        OptionalLong expected = batch.producer().isPresent() ? OptionalLong.of(expectedSeq) : OptionalLong.empty();
        return new AppendResult.Refused(refusal, index, expected, lastEventId(), draft.record.state());
    }

    private EventId lastEventId() {
        return new EventId(draft.record.epoch(), draft.record.lastSeq());
    }
}

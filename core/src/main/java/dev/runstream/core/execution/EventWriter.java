package dev.runstream.core.execution;

import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunFailedException;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.AppendResult.Refusal;
import dev.runstream.core.run.ErrorData;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Writes one attempt's events, one after the other in the order of the calls, each blocking until it is stored.
 *
 * <p>The events are numbered under the attempt, so that the store refuses those of an attempt that another has replaced,
 * and stores none twice. Safe for any thread.
 */
final class EventWriter {
    // immutable
    private final RunStore store;
    private final Patience patience;
    private final StopSignal stop;
    private final String runId;
    private final int attempt;
    private final int maxEventBytes;

    // under this lock, which is held while the store works: that keeps the order
    private final ReentrantLock order = new ReentrantLock(true);
    private long nextSeq;

    // shared: written under the lock
    private volatile boolean ending;
    private volatile boolean ended;
    private volatile boolean settled;

    EventWriter(RunStore store, Patience patience, StopSignal stop, String runId, int attempt, int maxEventBytes) {
        this.store = store;
        this.patience = patience;
        this.stop = stop;
        this.runId = runId;
        this.attempt = attempt;
        this.maxEventBytes = maxEventBytes;
    }

    /** Whether this attempt is about to end its run, or has ended it. */
    boolean isEnding() {
        return ending;
    }

    /** Whether nothing can be written any more. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether the store has said that no end is to come from this attempt: it is stored, or the run is not its any more. */
    boolean isSettled() {
        return settled;
    }

    /**
     * Writes an event that does not end the run.
     *
     * @throws RunFailedException if it is too large; the run goes on if the agent does
     * @throws RunCancelledException if the run has ended
     */
    void write(EventType type, JsonBytes data) {
        if (data.length() > maxEventBytes) {
            throw tooLarge(type, data.length(), maxEventBytes);
        }
        writeIfAny(type, () -> Optional.of(data));
    }

    /** Writes what there is when its turn has come. */
    void writeIfAny(EventType type, Supplier<Optional<JsonBytes>> latest) {
        order.lock();
        try {
            latest.get().ifPresent(data -> send(type, data));
        } finally {
            order.unlock();
        }
    }

    /**
     * Writes the event that ends the run; one that is too large becomes an {@code error} that says so.
     *
     * @param before a status to be written first, where there is one
     * @throws RunFailedException if it was too large; the run has ended all the same
     */
    void end(EventType type, JsonBytes data, Supplier<Optional<JsonBytes>> before) {
        order.lock();
        try {
            before.get().ifPresent(status -> send(EventType.STATUS, status));
            ending = true;
            try {
                send(type, data);
            } catch (RunFailedException tooLarge) {
                send(EventType.ERROR, ErrorData.of(tooLarge.readerMessage(), tooLarge.code(), false));
                endIsStored();
                throw tooLarge;
            }
            endIsStored();
        } finally {
            order.unlock();
        }
    }

    private void endIsStored() {
        settled = true;
        ended = true;
    }

    private static RunFailedException tooLarge(EventType type, long bytes, int mostBytes) {
        return new RunFailedException(
                ErrorData.EVENT_TOO_LARGE,
                "the data of \"" + type.wireName() + "\" has " + bytes + " bytes; an event may have " + mostBytes,
                false);
    }

    /** @throws RunFailedException if it is too large, with what the store adds to it */
    private void send(EventType type, JsonBytes data) {
        if (ended) {
            throw gone();
        }
        EventDraft draft = EventDraft.of(type, data, maxEventBytes);
        switch (append(List.of(draft))) {
            case AppendResult.Appended stored -> nextSeq++;
            case AppendResult.UnknownRun unknown -> throw lost();
            case AppendResult.Refused refused -> refused(type, draft, refused);
        }
    }

    private AppendResult append(List<EventDraft> drafts) {
        return patience.<AppendResult>insist(
                runId,
                () -> store.append(
                        runId, new AppendBatch(Optional.of(new Producer(Producer.AGENT, attempt, nextSeq)), drafts)),
                EventWriter::hasNoRoom,
                stop::isPressed);
    }

    private static boolean hasNoRoom(AppendResult result) {
        return result instanceof AppendResult.Refused refused && refused.refusal() instanceof Refusal.NoRoom;
    }

    private void refused(EventType type, EventDraft draft, AppendResult.Refused refused) {
        switch (refused.refusal()) {
            case Refusal.Invalid invalid -> throw new IllegalArgumentException(invalid.message());
            case Refusal.TooLarge large -> throw tooLarge(type, large.bytes(), large.maxBytes());
            case Refusal.ProducerGap gap -> sendAgain(draft, refused);
            case Refusal.Ended end -> throw lost();
            case Refusal.StaleProducer stale -> throw lost();
            case Refusal.TooManyProducers many -> throw over();
            case Refusal.NotExternal none -> throw new IllegalStateException("an agent's events are the run's own");
            case Refusal.NoRoom none -> throw new IllegalStateException("no room is tried again before");
        }
    }

    /** The store has lost events of ours, which it stood for: go on from what it knows. */
    private void sendAgain(EventDraft draft, AppendResult.Refused refused) {
        nextSeq = refused.expectedSeq().orElse(0);
        if (append(List.of(draft)) instanceof AppendResult.Appended) {
            nextSeq++;
        } else {
            throw over();
        }
    }

    private RunCancelledException lost() {
        settled = true;
        return over();
    }

    private RunCancelledException over() {
        ended = true;
        stop.tell();
        return gone();
    }

    private static RunCancelledException gone() {
        return new RunCancelledException("the run has ended");
    }
}

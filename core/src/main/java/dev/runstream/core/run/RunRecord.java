package dev.runstream.core.run;

/**
 * All that decides what may happen to a run, as one immutable value: {@link RunMachine} turns one into the next, and
 * stores write it down.
 *
 * @param attempt the attempt in force, from 1
 * @param startedAtMillis when the first attempt began; 0 for not yet
 * @param endedAtMillis 0 for not yet
 * @param epoch of its event log
 * @param lastSeq the last event of its log
 * @param bytes data of all events ever written
 * @param readerCame whether it has ever had a reader
 */
public record RunRecord(
        RunSpec spec,
        RunState state,
        int attempt,
        long startedAtMillis,
        long endedAtMillis,
        Stop stop,
        long epoch,
        long lastSeq,
        long bytes,
        Producers producers,
        boolean readerCame) {
    public String runId() {
        return spec.runId();
    }

    /** The epoch of a run's first log. */
    static long firstEpoch(RunSpec spec) {
        return Math.max(1, spec.createdAtMillis());
    }

    /** Whether its log was lost and made anew, so that numbers of producers may have been forgotten too. */
    boolean isUnderLaterEpoch() {
        return epoch != firstEpoch(spec);
    }

    public boolean isEnded() {
        return state.isEnd();
    }

    RunRecord withState(RunState changed) {
        return new RunRecord(
                spec,
                changed,
                attempt,
                startedAtMillis,
                endedAtMillis,
                stop,
                epoch,
                lastSeq,
                bytes,
                producers,
                readerCame);
    }

    RunRecord started(int nextAttempt, long nowMillis) {
        long first = startedAtMillis == 0 ? nowMillis : startedAtMillis;
        return new RunRecord(
                spec,
                RunState.RUNNING,
                nextAttempt,
                first,
                endedAtMillis,
                stop,
                epoch,
                lastSeq,
                bytes,
                producers,
                readerCame);
    }

    RunRecord ended(RunState end, long nowMillis) {
        return new RunRecord(
                spec, end, attempt, startedAtMillis, nowMillis, stop, epoch, lastSeq, bytes, producers, readerCame);
    }

    RunRecord stopping(Stop requested) {
        return new RunRecord(
                spec,
                RunState.CANCELLING,
                attempt,
                startedAtMillis,
                endedAtMillis,
                requested,
                epoch,
                lastSeq,
                bytes,
                producers,
                readerCame);
    }

    /** This run with one event more in its log. */
    public RunRecord withEvent(int dataBytes) {
        return new RunRecord(
                spec,
                state,
                attempt,
                startedAtMillis,
                endedAtMillis,
                stop,
                epoch,
                lastSeq + 1,
                bytes + dataBytes,
                producers,
                readerCame);
    }

    /** This run with other numbers expected of its producers. */
    public RunRecord withProducers(Producers changed) {
        return new RunRecord(
                spec, state, attempt, startedAtMillis, endedAtMillis, stop, epoch, lastSeq, bytes, changed, readerCame);
    }

    /** The last entry that was copied into it from the stream of its queue. */
    public SourceId copiedTo() {
        Producers.Next copied = producers.next().get(Producer.SOURCE);
        return copied == null ? SourceId.NONE : new SourceId(copied.epoch(), copied.seq());
    }

    /** This run after an entry from the stream of its queue was copied into it. */
    public RunRecord copiedTo(SourceId entry) {
        return withProducers(producers.with(Producer.SOURCE, new Producers.Next(entry.millis(), entry.seq(), false)));
    }

    /** Whether this batch of its job, or a later one of the same sender, was the last to be copied. */
    boolean hasBatch(SourceStep.BatchNumber batch) {
        Producers.Next next = producers.next().get(Producer.BATCH);
        return next != null && next.epoch() == batch.sender() && batch.index() < next.seq();
    }

    /** This run after a batch of its job was copied into it. */
    RunRecord withBatch(SourceStep.BatchNumber batch) {
        Producers.Next next = new Producers.Next(batch.sender(), batch.index() + 1, false);
        return withProducers(producers.with(Producer.BATCH, next));
    }

    RunRecord withReaderCame() {
        return new RunRecord(
                spec, state, attempt, startedAtMillis, endedAtMillis, stop, epoch, lastSeq, bytes, producers, true);
    }

    /**
     * This run after its log may have forgotten events that readers have seen: what is left is numbered anew under a
     * greater epoch, and its producers' next number is accepted as it comes.
     */
    public RunRecord underEpoch(long greaterEpoch) {
        return new RunRecord(
                spec,
                state,
                attempt,
                startedAtMillis,
                endedAtMillis,
                stop,
                greaterEpoch,
                lastSeq,
                bytes,
                producers.forgetful(),
                readerCame);
    }
}

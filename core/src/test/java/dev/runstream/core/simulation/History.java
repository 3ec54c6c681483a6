package dev.runstream.core.simulation;

import dev.runstream.core.log.EventType;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.SeenEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one log of one run has come to hold, event by event, and what was promised of it to those who wrote. Each event is
 * held against the rules of a run's life as it comes.
 */
public final class History {
    public final RunSpec spec;
    public final long epoch;
    /** By seq, from 1 at index 0; null for one that was evicted before it could be looked at. */
    private final List<@Nullable NewEvent> events = new ArrayList<>();

    private final Map<String, Long> nextNumbers = new HashMap<>();
    private final Map<String, Long> latestEpochs = new HashMap<>();
    private RunState state = RunState.QUEUED;
    private boolean ended;
    private boolean cancelAnswered;
    /** Whether numbers may have been forgotten, so that the next of each producer is taken as it comes. */
    private final boolean forgetful;
    /** Since when its worker has not been heard of, by the timers' clock; whatever may count as a sign of it counts. */
    public long heardOfMillis;

    long stopAskedMillis = Long.MAX_VALUE;

    public History(RunSpec spec, long epoch, boolean forgetful, long nowMillis) {
        this.spec = spec;
        this.epoch = epoch;
        this.forgetful = forgetful;
        heardOfMillis = nowMillis;
    }

    public long lastSeq() {
        return events.size();
    }

    public boolean hasEnded() {
        return ended;
    }

    public RunState state() {
        return state;
    }

    /** A cancel was answered, so that the run may not report success any more. */
    public void cancelAnswered() {
        cancelAnswered |= !ended;
    }

    public @Nullable NewEvent event(long seq) {
        return events.get((int) seq - 1);
    }

    /** Some events were evicted before they could be looked at. */
    void skip(long count) {
        for (long i = 0; i < count; i++) {
            events.add(null);
        }
    }

    /**
     * The next event of the log.
     *
     * @param nowMillis by the timers' clock
     */
    public void add(NewEvent event, long nowMillis) {
        String text = event.type().wireName() + " " + event.data();
        Violation.unless(!ended, "after the end: " + text);
        events.add(event);
        Violation.unless(
                events.size() > 1 || event.type() == EventType.STATUS, "the first event is no status: " + text);
        checkNumber(event, text);
        switch (event.type()) {
            case STATUS -> changeState(stateOf(event), text);
            case COMPLETE -> end(RunState.COMPLETED, text);
            case ERROR -> end(endOf(event, nowMillis, text), text);
            default -> {}
        }
    }

    private static RunState stateOf(NewEvent event) {
        String name = member(event, "state");
        return RunState.ofWireName(name).orElseThrow(() -> new Violation("no state in " + event.data()));
    }

    private void changeState(RunState next, String text) {
        boolean legal = next == state
                || switch (state) {
                    case QUEUED -> next == RunState.RUNNING || next == RunState.CANCELLING;
                    case RUNNING -> next == RunState.RETRYING || next == RunState.CANCELLING;
                    case RETRYING -> next == RunState.RUNNING || next == RunState.CANCELLING;
                    default -> false;
                };
        Violation.unless(legal && !next.isEnd(), "from " + state + " by " + text);
        state = next;
    }

    private RunState endOf(NewEvent event, long nowMillis, String text) {
        String code = member(event, "code");
        if (code.equals("worker-lost") && spec.isExternal()) {
            long silence = nowMillis - heardOfMillis;
            Violation.unless(silence >= spec.leaseMillis(), "lost after " + silence + " ms: " + text);
        }
        if (code.equals("cancelled")) {
            Violation.unless(state == RunState.CANCELLING, "cancelled without being asked to: " + text);
            return RunState.CANCELLED;
        }
        return RunState.FAILED;
    }

    private void end(RunState end, String text) {
        Violation.unless(end != RunState.COMPLETED || !cancelAnswered, "success after a cancel was answered: " + text);
        // A worker that only seemed to be dead may bring the result before another attempt begins.
        boolean hasWorker = state == RunState.RUNNING || state == RunState.RETRYING;
        Violation.unless(end != RunState.COMPLETED || hasWorker, "from " + state + " by " + text);
        ended = true;
        state = end;
    }

    /** Each producer's numbers count on from the last, and no epoch comes back. */
    private void checkNumber(NewEvent event, String text) {
        String producer = member(event, "w");
        if (producer.isEmpty() || hasHole()) {
            return;
        }
        long producerEpoch = Long.parseLong(member(event, "e"));
        long number = Long.parseLong(member(event, "n"));
        long latest = latestEpochs.merge(producer, producerEpoch, Math::max);
        Violation.unless(producerEpoch == latest, "of a stale producer: " + text);
        String key = producer + "/" + producerEpoch;
        Long expected = nextNumbers.get(key);
        long least = expected == null ? 0 : expected;
        boolean inOrder = number == least || (forgetful && number > least);
        Violation.unless(inOrder, "number " + least + " was expected in place of " + text);
        nextNumbers.put(key, number + 1);
    }

    /** Then the server's own words stand in the place of what the worker said at the end. */
    private boolean hasTimedOut() {
        NewEvent last = events.getLast();
        return ended && last != null && member(last, "code").equals("timeout");
    }

    private boolean hasHole() {
        return events.contains(null);
    }

    /** An append of these numbers was acknowledged. */
    public void acknowledged(String producer, long producerEpoch, long firstNumber, int count) {
        if (count > 0 && !hasHole() && !hasTimedOut()) {
            long next = nextNumbers.getOrDefault(producer + "/" + producerEpoch, 0L);
            Violation.unless(
                    next >= firstNumber + count,
                    "acknowledged up to " + producer + "/" + producerEpoch + " number " + (firstNumber + count - 1)
                            + ", but stored below " + next);
        }
    }

    /** A reader got this event. */
    public void delivered(SeenEvent seen) {
        Violation.unless(seen.seq() <= lastSeq(), "delivered but not stored: " + seen);
        NewEvent stored = event(seen.seq());
        Violation.unless(
                stored == null
                        || (stored.type() == seen.type()
                                && stored.data().toString().equals(seen.data())),
                "delivered as " + seen + " what is stored as " + stored);
    }

    /**
     * A reader was told that these are missing.
     *
     * @param onlyInMemory then an ended run that nobody read may have kept nothing but its end
     */
    public void missing(long fromSeq, long toSeq, boolean onlyInMemory) {
        Violation.unless(toSeq < lastSeq(), "the last event is told to be missing: " + fromSeq + " to " + toSeq);
        long partial = onlyInMemory && ended ? 0 : latestPartial();
        Violation.unless(
                partial < fromSeq || partial > toSeq, "the latest partial, " + partial + ", is told to be missing");
    }

    private long latestPartial() {
        int attempt = 0;
        for (int i = events.size() - 1; i >= 0; i--) {
            NewEvent event = events.get(i);
            if (event == null) {
                return 0;
            }
            attempt = attempt == 0 ? event.attempt() : attempt;
            if (event.attempt() != attempt) {
                return 0;
            }
            if (event.type() == EventType.PARTIAL) {
                return i + 1L;
            }
        }
        return 0;
    }

    /** The value of a member without its quotes; empty where there is none. */
    public static String member(NewEvent event, String name) {
        String data = event.data().toString();
        int at = data.indexOf("\"" + name + "\":");
        if (at < 0) {
            return "";
        }
        int from = at + name.length() + 3;
        int to = from;
        while (to < data.length() && ",}".indexOf(data.charAt(to)) < 0) {
            to++;
        }
        return data.substring(from, to).replace("\"", "");
    }
}

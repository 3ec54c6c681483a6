package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** An event log as simple as can be: a list of all events, and the set of those that are held. */
public final class ModelLog {
    public record Event(long seq, EventType type, JsonBytes data, int attempt) {}

    final long epoch;
    final long maxDataBytes;
    final List<Event> events = new ArrayList<>();
    final TreeSet<Long> held = new TreeSet<>();
    private long protectedPartial;
    long evicted;

    public ModelLog(long epoch, long maxDataBytes) {
        this.epoch = epoch;
        this.maxDataBytes = maxDataBytes;
    }

    public Event event(long seq) {
        return events.get((int) seq - 1);
    }

    public long lastSeq() {
        return events.size();
    }

    int attempt() {
        return events.isEmpty() ? 1 : events.getLast().attempt();
    }

    public void append(EventType type, JsonBytes data, int attempt) {
        add(type, data, attempt);
        evictUntil(maxDataBytes);
    }

    /** All of them are there before any is evicted for them. */
    void append(List<NewEvent> events) {
        events.forEach(event -> add(event.type(), event.data(), event.attempt()));
        evictUntil(maxDataBytes);
    }

    private void add(EventType type, JsonBytes data, int attempt) {
        if (attempt != attempt()) {
            protectedPartial = 0;
        }
        long seq = lastSeq() + 1;
        events.add(new Event(seq, type, data, attempt));
        held.add(seq);
        if (type == EventType.PARTIAL) {
            protectedPartial = seq;
        }
    }

    void evictUntil(long dataBytes) {
        while (heldDataBytes() > dataBytes) {
            Optional<Long> oldest = held.stream()
                    .filter(seq -> seq != protectedPartial && seq != lastSeq())
                    .findFirst();
            if (oldest.isEmpty()) {
                return;
            }
            held.remove(oldest.get());
            evicted++;
        }
    }

    void evictAllButLast() {
        protectedPartial = 0;
        evictUntil(0);
    }

    long heldDataBytes() {
        return held.stream().mapToLong(seq -> event(seq).data().length()).sum();
    }

    /** The last hole ends where the unbroken range begins. */
    long rangeFirstSeq() {
        long first = lastSeq() + 1;
        while (first > 1 && held.contains(first - 1)) {
            first--;
        }
        return first;
    }

    /** The event held before a hole, or 0. */
    long islandSeq() {
        Long before = held.lower(rangeFirstSeq());
        return before == null ? 0 : before;
    }

    long firstHeldSeq() {
        return held.isEmpty() ? lastSeq() + 1 : held.first();
    }

    public boolean isHeld(long seq) {
        return held.contains(seq);
    }

    public LogState state() {
        long island = islandSeq();
        long[] starts = new long[attempt()];
        starts[0] = 1;
        for (int attempt = 2; attempt <= starts.length; attempt++) {
            int wanted = attempt;
            starts[attempt - 1] = events.stream()
                    .filter(event -> event.attempt() >= wanted)
                    .findFirst()
                    .orElseThrow()
                    .seq();
        }
        return new LogState(
                epoch,
                rangeFirstSeq(),
                lastSeq(),
                heldDataBytes(),
                protectedPartial,
                island,
                island == 0 ? 0 : event(island).data().length(),
                starts);
    }

    /** What a reader at a position has to be told first; empty for nothing. */
    Optional<LogRead.Gap> gapAfter(long position) {
        long next = position + 1;
        if (next > lastSeq() || held.contains(next)) {
            return Optional.empty();
        }
        Long heldAgain = held.higher(next);
        return Optional.of(new LogRead.Gap(next, (heldAgain == null ? lastSeq() + 1 : heldAgain) - 1));
    }
}

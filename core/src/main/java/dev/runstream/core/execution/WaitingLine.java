package dev.runstream.core.execution;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The runs that wait for a place, oldest first; of one millisecond, those that came first. Safe for any thread. */
final class WaitingLine {
    private static final Comparator<WaitingRun> OLDEST_FIRST =
            Comparator.comparingLong(WaitingRun::createdAtMillis).thenComparingLong(WaitingRun::number);

    // under this object's lock
    private final Map<String, WaitingRun> byRunId = new HashMap<>();
    private final TreeSet<WaitingRun> line = new TreeSet<>(OLDEST_FIRST);
    private boolean closed;

    /** False where nobody waits any more. */
    synchronized boolean add(WaitingRun run) {
        if (closed) {
            return false;
        }
        byRunId.put(run.runId(), run);
        return line.add(run);
    }

    /** The oldest, which leaves the line. */
    synchronized Optional<WaitingRun> take() {
        WaitingRun first = line.pollFirst();
        if (first == null) {
            return Optional.empty();
        }
        byRunId.remove(first.runId());
        return Optional.of(first);
    }

    /** The run leaves the line if it is in it and has ended. */
    synchronized Optional<WaitingRun> takeIfEnded(String runId) {
        WaitingRun waiting = byRunId.get(runId);
        if (waiting == null || !waiting.hasEnded()) {
            return Optional.empty();
        }
        byRunId.remove(runId);
        line.remove(waiting);
        return Optional.of(waiting);
    }

    /** All leave, and nobody gets in line any more. */
    synchronized List<WaitingRun> close() {
        closed = true;
        List<WaitingRun> left = List.copyOf(line);
        line.clear();
        byRunId.clear();
        return left;
    }

    synchronized int size() {
        return line.size();
    }
}

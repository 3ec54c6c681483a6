package dev.runstream.app.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/**
 * How fast a count grows, over the last ten seconds. Confined to one thread.
 *
 * <p>Counts that come together are one: what a replay brings at once says nothing of the speed.
 */
final class Rate {
    private static final long WINDOW_NANOS = 10_000_000_000L;
    private static final long TOGETHER_NANOS = 200_000_000L;
    private static final long LEAST_NANOS = 500_000_000L;

    private final Deque<Sample> samples = new ArrayDeque<>();

    void count(long done, long nowNanos) {
        Sample last = samples.peekLast();
        if (last != null && done < last.done) {
            samples.clear();
        } else if (last != null && nowNanos - last.nanos < TOGETHER_NANOS) {
            samples.removeLast();
            samples.addLast(new Sample(last.nanos, done));
            return;
        }
        samples.addLast(new Sample(nowNanos, done));
        while (nowNanos - samples.getFirst().nanos > WINDOW_NANOS && samples.size() > 2) {
            samples.removeFirst();
        }
    }

    /** Per second; empty as long as too little is known. */
    OptionalDouble perSecond() {
        if (samples.size() < 2) {
            return OptionalDouble.empty();
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        long nanos = last.nanos - first.nanos;
        return nanos < LEAST_NANOS || last.done == first.done
                ? OptionalDouble.empty()
                : OptionalDouble.of((last.done - first.done) * 1e9 / nanos);
    }

    private record Sample(long nanos, long done) {}
}

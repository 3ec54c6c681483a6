package dev.runstream.bullmq;

import dev.runstream.core.run.SourceId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log how the reading of what was there at the start goes on, where that takes its time. Confined to the
 * reading thread.
 */
final class BackLog {
    private static final Logger LOG = LoggerFactory.getLogger(BackLog.class);
    private static final long TELL_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<String, Rest> rests = new HashMap<>();
    private long toldAtNanos;

    private record Rest(SourceId end, long beganNanos) {}

    void begin(String queue, SourceId from, SourceId end) {
        toldAtNanos = System.nanoTime();
        if (end.isAfter(from)) {
            LOG.info("queue {}: reading on from {} to {}", queue, from, end);
            rests.put(queue, new Rest(end, toldAtNanos));
        } else {
            LOG.info("queue {}: nothing to make up for, reading on from {}", queue, from);
        }
    }

    /** @param entries how many of all queues have been copied by now */
    void reached(String queue, SourceId id, long entries) {
        Rest rest = rests.get(queue);
        if (rest == null) {
            return;
        }
        long now = System.nanoTime();
        if (!rest.end().isAfter(id)) {
            rests.remove(queue);
            LOG.info(
                    "queue {}: caught up after {} ms, {} entries read",
                    queue,
                    Duration.ofNanos(now - rest.beganNanos()).toMillis(),
                    entries);
        } else if (now - toldAtNanos > TELL_EVERY_NANOS) {
            toldAtNanos = now;
            LOG.info("queue {}: at {} of {}, {} entries read", queue, id, rest.end(), entries);
        }
    }
}

package dev.runstream.server.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * Which connections of an event loop are to be looked at when: a ring of ticks, each with its connections, so that one
 * coarse timer serves them all and a delivered event costs nothing here.
 *
 * <p>Confined to its event loop.
 */
final class QuietWheel {
    private static final int TICKS = 64;

    private final long tickNanos;
    private final List<List<StreamConnection>> ring = new ArrayList<>(TICKS);
    private int current;

    QuietWheel(long tickNanos) {
        this.tickNanos = tickNanos;
        for (int i = 0; i < TICKS; i++) {
            ring.add(new ArrayList<>());
        }
    }

    /** Has a connection looked at after so long, or earlier where the ring is shorter. */
    void lookAfter(long nanos, StreamConnection connection) {
        int ticks = Math.clamp(nanos / tickNanos + 1, 1, TICKS - 1);
        ring.get((current + ticks) % TICKS).add(connection);
    }

    /** Goes on by one tick. */
    void tick(long nowNanos) {
        current = (current + 1) % TICKS;
        List<StreamConnection> due = ring.set(current, new ArrayList<>());
        for (StreamConnection connection : due) {
            try {
                connection.look(nowNanos);
            } catch (RuntimeException | Error fault) {
                // The timer stops for good at a fault, and with it every keepalive of this loop.
                connection.failed(fault);
            }
        }
    }
}

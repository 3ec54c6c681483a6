package dev.runstream.server.stream;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.run.FollowedRun;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The streams of one event loop.
 *
 * <p>Confined to that event loop.
 */
final class LoopStreams {
    final EventLoop loop;
    final StreamTimes times;
    final StreamObserver observer;
    final RandomGenerator random;
    /** Whether the server is stopping. */
    boolean draining;

    private final QuietWheel quiet;
    private final Map<EventLog, StreamGroup> groups = new HashMap<>();
    private final Set<StreamConnection> connections = new HashSet<>();

    LoopStreams(EventLoop loop, StreamTimes times, StreamObserver observer, RandomGenerator random) {
        this.loop = loop;
        this.times = times;
        this.observer = observer;
        this.random = random;
        quiet = new QuietWheel(times.tickNanos());
        loop.scheduleAtFixedRate(
                () -> quiet.tick(System.nanoTime()), times.tickNanos(), times.tickNanos(), TimeUnit.NANOSECONDS);
    }

    /** The group of those who read this run here; the connection counts as one of them until {@link #leave}. */
    StreamGroup enter(StreamConnection connection, FollowedRun run) {
        connections.add(connection);
        quiet.lookAfter(0, connection);
        StreamGroup group = groups.computeIfAbsent(run.log(), log -> new StreamGroup(run, this));
        group.use();
        return group;
    }

    /** The connection has gone: its hold on the run is given back, or by its group where that depends on it. */
    void leave(StreamConnection connection, StreamGroup group, FollowedRun run) {
        connections.remove(connection);
        if (!group.dependsOn(run)) {
            run.close();
        }
        if (group.unuse()) {
            groups.remove(group.log(), group);
        }
    }

    void lookAfter(long nanos, StreamConnection connection) {
        quiet.lookAfter(nanos, connection);
    }

    /** The connections that are open now. */
    List<StreamConnection> open() {
        return List.copyOf(connections);
    }
}

package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is made anew whenever it breaks, at once and then after growing waits of up to a second.
 *
 * <p>Confined to the control thread, but for {@link #live}.
 */
final class RenewedConnection<C extends StatefulRedisConnection<String, byte[]>> {
    private static final long FIRST_WAIT_MILLIS = 50;
    private static final long LONGEST_WAIT_MILLIS = 1000;
    private static final long PROVEN_AFTER_MILLIS = 1000;

    /** Is told on the control thread. */
    interface Owner<C> {
        void up(Dialer.Reached<C> reached);

        void down();
    }

    // immutable
    private final Dialer dialer;
    private final Dialer.Kind<C> kind;
    private final Place place;
    private final Timers timers;
    private final ControlThread control;
    private final Owner<C> owner;
    // control thread only
    private int attempt;
    private int failures;
    private long upSinceMillis;
    private boolean closed;
    // written on the control thread, read on any
    private volatile @Nullable C live;
    private volatile Place reachedAt;
    private volatile long downSinceMillis;
    private volatile Throwable fault = new RedisUnavailableException("there was no connection yet");

    RenewedConnection(Dialer dialer, Dialer.Kind<C> kind, Place place, Timers timers, Owner<C> owner) {
        this.dialer = dialer;
        this.kind = kind;
        this.place = place;
        this.timers = timers;
        this.owner = owner;
        control = dialer.control();
        reachedAt = place;
        downSinceMillis = timers.nowMillis();
    }

    /** The connection as it stands; null while there is none. Any thread. */
    @Nullable
    C live() {
        return live;
    }

    /** This is the one that stands. Any thread. */
    boolean isLive(@Nullable Object connection) {
        return connection != null && connection.equals(live);
    }

    /** Where the last connection led to. Any thread. */
    Place reachedAt() {
        return reachedAt;
    }

    /** What became of the last connection or attempt. Any thread. */
    String fault() {
        return String.valueOf(fault.getMessage());
    }

    /** The last attempt was refused in a way that trying again does not change. Any thread. */
    Optional<RedisRefusedException> refusal() {
        return live == null && fault instanceof RedisRefusedException refused ? Optional.of(refused) : Optional.empty();
    }

    /** Any thread. */
    long downSinceMillis() {
        return downSinceMillis;
    }

    void connect() {
        int mine = ++attempt;
        dialer.dial(kind, place)
                .whenComplete((reached, failure) -> control.execute(() -> {
                    if (mine != attempt || closed) {
                        if (failure == null) {
                            reached.connection().closeAsync();
                        }
                    } else if (failure != null) {
                        failed(ConnectFaults.unwrapped(failure));
                    } else {
                        stands(reached);
                    }
                }));
    }

    private void failed(Throwable why) {
        fault = why;
        failures++;
        connectLater();
    }

    private void connectLater() {
        int mine = ++attempt;
        long wait = failures == 0 ? 0 : Math.min(FIRST_WAIT_MILLIS << Math.min(failures, 10), LONGEST_WAIT_MILLIS);
        control.later(wait, () -> {
            if (mine == attempt && !closed) {
                connect();
            }
        });
    }

    private void stands(Dialer.Reached<C> reached) {
        C connection = reached.connection();
        upSinceMillis = timers.nowMillis();
        reachedAt = reached.place();
        live = connection;
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> gone) {
                control.execute(() -> lost(connection, "the connection broke"));
            }
        });
        owner.up(reached);
        if (!connection.isOpen()) {
            lost(connection, "the connection broke");
        }
    }

    private void lost(C connection, String why) {
        if (!isLive(connection)) {
            return;
        }
        live = null;
        fault = new RedisUnavailableException("Redis at " + reachedAt + ": " + why);
        downSinceMillis = timers.nowMillis();
        failures = downSinceMillis - upSinceMillis < PROVEN_AFTER_MILLIS ? failures + 1 : 0;
        owner.down();
        if (!closed) {
            connectLater();
        }
    }

    /** Gives the connection up, and whatever is in flight on it, and makes a new one. */
    void drop(String why) {
        C connection = live;
        if (connection != null) {
            lost(connection, why);
            connection.closeAsync();
        }
    }

    /** Makes no more connections; the stage completes when the last one is closed. */
    CompletableFuture<Void> close() {
        closed = true;
        attempt++;
        C connection = live;
        if (connection == null) {
            return CompletableFuture.completedFuture(null);
        }
        lost(connection, "closed");
        return connection.closeAsync();
    }
}

package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a master on which messages come, and what is subscribed to there. When it breaks, all is
 * subscribed to again on the next one.
 *
 * <p>Confined to the control thread; messages are handed on as they come, on the input thread.
 */
final class PubSubConnection {
    private static final long PAUSE_MILLIS = 200;

    /** Is told on the control thread, but for messages. */
    interface Owner {
        /** On the input thread, which it must not block. */
        void message(String channel, byte[] message);

        /** What stood before stands again. */
        void back();

        /** The server will not have it here, since its slot is elsewhere. */
        void misplaced(Subscription subscription);

        void refused(Subscription subscription, RuntimeException why);
    }

    // immutable
    private final boolean sharded;
    private final Place place;
    private final ControlThread control;
    private final Owner owner;
    private final RenewedConnection<StatefulRedisPubSubConnection<String, byte[]>> connection;
    // control thread only
    private final Map<String, Subscription> subscriptions = new HashMap<>();
    private final Set<Subscription> lost = new HashSet<>();

    PubSubConnection(Dialer dialer, Place place, boolean sharded, Timers timers, Owner owner) {
        this.place = place;
        this.sharded = sharded;
        this.owner = owner;
        control = dialer.control();
        connection = new RenewedConnection<>(dialer, Dialer.PUB_SUB, place, timers, new RenewedConnection.Owner<>() {
            @Override
            public void up(Dialer.Reached<StatefulRedisPubSubConnection<String, byte[]>> reached) {
                resubscribe(reached.connection());
            }

            @Override
            public void down() {
                subscriptions.values().forEach(PubSubConnection.this::fell);
            }
        });
    }

    RenewedConnection<StatefulRedisPubSubConnection<String, byte[]>> connection() {
        return connection;
    }

    void add(Subscription subscription) {
        subscriptions.put(subscription.channel, subscription);
        if (subscription.stoodOnce) {
            lost.add(subscription);
        }
        StatefulRedisPubSubConnection<String, byte[]> live = connection.live();
        if (live != null) {
            subscribe(live, subscription);
        }
    }

    /** Ends a subscription. */
    void remove(Subscription subscription) {
        takeAway(subscription);
        found(subscription);
    }

    /** Ends a subscription here, which is going to be added elsewhere. */
    void handOver(Subscription subscription) {
        takeAway(subscription);
        lost.remove(subscription);
    }

    private void takeAway(Subscription subscription) {
        if (!subscriptions.remove(subscription.channel, subscription)) {
            return;
        }
        subscription.standing = false;
        StatefulRedisPubSubConnection<String, byte[]> live = connection.live();
        if (live != null && sharded) {
            live.async().sunsubscribe(subscription.channel);
        } else if (live != null) {
            live.async().unsubscribe(subscription.channel);
        }
    }

    private void resubscribe(StatefulRedisPubSubConnection<String, byte[]> live) {
        live.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, byte[] message) {
                owner.message(channel, message);
            }

            @Override
            public void smessage(String channel, byte[] message) {
                owner.message(channel, message);
            }

            @Override
            public void sunsubscribed(String channel, long count) {
                // Also comes unasked, when a slot has moved away.
                control.execute(() -> sentAway(live, channel));
            }
        });
        List<Subscription> all = new ArrayList<>(subscriptions.values());
        all.forEach(subscription -> subscribe(live, subscription));
    }

    private void sentAway(StatefulRedisPubSubConnection<String, byte[]> from, String channel) {
        Subscription subscription = subscriptions.get(channel);
        if (connection.isLive(from) && subscription != null && subscription.standing) {
            fell(subscription);
            owner.misplaced(subscription);
        }
    }

    private void subscribe(StatefulRedisPubSubConnection<String, byte[]> live, Subscription subscription) {
        RedisFuture<Void> answer = sharded
                ? live.async().ssubscribe(subscription.channel)
                : live.async().subscribe(subscription.channel);
        answer.whenComplete((nothing, fault) -> control.execute(() -> answered(live, subscription, fault)));
    }

    private void answered(
            StatefulRedisPubSubConnection<String, byte[]> asked, Subscription subscription, @Nullable Throwable fault) {
        if (!connection.isLive(asked) || subscriptions.get(subscription.channel) != subscription) {
            return;
        }
        if (fault == null) {
            subscription.standing = true;
            subscription.stoodOnce = true;
            subscription.acknowledged.complete(null);
            found(subscription);
        } else if (ConnectFaults.unwrapped(fault) instanceof RedisCommandExecutionException reply) {
            if (String.valueOf(reply.getMessage()).startsWith("NOPERM")) {
                owner.refused(subscription, ConnectFaults.reply(place, reply));
            } else if (sharded) {
                owner.misplaced(subscription);
            } else {
                control.later(PAUSE_MILLIS, () -> again(asked, subscription));
            }
        }
        // Else the connection broke, and the next one asks again.
    }

    private void again(StatefulRedisPubSubConnection<String, byte[]> asked, Subscription subscription) {
        if (connection.isLive(asked) && subscriptions.get(subscription.channel) == subscription) {
            subscribe(asked, subscription);
        }
    }

    private void fell(Subscription subscription) {
        subscription.standing = false;
        if (subscription.stoodOnce) {
            lost.add(subscription);
        }
    }

    private void found(Subscription subscription) {
        if (lost.remove(subscription) && lost.isEmpty()) {
            owner.back();
        }
    }

    CompletableFuture<Void> close() {
        subscriptions.clear();
        lost.clear();
        return connection.close();
    }
}

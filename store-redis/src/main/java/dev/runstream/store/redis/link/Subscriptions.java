package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * All channels that messages are wanted of, and at which master each is subscribed to.
 *
 * <p>{@link #subscribe} and {@link #unsubscribe} may be called from any thread, the rest from the control thread.
 */
final class Subscriptions {
    private final Masters masters;
    private final LinkSettings settings;
    private final ControlThread control;
    private final Map<String, Subscription> wanted = new HashMap<>();
    private final Map<Subscription, Master> placed = new HashMap<>();

    Subscriptions(Masters masters, LinkSettings settings, ControlThread control) {
        this.masters = masters;
        this.settings = settings;
        this.control = control;
    }

    CompletionStage<Void> subscribe(String channel) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        boolean open = control.accepts(() -> {
            Subscription subscription = wanted.get(channel);
            if (subscription == null) {
                subscription = new Subscription(channel);
                wanted.put(channel, subscription);
                place(subscription);
                giveUpLater(subscription);
            }
            subscription.acknowledged.whenComplete((nothing, fault) -> {
                if (fault == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(ConnectFaults.unwrapped(fault));
                }
            });
        });
        return open ? result : CompletableFuture.failedStage(closed());
    }

    private static RedisUnavailableException closed() {
        return new RedisUnavailableException("the link to Redis is closed");
    }

    private void giveUpLater(Subscription subscription) {
        Timers.Timer patience = control.later(
                settings.patience().toMillis(),
                () -> end(
                        subscription,
                        new RedisUnavailableException(
                                "Redis did not acknowledge the subscription to " + subscription.channel)));
        subscription.acknowledged.whenComplete((nothing, fault) -> patience.cancel());
    }

    void unsubscribe(String channel) {
        control.execute(() -> Optional.ofNullable(wanted.get(channel))
                .ifPresent(it -> end(it, new RedisUnavailableException("unsubscribed from " + channel))));
    }

    /** Ends a subscription; who still waits for its acknowledgement is told why. */
    void end(Subscription subscription, RuntimeException why) {
        if (wanted.remove(subscription.channel, subscription)) {
            Master at = placed.remove(subscription);
            if (at != null) {
                at.pubSub().remove(subscription);
            }
            subscription.acknowledged.completeExceptionally(why);
        }
    }

    private void place(Subscription subscription) {
        masters.of(subscription.channel).ifPresent(master -> {
            placed.put(subscription, master);
            master.pubSub().add(subscription);
        });
    }

    /** A subscription is not where it belongs; it is tried again once it is known where that is. */
    void misplaced(Subscription subscription) {
        if (wanted.get(subscription.channel) == subscription) {
            Master at = placed.remove(subscription);
            if (at != null) {
                at.pubSub().handOver(subscription);
            }
        }
    }

    /** Takes each subscription to the master that has it now. */
    void placeAll() {
        for (Subscription subscription : wanted.values()) {
            Master at = placed.get(subscription);
            if (at == null || masters.of(subscription.channel).orElse(at) != at) {
                if (at != null) {
                    placed.remove(subscription);
                    at.pubSub().handOver(subscription);
                }
                place(subscription);
            }
        }
    }

    void close() {
        wanted.values().forEach(it -> it.acknowledged.completeExceptionally(closed()));
        wanted.clear();
        placed.clear();
    }
}

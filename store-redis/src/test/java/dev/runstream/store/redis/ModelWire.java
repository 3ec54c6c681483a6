package dev.runstream.store.redis;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** How a process reaches the {@link ModelRedis}, with all that may happen on the way. */
public interface ModelWire {
    /**
     * Has something done there; the answer comes when it comes, or a fault as a real link gives it.
     *
     * @param key decides on the connection, which keeps the order
     */
    <T> CompletionStage<T> call(String key, Supplier<T> there);

    CompletionStage<Void> subscribe(String channel);

    void unsubscribe(String channel);
}

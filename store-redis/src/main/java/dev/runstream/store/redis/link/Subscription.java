package dev.runstream.store.redis.link;

import java.util.concurrent.CompletableFuture;

/** A channel that messages are wanted of. Confined to the control thread, but for the stage. */
final class Subscription {
    final String channel;
    /** Completes at the first acknowledgement. */
    final CompletableFuture<Void> acknowledged = new CompletableFuture<>();
    /** The server has acknowledged it on the connection that stands now. */
    boolean standing;
    /** It stood once, so that messages may be missed while it does not. */
    boolean stoodOnce;

    Subscription(String channel) {
        this.channel = channel;
    }
}

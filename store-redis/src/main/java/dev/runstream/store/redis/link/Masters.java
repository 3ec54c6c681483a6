package dev.runstream.store.redis.link;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Who takes which commands and has which channels. */
interface Masters extends SentCommand.Sender {
    /** Sends a command on its way. Any thread. */
    void send(SentCommand<?, ?, ?> command);

    @Override
    default void unsent(SentCommand<?, ?, ?> command) {
        command.via().hold(command.anew());
    }

    /** The master that has a channel now. Control thread. */
    Optional<Master> of(String channel);

    /** All of them. Any thread. */
    Collection<Master> all();

    /** What is wrong apart from what each master's probe knows; empty where nothing is. Any thread. */
    String trouble();

    /** Perhaps there is another master, or a slot has moved. Control thread. */
    void suspect();

    /** Once per probe interval. Control thread. */
    void tick();

    /** Completes when the connections are closed. Control thread. */
    CompletableFuture<Void> close();
}

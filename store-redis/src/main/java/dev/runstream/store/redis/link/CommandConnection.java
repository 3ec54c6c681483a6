package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a master on which all commands go, one behind the other, and those that wait for it.
 *
 * <p>{@link #send} and {@link #live} may be called from any thread, the rest from the control thread.
 */
final class CommandConnection {
    /** What more is asked for while Redis is away fails at once, so that an outage costs memory up to a limit. */
    private static final int MAX_WAITING = 20_000;

    // immutable
    private final Place place;
    private final Timers timers;
    private final ControlThread control;
    private final RenewedConnection<StatefulRedisConnection<String, byte[]>> connection;
    private final Consumer<SentCommand<?, ?, ?>> homeless;
    // control thread only
    private final ArrayDeque<SentCommand<?, ?, ?>> waiting = new ArrayDeque<>();
    private boolean expiryPlanned;
    private boolean closed;

    /** Is told on the control thread. */
    interface Owner {
        void commandsUp(ServerInfo info, RedisAsyncCommands<String, byte[]> commands);

        void commandsDown();
    }

    /** @param homeless takes what this connection cannot send any more since it was closed */
    CommandConnection(Dialer dialer, Place place, Timers timers, Owner owner, Consumer<SentCommand<?, ?, ?>> homeless) {
        this.place = place;
        this.timers = timers;
        this.homeless = homeless;
        control = dialer.control();
        connection = new RenewedConnection<>(dialer, Dialer.COMMANDS, place, timers, new RenewedConnection.Owner<>() {
            @Override
            public void up(Dialer.Reached<StatefulRedisConnection<String, byte[]>> reached) {
                sendWaiting();
                owner.commandsUp(reached.info(), reached.connection().async());
            }

            @Override
            public void down() {
                owner.commandsDown();
            }
        });
    }

    RenewedConnection<StatefulRedisConnection<String, byte[]>> connection() {
        return connection;
    }

    @Nullable
    StatefulRedisConnection<String, byte[]> live() {
        return connection.live();
    }

    /** The host, where there is but one. */
    Optional<HostPort> host() {
        return place instanceof Place.Hosts hosts && hosts.hosts().size() == 1
                ? Optional.of(hosts.hosts().getFirst())
                : Optional.empty();
    }

    /** Asks the server something for the link itself: not kept while the connection is away. */
    <T> @Nullable RedisFuture<T> ask(Function<RedisAsyncCommands<String, byte[]>, RedisFuture<T>> question) {
        StatefulRedisConnection<String, byte[]> live = live();
        return live == null ? null : question.apply(live.async());
    }

    /** Sends, or keeps until the connection stands or the command's patience is over. Any thread. */
    void send(SentCommand<?, ?, ?> command) {
        command.via(this);
        StatefulRedisConnection<String, byte[]> live = live();
        if (live != null) {
            dispatch(live, command);
        } else {
            hold(command);
        }
    }

    /**
     * Sends a little later, for a command that the connection did not take: it may be some time until it is known that
     * the connection is broken. Any thread.
     */
    void hold(SentCommand<?, ?, ?> command) {
        command.via(this);
        if (!control.accepts(() -> keep(command))) {
            command.fail(new RedisUnavailableException("the link to Redis is closed"));
        }
    }

    @SuppressWarnings("unchecked") // the codec of the connection is the codec that the command was built with
    private static <T> void dispatch(StatefulRedisConnection<String, byte[]> live, SentCommand<?, ?, ?> command) {
        live.dispatch((SentCommand<String, byte[], T>) command);
    }

    /** Sends a command for a key that is on its way to this master. Any thread. */
    @SuppressWarnings("unchecked")
    <T> void sendAsking(SentCommand<?, ?, ?> command) {
        command.via(this);
        StatefulRedisConnection<String, byte[]> live = live();
        if (live == null) {
            homeless.accept(command.anew());
            return;
        }
        AsyncCommand<String, byte[], String> asking = new AsyncCommand<>(
                new Command<>(CommandType.ASKING, new StatusOutput<>(Dialer.CODEC), new CommandArgs<>(Dialer.CODEC)));
        Collection<? extends RedisCommand<String, byte[], ?>> both =
                List.of(asking, (SentCommand<String, byte[], T>) command);
        live.dispatch(both);
    }

    private void keep(SentCommand<?, ?, ?> command) {
        if (command.isDone()) {
            return;
        }
        StatefulRedisConnection<String, byte[]> live = live();
        if (closed) {
            homeless.accept(command.anew());
        } else if (live != null) {
            dispatch(live, command);
        } else if (command.deadlineMillis() <= timers.nowMillis()) {
            command.fail(unavailable("it was waited for"));
        } else if (waiting.size() >= MAX_WAITING) {
            command.fail(unavailable("too many commands wait for it"));
        } else {
            waiting.add(command);
            planExpiry();
        }
    }

    private RedisUnavailableException unavailable(String why) {
        return new RedisUnavailableException(connection.fault() + " (" + why + ")");
    }

    // The deadlines are in the order of the queue, but for the few that were sent before.
    private void planExpiry() {
        SentCommand<?, ?, ?> first = waiting.peek();
        if (first != null && !expiryPlanned) {
            expiryPlanned = true;
            control.later(first.deadlineMillis() - timers.nowMillis(), this::expire);
        }
    }

    private void expire() {
        expiryPlanned = false;
        long now = timers.nowMillis();
        while (!waiting.isEmpty() && waiting.getFirst().deadlineMillis() <= now) {
            waiting.removeFirst().fail(unavailable("it was waited for"));
        }
        planExpiry();
    }

    private void sendWaiting() {
        StatefulRedisConnection<String, byte[]> live = live();
        while (live != null && !waiting.isEmpty()) {
            SentCommand<?, ?, ?> command = waiting.removeFirst();
            if (!command.isDone()) {
                dispatch(live, command);
            }
        }
    }

    CompletableFuture<Void> close() {
        closed = true;
        CompletableFuture<Void> done = connection.close();
        while (!waiting.isEmpty()) {
            homeless.accept(waiting.removeFirst().anew());
        }
        return done;
    }

    @Override
    public String toString() {
        return place.toString();
    }
}

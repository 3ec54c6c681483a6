package dev.runstream.store.redis.link;

import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.time.Timers;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's way to one Redis: a pipelined command connection and a pub/sub connection to each master, which are
 * watched and made anew when they break or fall silent.
 *
 * <p>Every method may be called from any thread and, but for {@link #open} and {@link #close}, does not block. Stages
 * complete and the listener is told on the link's own threads, which must not be blocked.
 */
public final class RedisLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    /** Is told what comes in. */
    public interface Listener {
        /** A message of a channel that is subscribed to. */
        void message(String channel, byte[] message);

        /** Subscriptions of this link were away for a while and are back: anything may have been missed. */
        void subscriptionsBack();

        /** Redis answers and its messages arrive, or not any more. */
        void reachable(boolean now);
    }

    private enum NoListener implements Listener {
        NONE;

        @Override
        public void message(String channel, byte[] message) {}

        @Override
        public void subscriptionsBack() {}

        @Override
        public void reachable(boolean now) {}
    }

    // immutable
    private final Dialer dialer;
    private final RedisShape shape;
    private final Masters masters;
    private final Subscriptions subscriptions;
    private final LinkSettings settings;
    private final Timers timers;
    private final ControlThread control;
    private final RedisClusterAsyncCommands<String, byte[]> commands;
    // control thread only
    private boolean opened;
    private boolean reachable = true;
    // shared: each is replaced as a whole
    private volatile Listener listener = NoListener.NONE;
    private volatile boolean closed;

    private RedisLink(
            Dialer dialer,
            RedisShape shape,
            Function<LinkEvents, Masters> masters,
            LinkSettings settings,
            Timers timers) {
        this.dialer = dialer;
        this.shape = shape;
        this.settings = settings;
        this.timers = timers;
        control = dialer.control();
        this.masters = masters.apply(new Events());
        subscriptions = new Subscriptions(this.masters, settings, control);
        CommandWriter writer = new CommandWriter(
                dialer.resources(), this.masters, timers, settings.patience().toMillis());
        commands = new StatefulRedisConnectionImpl<>(writer, writer, Dialer.CODEC, settings.patience()).async();
    }

    private final class Events implements LinkEvents {
        @Override
        public void message(String channel, byte[] message) {
            listener.message(channel, message);
        }

        @Override
        public void back() {
            listener.subscriptionsBack();
        }

        @Override
        public void misplaced(Subscription subscription) {
            subscriptions.misplaced(subscription);
        }

        @Override
        public void refused(Subscription subscription, RuntimeException why) {
            LOG.warn("the subscription to {} is refused: {}", subscription.channel, why.getMessage());
            subscriptions.end(subscription, why);
        }

        @Override
        public void looked() {
            look();
        }

        @Override
        public void viewed() {
            subscriptions.placeAll();
        }
    }

    /**
     * Connects, finds the shape by asking, and waits until every connection has proven itself. Blocks, for up to twice
     * the patience.
     *
     * @throws RedisUnavailableException if no host answers
     * @throws RedisRefusedException if one answers and will not do
     */
    public static RedisLink open(RedisAddress address, LinkSettings settings, Timers timers) {
        return new LinkOpening(address, settings, timers).open();
    }

    static RedisLink of(
            Dialer dialer,
            RedisShape shape,
            Function<LinkEvents, Masters> masters,
            LinkSettings settings,
            Timers timers) {
        return new RedisLink(dialer, shape, masters, settings, timers);
    }

    Masters masters() {
        return masters;
    }

    void opened() {
        control.execute(() -> opened = true);
    }

    void probeRegularly() {
        timers.schedule(settings.probeInterval().toMillis(), () -> {
            if (!closed) {
                control.execute(masters::tick);
                probeRegularly();
            }
        });
    }

    private void look() {
        if (!opened) {
            return;
        }
        String trouble = trouble();
        if (reachable != trouble.isEmpty()) {
            reachable = !reachable;
            if (reachable) {
                LOG.info("Redis is back");
            } else {
                LOG.warn("{}", trouble);
            }
            listener.reachable(reachable);
        }
    }

    private String trouble() {
        String trouble = masters.trouble();
        for (Master master : masters.all()) {
            trouble = trouble.isEmpty() ? master.probe().trouble() : trouble;
        }
        return trouble;
    }

    public RedisShape shape() {
        return shape;
    }

    /**
     * All commands, each on the connection of the master that has its first key. They wait and fail as {@link #call}
     * says. No blocking ones: they would hold up all others.
     */
    public RedisClusterAsyncCommands<String, byte[]> commands() {
        return commands;
    }

    /** Runs a script as {@link #call} runs a command. On a Cluster all keys have to be in one slot. */
    public <T> CompletionStage<T> eval(RedisScript script, ScriptOutputType type, String[] keys, byte[]... args) {
        return this.<T>call(to -> to.evalsha(script.digest(), type, keys, args))
                .exceptionallyCompose(fault -> ConnectFaults.unwrapped(fault) instanceof RedisNoScriptException
                        ? call(to -> to.eval(script.text(), type, keys, args))
                        : CompletableFuture.failedStage(ConnectFaults.unwrapped(fault)));
    }

    /**
     * Asks Redis. Where the connection is away, the command waits for the next one. The stage fails with
     *
     * <ul>
     *   <li>{@link RedisUnavailableException} where it was not carried out within the patience, and will not be;
     *   <li>{@link CommandLostException} at once where it was sent and the connection broke before the answer;
     *   <li>{@link RedisRefusedException} where the user may not do this;
     *   <li>{@link io.lettuce.core.RedisCommandExecutionException} for other errors that the server answers.
     * </ul>
     *
     * Commands of one master run in the order of the calls, while its connection stands.
     */
    public <T> CompletionStage<T> call(Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
        try {
            return command.apply(commands);
        } catch (RedisException | IllegalArgumentException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /**
     * How many replicas of a key's master have all that was sent there before on this link, once there are enough or the
     * time is over. What is sent after waits behind it.
     */
    public CompletionStage<Long> replicas(String key, int enough, Duration atMost) {
        CommandArgs<String, byte[]> args =
                new CommandArgs<>(Dialer.CODEC).add(enough).add(atMost.toMillis());
        AsyncCommand<String, byte[], Long> wait =
                new AsyncCommand<>(new Command<>(CommandType.WAIT, new IntegerOutput<>(Dialer.CODEC), args));
        masters.send(new SentCommand<>(
                wait,
                masters,
                SlotHash.getSlot(key),
                timers.nowMillis() + settings.patience().toMillis()));
        return wait;
    }

    /** Sends a message to all who have subscribed to the channel; on a Cluster, through the shard that has it. */
    public CompletionStage<Long> publish(String channel, byte[] message) {
        return call(to -> shape == RedisShape.CLUSTER ? to.spublish(channel, message) : to.publish(channel, message));
    }

    /**
     * Completes when the server has acknowledged the subscription, which is kept over reconnects from then on. Where it
     * fails, with {@link RedisUnavailableException} after the patience or {@link RedisRefusedException}, there is none.
     */
    public CompletionStage<Void> subscribe(String channel) {
        return subscriptions.subscribe(channel);
    }

    /** Ends a subscription; a message that is on its way may still arrive. */
    public void unsubscribe(String channel) {
        subscriptions.unsubscribe(channel);
    }

    /** The one listener from now on. */
    public void listener(Listener newListener) {
        listener = newListener;
    }

    /**
     * Redis's own clock minus {@link Timers#nowMillis}, as of the last probe; empty where none was answered yet. On a
     * Cluster that of any of the masters.
     */
    public OptionalLong serverClockOffsetMillis() {
        return masters.all().stream()
                .map(it -> it.probe().clockOffsetMillis())
                .filter(OptionalLong::isPresent)
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    /** Whether Redis answers and its messages arrive, as of the last few seconds. */
    public StoreHealth health() {
        String trouble = closed ? "the link to Redis is closed" : trouble();
        return trouble.isEmpty() ? StoreHealth.READY : new StoreHealth(false, trouble);
    }

    /** As read at the start and after each reconnect. */
    public Keeping keeping() {
        return masters.all().stream()
                .flatMap(it -> it.keeping().stream())
                .reduce(Keeping::weaker)
                .orElse(Keeping.NOT_TOLD);
    }

    /** Closes every connection, fails what waits, and ends every thread of the link. Blocks until that is done, so it must not be
     * called on one of them. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CompletableFuture.supplyAsync(
                        () -> {
                            subscriptions.close();
                            return masters.close();
                        },
                        control)
                .thenCompose(Function.identity())
                .completeOnTimeout(null, settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .join();
        dialer.close();
    }
}

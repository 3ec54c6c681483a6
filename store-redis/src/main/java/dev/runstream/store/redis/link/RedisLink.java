package dev.runstream.store.redis.link;

import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.time.Timers;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One process's way to one Redis: a pipelined command connection and a pub/sub connection to each master.
 *
 * <p>Every method may be called from any thread and, but for {@link #open} and {@link #close}, does not block. Stages
 * complete and the listener is told on the link's own threads, which must not be blocked.
 */
public final class RedisLink implements AutoCloseable {
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    /** Is told what comes in. */
    public interface Listener {
        /** A message of a channel that is subscribed to. */
        void message(String channel, byte[] message);

        /** The subscriptions of this link were away for a while and are back: anything may have been missed. */
        void subscriptionsBack();

        /** Redis answers, or does not answer any more. */
        void reachable(boolean now);
    }

    private static final class Deaf implements Listener {
        @Override
        public void message(String channel, byte[] message) {}

        @Override
        public void subscriptionsBack() {}

        @Override
        public void reachable(boolean now) {}
    }

    private final RedisClient client;
    private final StatefulRedisConnection<String, byte[]> connection;
    private final StatefulRedisPubSubConnection<String, byte[]> pubSub;
    private final OptionalLong offset;
    private final Keeping keeping;
    private volatile Listener listener = new Deaf();

    private RedisLink(RedisAddress address, LinkSettings settings, Timers timers) {
        HostPort host = address.hosts().getFirst();
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(host.host())
                .withPort(host.port())
                .withDatabase(address.database())
                .withTimeout(settings.connectTimeout());
        if (address.password().isPresent()) {
            uri = address.user().isPresent()
                    ? uri.withAuthentication(
                            address.user().get(), address.password().get().toCharArray())
                    : uri.withPassword(address.password().get().toCharArray());
        }
        client = RedisClient.create(uri.build());
        client.setOptions(ClientOptions.builder().build());
        connection = client.connect(CODEC);
        pubSub = client.connectPubSub(CODEC);
        pubSub.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, byte[] message) {
                listener.message(channel, message);
            }
        });
        long time = Long.parseLong(
                new String(connection.sync().time().getFirst(), java.nio.charset.StandardCharsets.US_ASCII));
        offset = OptionalLong.of(time * 1000 - timers.nowMillis());
        Map<String, String> config = new HashMap<>(connection.sync().configGet("append*"));
        config.putAll(connection.sync().configGet("maxmemory-policy"));
        String version = connection
                .sync()
                .info("server")
                .lines()
                .filter(line -> line.startsWith("redis_version:"))
                .map(line -> line.substring("redis_version:".length()))
                .collect(Collectors.joining());
        keeping = new Keeping(
                version,
                config.getOrDefault("appendonly", Keeping.UNKNOWN),
                config.getOrDefault("appendfsync", Keeping.UNKNOWN),
                config.getOrDefault("maxmemory-policy", Keeping.UNKNOWN));
    }

    /**
     * Connects, and finds the shape by asking. Blocks until every connection stands.
     *
     * @throws RedisUnavailableException if no host answers
     * @throws RedisRefusedException if one answers and will not do
     */
    public static RedisLink open(RedisAddress address, LinkSettings settings, Timers timers) {
        try {
            return new RedisLink(address, settings, timers);
        } catch (RedisException e) {
            throw new RedisUnavailableException("Redis at " + address + " does not answer", e);
        }
    }

    public RedisShape shape() {
        return RedisShape.STANDALONE;
    }

    /** All commands, on the connection of the master that has the first key. No blocking ones: they hold up the rest. */
    public RedisClusterAsyncCommands<String, byte[]> commands() {
        return connection.async();
    }

    /** Runs a script as {@link #call} runs a command. On a Cluster all keys have to be in one slot. */
    public <T> CompletionStage<T> eval(RedisScript script, ScriptOutputType type, String[] keys, byte[]... args) {
        CompletionStage<T> known = call(commands -> commands.evalsha(script.digest(), type, keys, args));
        return known.handle((value, fault) -> {
                    if (fault == null) {
                        return CompletableFuture.completedStage(value);
                    }
                    Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
                    return cause instanceof RedisNoScriptException
                            ? this.<T>call(commands -> commands.eval(script.text(), type, keys, args))
                            : CompletableFuture.<T>failedStage(cause);
                })
                .thenCompose(Function.identity());
    }

    /**
     * Asks Redis. The stage fails with {@link RedisUnavailableException} where the command could not be sent within the
     * patience, and with {@link CommandLostException} where it was sent and the connection broke before the answer.
     */
    public <T> CompletionStage<T> call(Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
        return command.apply(commands());
    }

    /** Completes when the server has acknowledged the subscription, which is kept over reconnects. */
    public CompletionStage<Void> subscribe(String channel) {
        return pubSub.async().subscribe(channel);
    }

    public void unsubscribe(String channel) {
        pubSub.async().unsubscribe(channel);
    }

    /** The one listener from now on. */
    public void listener(Listener newListener) {
        listener = newListener;
    }

    /** Redis's own clock minus {@link Timers#nowMillis}, as of the last probe; empty where none was answered yet. */
    public OptionalLong serverClockOffsetMillis() {
        return offset;
    }

    public StoreHealth health() {
        return connection.isOpen() ? StoreHealth.READY : new StoreHealth(false, "Redis does not answer");
    }

    /** As read at the start and after each reconnect. */
    public Keeping keeping() {
        return keeping;
    }

    /** Closes every connection and ends every thread of the link. Blocks until that is done. */
    @Override
    public void close() {
        client.shutdown();
        client.getResources().shutdown().awaitUninterruptibly();
    }
}

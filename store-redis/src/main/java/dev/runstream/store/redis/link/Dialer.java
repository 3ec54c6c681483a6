package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/**
 * Makes connections, and checks whom it has reached. A connection that breaks stays broken: Lettuce would send again
 * what was in flight, and would trust what it knew before.
 *
 * <p>Owns every thread of the link: one for input and output, one for control, and Lettuce's timer. Safe for any thread.
 */
final class Dialer implements AutoCloseable {
    static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    static final Kind<StatefulRedisConnection<String, byte[]>> COMMANDS =
            new Kind<>("runstream-commands", (client, uri) -> client.connectAsync(CODEC, uri));
    static final Kind<StatefulRedisPubSubConnection<String, byte[]>> PUB_SUB =
            new Kind<>("runstream-pubsub", (client, uri) -> client.connectPubSubAsync(CODEC, uri));

    private static final int OLDEST_VERSION = 7;

    private final RedisAddress address;
    private final LinkSettings settings;
    private final LettuceSettings lettuce;
    private final EventLoopGroupProvider loops;
    private final EventExecutorGroup executors;
    private final Timer wheel;
    private final ClientResources resources;
    private final RedisClient client;
    private final ControlThread control;
    private final Map<Object, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();

    /**
     * @param clientName by which {@code CLIENT LIST} shows it
     */
    record Kind<C extends StatefulRedisConnection<String, byte[]>>(
            String clientName, BiFunction<RedisClient, RedisURI, CompletionStage<C>> connect) {}

    /** A connection that stands, and who is at its other end. */
    record Reached<C>(C connection, ServerInfo info, Place place) {}

    Dialer(RedisAddress address, LinkSettings settings, Timers timers) {
        this.address = address;
        this.settings = settings;
        lettuce = new LettuceSettings(address, settings);
        loops = new DefaultEventLoopGroupProvider(1, pool -> threads("io"));
        executors = new DefaultEventExecutorGroup(1, threads("control"));
        wheel = new HashedWheelTimer(threads("timer"));
        resources = DefaultClientResources.builder()
                .eventLoopGroupProvider(loops)
                .eventExecutorGroup(executors)
                .timer(wheel)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        client = RedisClient.create(resources);
        client.setOptions(lettuce.options());
        control = new ControlThread(executors.next(), timers);
    }

    private static ThreadFactory threads(String of) {
        return Thread.ofPlatform().daemon().name("runstream-redis-" + of).factory();
    }

    /** The one thread on which the state of the link changes. */
    ControlThread control() {
        return control;
    }

    ClientResources resources() {
        return resources;
    }

    boolean tls() {
        return address.tls();
    }

    /** Fails with {@link RedisUnavailableException} or {@link RedisRefusedException}. */
    <C extends StatefulRedisConnection<String, byte[]>> CompletionStage<Reached<C>> dial(Kind<C> kind, Place place) {
        return switch (place) {
            case Place.Hosts hosts -> dialFrom(kind, hosts, 0);
            case Place.BySentinels named ->
                named.sentinels()
                        .current()
                        .exceptionallyCompose(fault ->
                                CompletableFuture.failedStage(ConnectFaults.explain(named, address.tls(), fault)))
                        .thenCompose(at -> dialFrom(kind, new Place.Hosts(List.of(at), true), 0));
        };
    }

    /** Asks the first of the hosts that answers who has which slots. */
    CompletionStage<ClusterView> view(List<HostPort> hosts) {
        return dial(COMMANDS, new Place.Hosts(hosts, false)).thenCompose(this::viewAndClose);
    }

    CompletionStage<ClusterView> viewAndClose(Reached<StatefulRedisConnection<String, byte[]>> reached) {
        return reached.connection()
                .async()
                .clusterNodes()
                .thenApply(nodes -> ClusterView.parse(
                        nodes, ((Place.Hosts) reached.place()).hosts().getFirst()))
                .whenComplete((view, fault) -> reached.connection().closeAsync());
    }

    private <C extends StatefulRedisConnection<String, byte[]>> CompletionStage<Reached<C>> dialFrom(
            Kind<C> kind, Place.Hosts hosts, int index) {
        HostPort host = hosts.hosts().get(index);
        Place place = new Place.Hosts(List.of(host), hosts.masterOnly());
        CompletionStage<Reached<C>> first =
                reach(kind, lettuce.server(kind.clientName(), host), place, hosts.masterOnly());
        return index + 1 == hosts.hosts().size()
                ? first
                : first.exceptionallyCompose(fault -> dialFrom(kind, hosts, index + 1)
                        .exceptionallyCompose(next -> {
                            // What no attempt will mend is the better thing to say.
                            boolean mendable = ConnectFaults.unwrapped(next) instanceof RedisUnavailableException;
                            return CompletableFuture.failedStage(ConnectFaults.unwrapped(mendable ? fault : next));
                        }));
    }

    private <C extends StatefulRedisConnection<String, byte[]>> CompletionStage<Reached<C>> reach(
            Kind<C> kind, RedisURI uri, Place place, boolean masterOnly) {
        CompletionStage<C> dialled;
        try {
            // Its own kind of stage never completes what is composed with exceptionallyCompose.
            dialled = underWay(kind.connect().apply(client, uri).toCompletableFuture());
        } catch (RuntimeException e) {
            dialled = CompletableFuture.failedStage(e);
        }
        // The way there has time limits of its own, and this question has none.
        return dialled.thenCompose(connection -> limited(connection.async().info(), settings.connectTimeout())
                        .thenApply(text -> checked(ServerInfo.parse(text), place, masterOnly))
                        .thenApply(info -> new Reached<>(connection, info, place))
                        .whenComplete((reached, fault) -> {
                            if (fault != null && connection.isOpen()) {
                                connection.closeAsync();
                            }
                        }))
                .exceptionallyCompose(
                        fault -> CompletableFuture.failedStage(ConnectFaults.explain(place, address.tls(), fault)));
    }

    private <T> CompletableFuture<T> underWay(CompletableFuture<T> dialled) {
        Object key = new Object();
        underWay.put(key, dialled);
        dialled.whenComplete((connection, fault) -> underWay.remove(key));
        return dialled;
    }

    /** The same stage, but that it fails when it takes too long. */
    <T> CompletableFuture<T> limited(CompletionStage<T> stage, Duration limit) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Future<?> alarm = executors.schedule(
                () -> result.completeExceptionally(new TimeoutException("no answer for " + limit.toMillis() + " ms")),
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
        stage.whenComplete((value, fault) -> {
            alarm.cancel(false);
            if (fault == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(fault);
            }
        });
        return result;
    }

    private static ServerInfo checked(ServerInfo info, Place place, boolean masterOnly) {
        if (info.mode().equals("sentinel")) {
            throw new RedisRefusedException("Redis at " + place
                    + " is a Sentinel: write redis+sentinel:// and the master's name after the hosts");
        }
        if (info.majorVersion() < OLDEST_VERSION) {
            throw new RedisRefusedException("Redis at " + place + " is version " + info.version()
                    + "; Runstream needs Redis " + OLDEST_VERSION + ".0 or newer, or Valkey");
        }
        if (info.loading()) {
            throw new RedisUnavailableException("Redis at " + place + " is loading its data");
        }
        if (masterOnly && !info.master()) {
            throw new RedisUnavailableException("Redis at " + place + " is a replica and takes no writes");
        }
        return info;
    }

    /** Connects to the first Sentinel that answers. */
    CompletionStage<StatefulRedisSentinelConnection<String, String>> dialSentinel(String master) {
        return underWay(client.connectSentinelAsync(StringCodec.UTF8, lettuce.sentinels(master))
                .toCompletableFuture());
    }

    /** Closes whatever is open and ends the threads. Blocks. */
    @Override
    public void close() {
        // A connection that is being made when its thread ends would never give back its buffer.
        CompletableFuture.allOf(underWay.values().toArray(CompletableFuture<?>[]::new))
                .handle((all, fault) -> true)
                .completeOnTimeout(false, settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .join();
        client.shutdown(0, 2, TimeUnit.SECONDS);
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        loops.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        executors.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        wheel.stop();
    }
}

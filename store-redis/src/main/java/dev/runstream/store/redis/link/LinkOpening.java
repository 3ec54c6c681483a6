package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.api.StatefulRedisConnection;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Opens one {@link RedisLink}. Used once, by one thread. */
final class LinkOpening {
    private static final long LOOK_MILLIS = 5;

    private final RedisAddress address;
    private final LinkSettings settings;
    private final Timers timers;
    private final Dialer dialer;
    private final String probeBeginning;

    LinkOpening(RedisAddress address, LinkSettings settings, Timers timers) {
        this.address = address;
        this.settings = settings;
        this.timers = timers;
        dialer = new Dialer(address, settings, timers);
        byte[] random = new byte[9];
        new SecureRandom().nextBytes(random);
        probeBeginning = address.prefix() + "probe:" + HexFormat.of().formatHex(random) + ":";
    }

    RedisLink open() {
        try {
            RedisLink link = connected();
            link.opened();
            return link;
        } catch (RuntimeException e) {
            dialer.close();
            throw e;
        }
    }

    private RedisLink connected() {
        if (address.sentinelMaster().isPresent()) {
            Sentinels sentinels = new Sentinels(
                    dialer,
                    address,
                    address.sentinelMaster().get(),
                    settings.connectTimeout().multipliedBy(address.hosts().size() + 1L));
            return single(RedisShape.SENTINEL, new Place.BySentinels(sentinels));
        }
        Dialer.Reached<StatefulRedisConnection<String, byte[]>> seed =
                await(dialer.dial(Dialer.COMMANDS, new Place.Hosts(address.hosts(), false)));
        if (!seed.info().isCluster()) {
            seed.connection().close();
            return single(RedisShape.STANDALONE, new Place.Hosts(address.hosts(), true));
        }
        return cluster(await(dialer.viewAndClose(seed)));
    }

    private RedisLink single(RedisShape shape, Place place) {
        return proven(
                shape,
                events -> new SingleMaster(dialer, place, settings, timers, events),
                masters -> ((SingleMaster) masters).connect(probeBeginning));
    }

    private RedisLink cluster(ClusterView view) {
        if (address.database() != 0) {
            throw new RedisRefusedException(
                    "Redis at " + address + " is a Cluster, which has database 0 only: leave the number out");
        }
        return proven(
                RedisShape.CLUSTER,
                events -> new ClusterMasters(dialer, address, settings, timers, events, view, probeBeginning),
                masters -> ((ClusterMasters) masters).connect());
    }

    private RedisLink proven(RedisShape shape, Function<LinkEvents, Masters> masters, Consumer<Masters> connect) {
        RedisLink link = RedisLink.of(dialer, shape, masters, settings, timers);
        CompletableFuture<Void> proven = new CompletableFuture<>();
        dialer.control().execute(() -> {
            connect.accept(link.masters());
            lookUntil(link.masters(), proven);
        });
        link.probeRegularly();
        try {
            await(proven);
        } catch (RedisUnavailableException e) {
            String trouble = link.health().message();
            link.close();
            throw trouble.isEmpty() ? e : new RedisUnavailableException(trouble, e);
        } catch (RedisRefusedException e) {
            link.close();
            throw e;
        }
        return link;
    }

    private void lookUntil(Masters masters, CompletableFuture<Void> proven) {
        Optional<RedisRefusedException> refusal =
                masters.all().stream().flatMap(it -> it.refusal().stream()).findFirst();
        if (refusal.isPresent()) {
            proven.completeExceptionally(refusal.get());
        } else if (masters.all().stream().allMatch(Master::isProven)) {
            proven.complete(null);
        } else if (!proven.isDone()) {
            dialer.control().later(LOOK_MILLIS, () -> lookUntil(masters, proven));
        }
    }

    private <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        try {
            return future.get(settings.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ConnectFaults.explain(address, address.tls(), ConnectFaults.unwrapped(e));
        } catch (TimeoutException e) {
            throw new RedisUnavailableException("Redis at " + address + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailableException("interrupted while connecting to Redis at " + address, e);
        } finally {
            future.cancel(false);
        }
    }
}

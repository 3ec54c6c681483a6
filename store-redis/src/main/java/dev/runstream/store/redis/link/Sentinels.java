package dev.runstream.store.redis.link;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks the Sentinels who is master now. An old master that was replaced while it lived goes on taking writes for some ten
 * seconds, until a Sentinel makes it a replica, and forgets them then: so they are asked all the time, and not only when
 * a connection breaks.
 *
 * <p>Confined to the control thread.
 */
final class Sentinels {
    private final Dialer dialer;
    private final RedisAddress address;
    private final String master;
    private final Duration limit;
    private @Nullable StatefulRedisSentinelConnection<String, String> connection;
    private @Nullable CompletableFuture<HostPort> asking;

    /** @param limit how long an answer may take, for all Sentinels that have to be tried together */
    Sentinels(Dialer dialer, RedisAddress address, String master, Duration limit) {
        this.dialer = dialer;
        this.address = address;
        this.master = master;
        this.limit = limit;
    }

    /** The master's address; questions that come while one is under way get its answer. */
    CompletionStage<HostPort> current() {
        CompletableFuture<HostPort> running = asking;
        if (running != null) {
            return running;
        }
        CompletableFuture<HostPort> answer = new CompletableFuture<>();
        asking = answer;
        dialer.limited(connected().thenCompose(this::ask), limit)
                .whenComplete((at, fault) -> dialer.control().execute(() -> {
                    asking = null;
                    if (fault == null) {
                        answer.complete(at);
                    } else {
                        hangUp();
                        answer.completeExceptionally(ConnectFaults.unwrapped(fault));
                    }
                }));
        return answer;
    }

    private CompletionStage<StatefulRedisSentinelConnection<String, String>> connected() {
        StatefulRedisSentinelConnection<String, String> standing = connection;
        if (standing != null && standing.isOpen()) {
            return CompletableFuture.completedStage(standing);
        }
        return dialer.dialSentinel(master)
                .thenApplyAsync(
                        made -> {
                            connection = made;
                            return made;
                        },
                        dialer.control());
    }

    private CompletionStage<HostPort> ask(StatefulRedisSentinelConnection<String, String> sentinel) {
        RedisFuture<SocketAddress> named = sentinel.async().getMasterAddrByName(master);
        return named.thenApply(at -> {
            if (!(at instanceof InetSocketAddress inet)) {
                throw new RedisRefusedException("the Sentinels of " + address + " do not watch a master " + master);
            }
            return new HostPort(inet.getHostString(), inet.getPort());
        });
    }

    private void hangUp() {
        StatefulRedisSentinelConnection<String, String> standing = connection;
        connection = null;
        if (standing != null && standing.isOpen()) {
            standing.closeAsync();
        }
    }

    void close() {
        hangUp();
    }

    @Override
    public String toString() {
        return "the master " + master + " of the Sentinels";
    }
}

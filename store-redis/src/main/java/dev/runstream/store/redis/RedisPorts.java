package dev.runstream.store.redis;

import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.time.Timers;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisShape;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/** What a {@link RedisRunStore} asks of Redis, and hears from it. */
interface RedisPorts extends AutoCloseable {
    /** How long Redis keeps an ended run beyond its time, in case nobody is there to delete it. */
    Duration AFTER_RETENTION = Duration.ofMinutes(5);

    /** Names this process. */
    String node();

    Authority authority();

    SharedIndex index();

    AgentQueues queues();

    Commits.LogKept logKept();

    StoreHealth health();

    /** From now on the listener hears of followed runs, and the action is called when a run waits. */
    void tell(Authority.Listener runs, Runnable queueArrival);

    @Override
    void close();

    /** A real Redis. */
    static RedisPorts of(RedisAddress address, RedisLink link, RunSettings settings, Timers timers) {
        RunKeys keys = new RunKeys(address.prefix());
        String node = newNode();
        Authority authority = new RedisAuthority(link, keys, node, settings.runBufferBytes(), AFTER_RETENTION);
        SharedIndex index = new RedisIndex(link, keys);
        AgentQueues queues = new RedisQueues(link, keys, node, timers);
        // What was started again may have taken over from another before that, of which nothing is to be seen any more.
        boolean waits = address.waitReplicas() > 0;
        boolean mayFailOver = link.shape() != RedisShape.STANDALONE;
        // Without an append-only file one that had a replica and starts again from its snapshot looks like a failover.
        Commits.LogKept logKept = afterFailover -> afterFailover
                ? waits && link.keeping().appendonly().equals("yes")
                : link.keeping().isNothingAcknowledgedLost() && (waits || !mayFailOver);
        return new RedisPorts() {
            @Override
            public String node() {
                return node;
            }

            @Override
            public Authority authority() {
                return authority;
            }

            @Override
            public SharedIndex index() {
                return index;
            }

            @Override
            public AgentQueues queues() {
                return queues;
            }

            @Override
            public Commits.LogKept logKept() {
                return logKept;
            }

            @Override
            public StoreHealth health() {
                return link.health();
            }

            @Override
            public void tell(Authority.Listener runs, Runnable queueArrival) {
                link.listener(new Incoming(keys, runs, queueArrival));
            }

            @Override
            public void close() {
                link.close();
            }
        };
    }

    private static String newNode() {
        byte[] name = new byte[6];
        new SecureRandom().nextBytes(name);
        return HexFormat.of().formatHex(name);
    }
}

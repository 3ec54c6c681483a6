package dev.runstream.store.redis.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A master, a replica of it, and three Sentinels that take half a second's silence for death. */
public final class RedisSentinels implements AutoCloseable {
    public static final String MASTER_NAME = "runstream";

    private static final Duration FORMING = Duration.ofSeconds(20);

    private final RedisServer first;
    private final RedisServer second;
    private final List<RedisServer> sentinels = new ArrayList<>();

    private RedisSentinels(RedisServer first, RedisServer second) {
        this.first = first;
        this.second = second;
    }

    public static RedisSentinels start(String... options) {
        RedisServer first = RedisServer.start(options);
        List<String> replica = new ArrayList<>(List.of(options));
        replica.addAll(List.of("replicaof", "127.0.0.1 " + first.port()));
        RedisSentinels all = new RedisSentinels(first, RedisServer.start(replica.toArray(String[]::new)));
        try {
            all.form();
            return all;
        } catch (RuntimeException | AssertionError e) {
            all.close();
            throw e;
        }
    }

    private void form() {
        for (int i = 0; i < 3; i++) {
            sentinels.add(RedisServer.startSentinel(List.of(
                    "sentinel monitor " + MASTER_NAME + " 127.0.0.1 " + first.port() + " 2",
                    "sentinel down-after-milliseconds " + MASTER_NAME + " 500",
                    "sentinel failover-timeout " + MASTER_NAME + " 2000",
                    "sentinel parallel-syncs " + MASTER_NAME + " 1")));
        }
        Waiting.until(
                "the replica has all of the master",
                FORMING,
                () -> second.text("INFO", "replication").contains("master_link_status:up"));
        for (RedisServer sentinel : sentinels) {
            Waiting.until("the Sentinels know each other", FORMING, () -> {
                String known = sentinel.text("SENTINEL", "MASTER", MASTER_NAME);
                return known.contains("num-other-sentinels\n2\n")
                        && known.contains("num-slaves\n1\n")
                        && known.contains("flags\nmaster\n");
            });
        }
    }

    /** {@code redis+sentinel://} and all Sentinels and the master's name. */
    public String address() {
        return "redis+sentinel://"
                + String.join(
                        ",",
                        sentinels.stream().map(it -> "127.0.0.1:" + it.port()).toList()) + "/" + MASTER_NAME;
    }

    /** The Sentinels, in the order of the address. */
    public List<RedisServer> sentinels() {
        return List.copyOf(sentinels);
    }

    /** The server that is master now, as the Sentinels agree. */
    public RedisServer master() {
        return named() == first.port() ? first : second;
    }

    /** The other one. */
    public RedisServer replica() {
        return named() == first.port() ? second : first;
    }

    private int named() {
        return Integer.parseInt(sentinels
                .getFirst()
                .text("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME)
                .lines()
                .toList()
                .get(1));
    }

    /** Makes the replica master while both live, and waits until the Sentinels say so. */
    public void failOver() {
        RedisServer next = replica();
        Waiting.until(
                "a Sentinel begins a failover",
                FORMING,
                () -> "OK".equals(sentinels.getFirst().run("SENTINEL", "FAILOVER", MASTER_NAME)));
        awaitMaster(next);
    }

    /** Waits until the Sentinels name this server and it takes writes. */
    public void awaitMaster(RedisServer next) {
        for (RedisServer sentinel : sentinels) {
            Waiting.until(
                    "the Sentinels name the new master",
                    FORMING,
                    () -> sentinel.text("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME)
                            .endsWith("\n" + next.port()));
        }
        Waiting.until(
                "the new master takes writes", FORMING, () -> next.text("ROLE").startsWith("master"));
    }

    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        second.close();
        first.close();
    }
}

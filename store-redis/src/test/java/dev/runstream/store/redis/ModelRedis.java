package dev.runstream.store.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * What a Redis has in its memory for the store, and what the store's scripts and commands do with it, one after the other.
 * It is held against a real one by {@link ModelAgainstRedisTest}. Confined to one thread.
 */
public final class ModelRedis {
    private static final String NO_REPLICATION = "0";

    private final LongSupplier clock;
    private final Plant plant;
    private Publisher publisher = (channel, message) -> {};
    private Data data = new Data();
    private int servers = 1;
    private String secondReplication = NO_REPLICATION;

    /** Is told of what is published, in the order in which it is. */
    @FunctionalInterface
    public interface Publisher {
        void published(String channel, byte[] message);
    }

    /** All keys. */
    private static final class Data {
        final Map<String, ModelRun> runs = new TreeMap<>();
        final ModelIndex index = new ModelIndex();
        final ModelQueues queues = new ModelQueues();

        Data copy() {
            Data copy = new Data();
            runs.forEach((runId, run) -> copy.runs.put(runId, run.copy()));
            copy.index.takeFrom(index);
            copy.queues.takeFrom(queues);
            return copy;
        }
    }

    /** The keys as they were at some time. */
    public static final class Snapshot {
        private final Data data;

        private Snapshot(Data data) {
            this.data = data;
        }
    }

    /** @param clock the time in milliseconds since 1970 */
    public ModelRedis(LongSupplier clock, Plant plant) {
        this.clock = clock;
        this.plant = plant;
    }

    public void publisher(Publisher tells) {
        publisher = tells;
    }

    void publish(String channel, byte[] message) {
        publisher.published(channel, message);
    }

    public static String channel(String runId) {
        return "live " + runId;
    }

    /** The run of a channel; empty for another channel. */
    static Optional<String> runOfChannel(String channel) {
        return channel.startsWith("live ") ? Optional.of(channel.substring(5)) : Optional.empty();
    }

    static String queueChannel() {
        return "queue";
    }

    Plant plant() {
        return plant;
    }

    public long nowMillis() {
        return clock.getAsLong();
    }

    String replicationId() {
        return "replication " + servers;
    }

    boolean tookOverFrom(String replicationId) {
        return secondReplication.equals(replicationId);
    }

    public Snapshot snapshot() {
        expire();
        return new Snapshot(data.copy());
    }

    /** Another server takes over, or the same starts again. */
    public void moved(boolean byFailover) {
        secondReplication = byFailover ? replicationId() : NO_REPLICATION;
        servers++;
    }

    /** What has happened since then is forgotten. */
    public void forget(Snapshot since) {
        data = since.data.copy();
        expire();
    }

    /** By id, those that are there. */
    public Map<String, ModelRun> runs() {
        expire();
        return data.runs;
    }

    Optional<ModelRun> run(String runId) {
        return Optional.ofNullable(runs().get(runId));
    }

    public ModelIndex index() {
        data.index.expire(nowMillis());
        return data.index;
    }

    public ModelQueues queues() {
        return data.queues;
    }

    private void expire() {
        long now = nowMillis();
        data.runs.values().removeIf(run -> run.expiresAtMillis <= now);
    }

    Map<String, String> fresh(Map<String, String> fields) {
        Map<String, String> all = new HashMap<>(fields);
        all.put("replid", replicationId());
        return all;
    }
}

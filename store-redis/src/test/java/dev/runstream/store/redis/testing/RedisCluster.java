package dev.runstream.store.redis.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A Redis Cluster: three masters with a third of the slots each, and a replica of each if asked for. */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration FORMING = Duration.ofSeconds(20);

    private final List<RedisServer> nodes;

    private RedisCluster(List<RedisServer> nodes) {
        this.nodes = nodes;
    }

    /** Starts three masters and waits until each says that the Cluster is whole. */
    public static RedisCluster start(String... options) {
        return form(MASTERS, options);
    }

    /** Starts three masters with a replica each. */
    public static RedisCluster startWithReplicas(String... options) {
        return form(2 * MASTERS, options);
    }

    private static RedisCluster form(int size, String... options) {
        List<CompletableFuture<RedisServer>> starting = IntStream.range(0, size)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> startNode(options), Thread::startVirtualThread))
                .toList();
        RedisCluster cluster =
                new RedisCluster(starting.stream().map(CompletableFuture::join).toList());
        try {
            cluster.meet();
            cluster.shareSlots();
            cluster.replicate();
            for (RedisServer node : cluster.nodes) {
                Waiting.until("the Cluster is whole", FORMING, () -> cluster.isWhole(node));
            }
            return cluster;
        } catch (RuntimeException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts a node that belongs to no Cluster yet. */
    private static RedisServer startNode(String... options) {
        List<String> all = new ArrayList<>(List.of(
                "cluster-enabled", "yes",
                "cluster-node-timeout", "1000",
                "cluster-port", Integer.toString(Ports.free()),
                "cluster-replica-validity-factor", "0"));
        all.addAll(List.of(options));
        return RedisServer.start(all.toArray(String[]::new));
    }

    private void meet() {
        for (int i = 0; i < nodes.size(); i++) {
            ok(nodes.get(i), "CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
        }
        for (RedisServer one : nodes) {
            for (RedisServer other : nodes) {
                if (one != other) {
                    introduce(one, other);
                }
            }
        }
    }

    private static void introduce(RedisServer one, RedisServer other) {
        ok(one, "CLUSTER", "MEET", "127.0.0.1", Integer.toString(other.port()), other.setting("cluster-port"));
    }

    private void shareSlots() {
        for (int i = 0; i < MASTERS; i++) {
            int first = SLOTS * i / MASTERS;
            int last = SLOTS * (i + 1) / MASTERS - 1;
            ok(nodes.get(i), "CLUSTER", "ADDSLOTSRANGE", Integer.toString(first), Integer.toString(last));
        }
    }

    private void replicate() {
        for (int i = MASTERS; i < nodes.size(); i++) {
            RedisServer replica = nodes.get(i);
            String master = id(nodes.get(i - MASTERS));
            Waiting.until(
                    "a replica follows its master",
                    FORMING,
                    () -> "OK".equals(replica.run("CLUSTER", "REPLICATE", master)));
        }
    }

    private boolean isWhole(RedisServer node) {
        String info = node.text("CLUSTER", "INFO");
        boolean joined = info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + nodes.size());
        boolean replicated = nodes.indexOf(node) < MASTERS
                || node.text("INFO", "replication").contains("master_link_status:up");
        // A node that has not been heard of yet may be there under a name that will not last.
        return joined && replicated && !node.text("CLUSTER", "NODES").contains("handshake");
    }

    private static void ok(RedisServer node, String... command) {
        Object answer = node.run(command);
        if (!"OK".equals(answer)) {
            throw new AssertionError(String.join(" ", command) + ": " + answer);
        }
    }

    private static String id(RedisServer node) {
        return node.text("CLUSTER", "MYID");
    }

    /** The masters that the Cluster began with. */
    public List<RedisServer> masters() {
        return nodes.subList(0, MASTERS);
    }

    /** The replicas that it began with, in the order of their masters. */
    public List<RedisServer> replicas() {
        return nodes.subList(MASTERS, nodes.size());
    }

    /** {@code redis://} and all nodes. */
    public String address() {
        return "redis://"
                + String.join(
                        ",", nodes.stream().map(it -> "127.0.0.1:" + it.port()).toList());
    }

    /** The slot of a key. */
    public int slot(String key) {
        return Integer.parseInt(nodes.getFirst().text("CLUSTER", "KEYSLOT", key));
    }

    /** The master that the slot was given to at the start. */
    public RedisServer owner(int slot) {
        return IntStream.range(0, MASTERS)
                .filter(i -> slot < SLOTS * (i + 1) / MASTERS)
                .mapToObj(nodes::get)
                .findFirst()
                .orElseThrow();
    }

    /** The slot is on its way: keys that are not at the old owner any more are asked for at the new one. */
    public void beginMove(int slot, RedisServer from, RedisServer to) {
        ok(to, "CLUSTER", "SETSLOT", Integer.toString(slot), "IMPORTING", id(from));
        ok(from, "CLUSTER", "SETSLOT", Integer.toString(slot), "MIGRATING", id(to));
    }

    /** Moves the keys, and tells everybody that the slot has arrived. */
    public void finishMove(int slot, RedisServer from, RedisServer to) {
        moveKeys(slot, from, to);
        for (RedisServer node : List.of(to, from)) {
            ok(node, "CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", id(to));
        }
        for (RedisServer node : nodes) {
            node.run("CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", id(to));
        }
    }

    /** Gives all slots of a master, which has no keys, to another one. */
    public void giveAllSlots(RedisServer from, RedisServer to) {
        int i = nodes.indexOf(from);
        String first = Integer.toString(SLOTS * i / MASTERS);
        String last = Integer.toString(SLOTS * (i + 1) / MASTERS - 1);
        for (RedisServer node : nodes) {
            ok(node, "CLUSTER", "DELSLOTSRANGE", first, last);
        }
        ok(to, "CLUSTER", "ADDSLOTSRANGE", first, last);
        to.run("CLUSTER", "BUMPEPOCH");
        for (RedisServer node : nodes) {
            Waiting.until("the Cluster is whole", FORMING, () -> isWhole(node));
        }
    }

    /** Moves the keys of a slot that is on its way. */
    public void moveKeys(int slot, RedisServer from, RedisServer to) {
        List<String> keys = from.text("CLUSTER", "GETKEYSINSLOT", Integer.toString(slot), "1000")
                .lines()
                .filter(key -> !key.isEmpty())
                .toList();
        for (String key : keys) {
            ok(from, "MIGRATE", "127.0.0.1", Integer.toString(to.port()), key, "0", "5000");
        }
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }
}

package dev.runstream.store.redis;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The keys of one run in the {@link ModelRedis}, and what the scripts do with them. */
public final class ModelRun {
    static final long NEVER = Long.MAX_VALUE;

    private final String runId;
    final Map<String, String> meta;
    /** By seq; all are of the run's epoch. */
    final NavigableMap<Long, NewEvent> events;
    /** All that was ever stored, for who checks it. */
    private final NavigableMap<Long, NewEvent> written;

    final Map<String, Long> readers;
    final JsonBytes input;
    long expiresAtMillis = NEVER;
    private long changes;

    ModelRun(String runId, Map<String, String> meta, JsonBytes input) {
        this.runId = runId;
        this.meta = new HashMap<>(meta);
        this.input = input;
        events = new TreeMap<>();
        written = new TreeMap<>();
        readers = new HashMap<>();
    }

    private ModelRun(ModelRun other) {
        runId = other.runId;
        meta = new HashMap<>(other.meta);
        input = other.input;
        events = new TreeMap<>(other.events);
        written = new TreeMap<>(other.written);
        readers = new HashMap<>(other.readers);
        expiresAtMillis = other.expiresAtMillis;
        changes = other.changes;
    }

    ModelRun copy() {
        return new ModelRun(this);
    }

    /** Differs after each change of the log or the state. */
    public long changes() {
        return changes;
    }

    public RunRecord record() {
        return stored().record();
    }

    void put(long seq, NewEvent event) {
        events.put(seq, event);
        written.put(seq, event);
    }

    /** By seq, held or not. */
    public NavigableMap<Long, NewEvent> written() {
        return written;
    }

    public int attempt() {
        return (int) number("attempt");
    }

    public long createdAtMillis() {
        return number("createdAt");
    }

    public String state() {
        return at("state");
    }

    public long epoch() {
        return number("epoch");
    }

    public long lastSeq() {
        return number("lastSeq");
    }

    public long heardMillis() {
        return number("heard");
    }

    /** Where it was last put into its agent's line; empty for never. */
    public String queueEntry() {
        return meta.getOrDefault("queued", "");
    }

    long number(String field) {
        return Long.parseLong(meta.getOrDefault(field, "0"));
    }

    StoredRun stored() {
        return RunHash.parse(runId, meta).orElseThrow();
    }

    private String at(String field) {
        return meta.getOrDefault(field, "");
    }

    Commit.Answer commit(String node, Commit commit, long ttlMillis, ModelRedis redis) {
        String by = redis.plant() == Plant.FORGETS_COMMIT_NUMBERS ? "" : at("by:" + node);
        long last = by.isEmpty() ? 0 : Long.parseLong(by.substring(0, by.indexOf(' ')));
        if (last == commit.number()) {
            return new Commit.Answer.Again(Long.parseLong(by.substring(by.indexOf(' ') + 1)), stored());
        }
        if (!at("replid").equals(redis.replicationId()) && redis.plant() != Plant.TRUSTS_ANY_SERVER) {
            return new Commit.Answer.Moved(redis.tookOverFrom(at("replid")), stored());
        }
        if (last > commit.number()) {
            return new Commit.Answer.Stale(stored());
        }
        boolean isStale = epoch() != commit.epoch()
                || (number("rev") != commit.revision() && redis.plant() != Plant.IGNORES_THE_REVISION);
        boolean numbersMoved = commit.producers().entrySet().stream()
                .anyMatch(expected -> !at(expected.getKey()).equals(expected.getValue()));
        if (isStale || (numbersMoved && redis.plant() != Plant.IGNORES_THE_PRODUCERS)) {
            return new Commit.Answer.Stale(stored());
        }
        return store(node, commit, ttlMillis, redis);
    }

    private Commit.Answer store(String node, Commit commit, long ttlMillis, ModelRedis redis) {
        long before = lastSeq();
        long bytesBefore = number("bytes");
        meta.putAll(commit.fields());
        LogState log = RunHash.parse(runId, meta).orElseThrow().log();
        long bytes = bytesBefore;
        for (NewEvent event : commit.events()) {
            log = log.with(event);
            bytes += event.data().length();
            put(log.lastSeq(), event);
        }
        log = evict(log, redis.plant());
        write(log, bytes);
        meta.put("by:" + node, commit.number() + " " + log.lastSeq());
        if (ttlMillis > 0) {
            expiresAtMillis = redis.nowMillis() + ttlMillis;
        }
        changes++;
        if (!commit.events().isEmpty()) {
            redis.publish(ModelRedis.channel(runId), message(node, before, bytes, log, commit));
        }
        return new Commit.Answer.Stored(before, bytesBefore, log);
    }

    private LogState evict(LogState log, Plant plant) {
        LogState from = plant == Plant.EVICTS_THE_PARTIAL
                ? new LogState(
                        log.epoch(),
                        log.firstSeq(),
                        log.lastSeq(),
                        log.heldDataBytes(),
                        0,
                        log.islandSeq(),
                        log.islandDataBytes(),
                        log.attemptStarts())
                : log;
        LogState left = from.evictedTo(number("cap"), this::size);
        events.headMap(left.firstSeq()).keySet().removeIf(seq -> seq != left.islandSeq());
        return left;
    }

    private int size(long seq) {
        NewEvent event = events.get(seq);
        if (event == null) {
            throw new IllegalStateException("event " + seq + " of " + runId + " is to be evicted and not there");
        }
        return event.data().length();
    }

    private void write(LogState log, long bytes) {
        meta.put("lastSeq", Long.toString(log.lastSeq()));
        meta.put("bytes", Long.toString(bytes));
        meta.put("firstSeq", Long.toString(log.firstSeq()));
        meta.put("held", Long.toString(log.heldDataBytes()));
        meta.put("partialSeq", Long.toString(log.latestPartialSeq()));
        meta.put("islandSeq", Long.toString(log.islandSeq()));
        meta.put("islandBytes", Integer.toString(log.islandDataBytes()));
        meta.put("starts", starts(log));
    }

    private static String starts(LogState log) {
        return String.join(
                ",", Arrays.stream(log.attemptStarts()).mapToObj(Long::toString).toList());
    }

    private static byte[] message(String node, long before, long bytes, LogState log, Commit commit) {
        StringBuilder head = new StringBuilder()
                .append(node + " " + log.epoch() + " " + before + " "
                        + commit.events().size() + " " + bytes)
                .append(" " + log.firstSeq() + " " + log.heldDataBytes() + " " + log.latestPartialSeq())
                .append(" " + log.islandSeq() + " " + log.islandDataBytes() + " " + starts(log) + "\n");
        commit.fields().forEach((name, value) -> {
            if (!name.equals("heard") && name.indexOf(':') < 0) {
                head.append(name + " " + value + "\n");
            }
        });
        head.append('\n');
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        for (NewEvent event : commit.events()) {
            String line = event.type().code() + " " + event.attempt() + " "
                    + event.data().length() + "\n";
            message.writeBytes(line.getBytes(StandardCharsets.UTF_8));
            message.write(
                    event.data().array(), event.data().from(), event.data().length());
        }
        return message.toByteArray();
    }

    void renew(long epoch, Optional<Long> greaterEpoch, ModelRedis redis) {
        if (epoch() != epoch) {
            return;
        }
        meta.put("replid", redis.replicationId());
        if (greaterEpoch.isEmpty() || redis.plant() == Plant.KEEPS_THE_EPOCH_AFTER_A_LOSS) {
            return;
        }
        meta.replaceAll((field, value) ->
                field.startsWith("p:") ? value.substring(0, value.lastIndexOf(' ') + 1) + "1" : value);
        boolean waits = List.of("queued", "retrying").contains(meta.get("state"));
        if (waits && !RunSpec.EXTERNAL.equals(meta.get("agent"))) {
            meta.put("attempt", Long.toString(number("attempt") + 1));
        }
        meta.put("epoch", Long.toString(greaterEpoch.get()));
        meta.put("rev", Long.toString(number("rev") + 1));
        changes++;
        redis.publish(ModelRedis.channel(runId), "reset".getBytes(StandardCharsets.UTF_8));
    }

    List<NewEvent> page(long epoch, long fromSeq, int maxBytes, boolean skips) {
        List<NewEvent> page = new ArrayList<>();
        Long first = skips ? events.ceilingKey(fromSeq) : Long.valueOf(fromSeq);
        long bytes = 0;
        for (long seq = first == null ? fromSeq : first; epoch == epoch() && bytes < maxBytes; seq++) {
            NewEvent event = events.get(seq);
            if (event == null || (!page.isEmpty() && bytes + event.data().length() > maxBytes)) {
                break;
            }
            page.add(event);
            bytes += event.data().length();
        }
        return page;
    }

    boolean renewLease(int attempt, long nowMillis) {
        boolean isAtWork =
                number("attempt") == attempt && List.of("running", "cancelling").contains(at("state"));
        if (isAtWork) {
            meta.put("heard", Long.toString(nowMillis));
        }
        return isAtWork;
    }

    void note(String field, String value) {
        meta.put(field, value);
    }

    void readers(String node, long untilMillis, long nowMillis) {
        if (untilMillis != 0) {
            readers.put(node, untilMillis);
            return;
        }
        readers.remove(node);
        if (reading(nowMillis) == 0) {
            meta.put("gone", Long.toString(nowMillis));
        }
    }

    private long reading(long nowMillis) {
        return readers.values().stream().filter(until -> until > nowMillis).count();
    }

    Authority.Look look(long nowMillis) {
        long latest = readers.values().stream().mapToLong(Long::longValue).max().orElse(0);
        return new Authority.Look(stored(), reading(nowMillis), latest);
    }

    void keep(long untilMillis, long leastMillis, long nowMillis) {
        meta.put("keptUntil", Long.toString(untilMillis));
        if (expiresAtMillis != NEVER) {
            expiresAtMillis = Math.max(expiresAtMillis, nowMillis + leastMillis);
        }
    }

    boolean mayGo(long endedAtMillis, long nowMillis) {
        return number("endedAt") == endedAtMillis && number("keptUntil") <= nowMillis;
    }
}

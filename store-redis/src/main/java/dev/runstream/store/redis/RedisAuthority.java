package dev.runstream.store.redis;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.RunRecord;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisScript;
import dev.runstream.store.redis.link.RedisShape;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@link Authority} by scripts in a real Redis. */
final class RedisAuthority implements Authority {
    private static final RedisScript CREATE = script("create");
    private static final RedisScript COMMIT = script("commit");
    private static final RedisScript RENEW = script("renew");
    private static final RedisScript LOOK = script("look");
    private static final RedisScript READERS = script("readers");
    private static final RedisScript RENEW_LEASE = script("renew_lease");
    private static final RedisScript KEEP = script("keep");
    private static final RedisScript DELETE = script("delete");
    private static final int FIRST_ENTRIES = 8;
    private static final int MOST_ENTRIES = 512;

    private final RedisLink link;
    private final RunKeys keys;
    private final String node;
    private final Duration afterRetention;
    private final long capBytes;
    private final String publish;

    /**
     * @param node names this process
     * @param capBytes how much data the log of a new run may hold
     * @param afterRetention how long Redis keeps an ended run beyond its time, in case nobody is there to delete it
     */
    RedisAuthority(RedisLink link, RunKeys keys, String node, long capBytes, Duration afterRetention) {
        this.link = link;
        this.keys = keys;
        this.node = node;
        this.capBytes = capBytes;
        this.afterRetention = afterRetention;
        publish = link.shape() == RedisShape.CLUSTER ? "SPUBLISH" : "PUBLISH";
    }

    private static RedisScript script(String name) {
        return RedisScript.ofResource(RedisAuthority.class, name + ".lua");
    }

    @Override
    public CompletionStage<Optional<StoredRun>> create(
            RunRecord run, LogState log, List<NewEvent> events, JsonBytes input, long heardMillis) {
        ScriptArguments arguments = new ScriptArguments()
                .number(run.epoch())
                .json(input)
                .pairs(RunHash.ofNew(run, log, capBytes, heardMillis))
                .events(events);
        String runId = run.runId();
        String[] touched = {keys.meta(runId), keys.events(runId), keys.input(runId)};
        return link.<List<Object>>eval(CREATE, ScriptOutputType.MULTI, touched, arguments.toArray())
                .thenApply(answer -> answer.size() < 2 ? Optional.empty() : stored(runId, answer.get(1)));
    }

    @Override
    public CompletionStage<Commit.Answer> commit(Commit commit) {
        String runId = commit.runId();
        long ttlMillis = commit.expiry()
                .map(expiry -> expiry.plus(afterRetention).toMillis())
                .orElse(0L);
        ScriptArguments arguments = new ScriptArguments()
                .text(node)
                .number(commit.number())
                .number(commit.epoch())
                .number(commit.revision())
                .number(ttlMillis)
                .text(keys.channel(runId))
                .text(publish)
                .pairs(commit.producers())
                .pairs(commit.fields())
                .events(commit.events());
        return link.<List<Object>>eval(COMMIT, ScriptOutputType.MULTI, keys.ofRun(runId), arguments.toArray())
                .thenApply(answer -> answer(commit, answer));
    }

    private static Commit.Answer answer(Commit commit, List<Object> answer) {
        String runId = commit.runId();
        return switch (text(answer, 0)) {
            case "ok" -> {
                long lastSeq = number(answer, 1);
                LogState log = new LogState(
                        commit.epoch(),
                        number(answer, 3),
                        lastSeq + commit.events().size(),
                        number(answer, 4),
                        number(answer, 5),
                        number(answer, 6),
                        Math.toIntExact(number(answer, 7)),
                        RunHash.starts(text(answer, 8)));
                yield new Commit.Answer.Stored(lastSeq, number(answer, 2), log);
            }
            case "again" ->
                new Commit.Answer.Again(
                        number(answer, 1), stored(runId, answer.get(2)).orElseThrow());
            case "stale" -> new Commit.Answer.Stale(stored(runId, answer.get(1)).orElseThrow());
            case "moved" -> {
                Map<String, String> fields = RunHash.fields((List<?>) answer.get(2));
                boolean isNext = text(answer, 1).equals(fields.get("replid"));
                yield new Commit.Answer.Moved(
                        isNext, RunHash.parse(runId, fields).orElseThrow());
            }
            case "gone" -> new Commit.Answer.Gone();
            default -> throw new IllegalStateException("a commit was answered by " + text(answer, 0));
        };
    }

    private static String text(List<Object> answer, int index) {
        return RunHash.text(answer.get(index));
    }

    private static long number(List<Object> answer, int index) {
        return Long.parseLong(text(answer, index));
    }

    private static Optional<StoredRun> stored(String runId, Object fields) {
        return RunHash.parse(runId, RunHash.fields((List<?>) fields));
    }

    @Override
    public CompletionStage<Optional<StoredRun>> load(String runId) {
        return link.call(commands -> commands.hgetall(keys.meta(runId)))
                .thenApply(fields -> RunHash.parse(runId, RunHash.fields(fields)));
    }

    @Override
    public CompletionStage<Optional<Tail>> tail(String runId) {
        return link.call(commands -> commands.hmget(keys.meta(runId), "epoch", "lastSeq", "rev"))
                .thenApply(values -> values.getFirst().hasValue()
                        ? Optional.of(new Tail(number(values.get(0)), number(values.get(1)), number(values.get(2))))
                        : Optional.empty());
    }

    private static long number(KeyValue<String, byte[]> value) {
        return Long.parseLong(RunHash.text(value.getValue()));
    }

    @Override
    public CompletionStage<Optional<StoredRun>> renew(String runId, long epoch, Optional<Long> greaterEpoch) {
        ScriptArguments arguments = new ScriptArguments()
                .number(epoch)
                .number(greaterEpoch.isEmpty() ? 1 : 0)
                .number(greaterEpoch.orElse(epoch))
                .text(keys.channel(runId))
                .text(publish);
        String[] touched = {keys.meta(runId), keys.events(runId)};
        return link.<List<Object>>eval(RENEW, ScriptOutputType.MULTI, touched, arguments.toArray())
                .thenApply(answer -> answer.size() < 2 ? Optional.empty() : stored(runId, answer.get(1)));
    }

    @Override
    public CompletionStage<List<StoredEvent>> events(String runId, long epoch, long fromSeq, int maxBytes) {
        return readOn(new Page(runId, epoch, fromSeq, maxBytes), FIRST_ENTRIES);
    }

    /** Entries are asked for a few at first, and then by the size that they were seen to have. */
    private CompletionStage<List<StoredEvent>> readOn(Page page, int entries) {
        Range<String> range = Range.from(
                Range.Boundary.including(page.epoch + "-" + page.nextSeq()), Range.Boundary.<String>unbounded());
        return link.call(commands -> commands.xrange(keys.events(page.runId), range, Limit.from(entries)))
                .thenCompose(found -> page.add(found) && found.size() == entries
                        ? readOn(page, page.entriesToAsk())
                        : CompletableFuture.completedFuture(page.events));
    }

    /** Consecutive events on their way in. */
    private static final class Page {
        private final String runId;
        private final long epoch;
        private final long fromSeq;
        private final int maxBytes;
        private final List<StoredEvent> events = new ArrayList<>();
        private long bytes;

        Page(String runId, long epoch, long fromSeq, int maxBytes) {
            this.runId = runId;
            this.epoch = epoch;
            this.fromSeq = fromSeq;
            this.maxBytes = maxBytes;
        }

        long nextSeq() {
            return fromSeq + events.size();
        }

        /** False where the page ends, since it is full or what comes is not the next event. */
        boolean add(List<StreamMessage<String, byte[]>> entries) {
            for (StreamMessage<String, byte[]> entry : entries) {
                byte[] data = field(entry, "d");
                if (!entry.getId().equals(epoch + "-" + nextSeq())
                        || (!events.isEmpty() && bytes + data.length > maxBytes)) {
                    return false;
                }
                EventType type = EventType.ofCode(Integer.parseInt(RunHash.text(field(entry, "t"))));
                events.add(new StoredEvent(type, JsonBytes.trusted(data)));
                bytes += data.length;
            }
            return bytes < maxBytes;
        }

        private static byte[] field(StreamMessage<String, byte[]> entry, String name) {
            byte[] value = entry.getBody().get(name);
            if (value == null) {
                throw new IllegalStateException("event " + entry.getId() + " in Redis has no field " + name);
            }
            return value;
        }

        int entriesToAsk() {
            long average = Math.max(1, bytes / Math.max(1, events.size()));
            return Math.clamp((maxBytes - bytes) / average + 1, 1, MOST_ENTRIES);
        }
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> input(String runId) {
        return link.call(commands -> commands.get(keys.input(runId)))
                .thenApply(input -> Optional.ofNullable(input).map(JsonBytes::trusted));
    }

    @Override
    public CompletionStage<Optional<Look>> look(String runId, long nowMillis) {
        String[] touched = {keys.meta(runId), keys.readers(runId)};
        return link.<List<Object>>eval(
                        LOOK,
                        ScriptOutputType.MULTI,
                        touched,
                        new ScriptArguments().number(nowMillis).toArray())
                .thenApply(answer -> stored(runId, answer.get(0))
                        .map(run -> new Look(run, number(answer, 1), (long) Double.parseDouble(text(answer, 2)))));
    }

    @Override
    public CompletionStage<Boolean> readers(String runId, long untilMillis, long nowMillis) {
        String[] touched = {keys.meta(runId), keys.readers(runId)};
        return isOne(
                READERS,
                touched,
                new ScriptArguments().text(node).number(untilMillis).number(nowMillis));
    }

    @Override
    public CompletionStage<Boolean> renewLease(String runId, int attempt, long nowMillis) {
        String[] touched = {keys.meta(runId)};
        return isOne(RENEW_LEASE, touched, new ScriptArguments().number(attempt).number(nowMillis));
    }

    @Override
    public CompletionStage<Boolean> keep(String runId, long untilMillis, Duration atLeast) {
        return isOne(
                KEEP,
                keys.ofRun(runId),
                new ScriptArguments().number(untilMillis).number(atLeast.toMillis()));
    }

    @Override
    public CompletionStage<Boolean> delete(String runId, long endedAtMillis, long nowMillis) {
        return isOne(
                DELETE,
                keys.ofRun(runId),
                new ScriptArguments().number(endedAtMillis).number(nowMillis));
    }

    private CompletionStage<Boolean> isOne(RedisScript script, String[] touched, ScriptArguments arguments) {
        return link.<Long>eval(script, ScriptOutputType.INTEGER, touched, arguments.toArray())
                .thenApply(answer -> answer == 1);
    }

    @Override
    public CompletionStage<Void> follow(String runId) {
        return link.subscribe(keys.channel(runId));
    }

    @Override
    public void unfollow(String runId) {
        link.unsubscribe(keys.channel(runId));
    }
}

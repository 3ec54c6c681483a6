package dev.runstream.store.redis;

import dev.runstream.core.log.LogState;
import dev.runstream.core.run.Producers;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.Stop;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How a run stands in its hash: which field says what. Scripts know the fields of the log by the same names. */
final class RunHash {
    private static final String PRODUCER = "p:";

    private RunHash() {}

    /** All fields of a new run. */
    static Map<String, String> ofNew(RunRecord run, LogState log, long capBytes, long heardMillis) {
        RunSpec spec = run.spec();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("agent", spec.agent());
        fields.put("attempts", Integer.toString(spec.attempts()));
        fields.put("cancelOnDisconnect", flag(spec.cancelOnDisconnect()));
        fields.put("timeout", Long.toString(spec.timeoutMillis()));
        fields.put("lease", Long.toString(spec.leaseMillis()));
        fields.put("key", spec.idempotencyKey());
        fields.put("fingerprint", spec.fingerprint());
        fields.put("inputBytes", Integer.toString(spec.inputBytes()));
        fields.put("createdAt", Long.toString(spec.createdAtMillis()));
        fields.put("epoch", Long.toString(run.epoch()));
        fields.put("cap", Long.toString(capBytes));
        fields.put("rev", "1");
        fields.put("heard", Long.toString(heardMillis));
        fields.put("bytes", Long.toString(run.bytes()));
        fields.put("lastSeq", Long.toString(log.lastSeq()));
        fields.put("firstSeq", Long.toString(log.firstSeq()));
        fields.put("held", Long.toString(log.heldDataBytes()));
        fields.put("partialSeq", Long.toString(log.latestPartialSeq()));
        fields.put("islandSeq", Long.toString(log.islandSeq()));
        fields.put("islandBytes", Integer.toString(log.islandDataBytes()));
        fields.put("starts", starts(log.attemptStarts()));
        fields.putAll(changing(run));
        fields.putAll(changes(Producers.NONE, run.producers()));
        return fields;
    }

    /** What differs between two records of a run, but for the growth of its log and its producers. */
    static Map<String, String> changes(RunRecord before, RunRecord after) {
        Map<String, String> changes = changing(after);
        changing(before).forEach(changes::remove);
        return changes;
    }

    private static Map<String, String> changing(RunRecord run) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("state", run.state().name().toLowerCase(Locale.ROOT));
        fields.put("attempt", Integer.toString(run.attempt()));
        fields.put("startedAt", Long.toString(run.startedAtMillis()));
        fields.put("endedAt", Long.toString(run.endedAtMillis()));
        fields.put("stop", run.stop().reason().name().toLowerCase(Locale.ROOT));
        fields.put("cancelRequestedAt", Long.toString(run.stop().atMillis()));
        fields.put("readerCame", flag(run.readerCame()));
        return fields;
    }

    private static String flag(boolean set) {
        return set ? "1" : "0";
    }

    /** The fields of producers whose next number differs. */
    static Map<String, String> changes(Producers before, Producers after) {
        if (before.equals(after)) {
            return Map.of();
        }
        Map<String, String> changes = new HashMap<>();
        after.next().forEach((id, next) -> {
            if (!next.equals(before.next().get(id))) {
                changes.put(producerField(id), producerValue(next));
            }
        });
        return changes;
    }

    static String producerField(String id) {
        return PRODUCER + id;
    }

    /** What a producer's field holds; nothing where it has none. */
    static String producerValue(Producers.Next next) {
        return next.epoch() + " " + next.seq() + " " + flag(next.anySeq());
    }

    static Optional<StoredRun> parse(String runId, Map<String, String> fields) {
        return fields.containsKey("epoch") ? Optional.of(parsed(runId, fields)) : Optional.empty();
    }

    private static StoredRun parsed(String runId, Map<String, String> fields) {
        RunSpec spec = new RunSpec(
                runId,
                text(fields, "agent"),
                Math.toIntExact(number(fields, "attempts")),
                number(fields, "cancelOnDisconnect") == 1,
                number(fields, "timeout"),
                number(fields, "lease"),
                text(fields, "key"),
                text(fields, "fingerprint"),
                Math.toIntExact(number(fields, "inputBytes")),
                number(fields, "createdAt"));
        LogState log = new LogState(
                number(fields, "epoch"),
                number(fields, "firstSeq"),
                number(fields, "lastSeq"),
                number(fields, "held"),
                number(fields, "partialSeq"),
                number(fields, "islandSeq"),
                Math.toIntExact(number(fields, "islandBytes")),
                starts(text(fields, "starts")));
        RunRecord record = changed(
                new RunRecord(
                        spec,
                        RunState.QUEUED,
                        1,
                        0,
                        0,
                        Stop.NONE,
                        log.epoch(),
                        log.lastSeq(),
                        number(fields, "bytes"),
                        producers(fields),
                        false),
                fields,
                log.lastSeq(),
                number(fields, "bytes"));
        return new StoredRun(
                record,
                log,
                number(fields, "rev"),
                number(fields, "heard"),
                number(fields, "gone"),
                number(fields, "keptUntil"),
                text(fields, "queued"));
    }

    /** A record with those fields changed that are given, and a log that has grown. */
    static RunRecord changed(RunRecord run, Map<String, String> fields, long lastSeq, long bytes) {
        Stop stop = fields.containsKey("stop")
                ? new Stop(
                        Stop.Reason.valueOf(text(fields, "stop").toUpperCase(Locale.ROOT)),
                        number(fields, "cancelRequestedAt"))
                : run.stop();
        return new RunRecord(
                run.spec(),
                fields.containsKey("state")
                        ? RunState.valueOf(text(fields, "state").toUpperCase(Locale.ROOT))
                        : run.state(),
                fields.containsKey("attempt") ? Math.toIntExact(number(fields, "attempt")) : run.attempt(),
                fields.containsKey("startedAt") ? number(fields, "startedAt") : run.startedAtMillis(),
                fields.containsKey("endedAt") ? number(fields, "endedAt") : run.endedAtMillis(),
                stop,
                run.epoch(),
                lastSeq,
                bytes,
                run.producers(),
                fields.containsKey("readerCame") ? number(fields, "readerCame") == 1 : run.readerCame());
    }

    private static Producers producers(Map<String, String> fields) {
        Map<String, Producers.Next> next = new HashMap<>();
        fields.forEach((field, value) -> {
            if (field.startsWith(PRODUCER)) {
                String[] parts = value.split(" ", -1);
                next.put(
                        field.substring(PRODUCER.length()),
                        new Producers.Next(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2].equals("1")));
            }
        });
        return next.isEmpty() ? Producers.NONE : new Producers(next);
    }

    private static String starts(long[] seqs) {
        return String.join(",", Arrays.stream(seqs).mapToObj(Long::toString).toList());
    }

    static long[] starts(String seqs) {
        return Arrays.stream(seqs.split(",")).mapToLong(Long::parseLong).toArray();
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(fields.getOrDefault(name, "0"));
    }

    private static String text(Map<String, String> fields, String name) {
        return fields.getOrDefault(name, "");
    }

    /** Fields as a command gives them. */
    static Map<String, String> fields(Map<String, byte[]> raw) {
        Map<String, String> fields = new HashMap<>();
        raw.forEach((name, value) -> fields.put(name, text(value)));
        return fields;
    }

    /** Fields as a script gives them: names and values in turns. */
    static Map<String, String> fields(List<?> flat) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            fields.put(text(flat.get(i)), text(flat.get(i + 1)));
        }
        return fields;
    }

    /** What Redis gave, as text. */
    static String text(Object reply) {
        return reply instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(reply);
    }
}

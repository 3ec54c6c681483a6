package dev.runstream.store.redis;

import dev.runstream.core.run.RunQuery;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of the {@link ModelRedis} that all runs share. */
public final class ModelIndex {
    private static final long TOKEN_MILLIS = 300_000;
    private static final long CLAIM_MILLIS = 86_400_000;
    private static final long AWAY_MILLIS = 1_000;
    private static final long HAND_OUT_AGAIN_MILLIS = 5_000;
    private static final int DUE_AT_ONCE = 100;
    private static final Comparator<Map.Entry<String, Long>> BY_SCORE =
            Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey());

    private final Map<String, Long> open = new HashMap<>();
    private final Map<String, Long> runs = new HashMap<>();
    private final Map<String, Long> deadlines = new HashMap<>();
    private final Map<String, Key> keys = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private long upLast;
    private long upSince;

    private record Key(String runId, long expiresAtMillis) {}

    void takeFrom(ModelIndex other) {
        open.putAll(other.open);
        runs.putAll(other.runs);
        deadlines.putAll(other.deadlines);
        keys.putAll(other.keys);
        tokens.putAll(other.tokens);
        upLast = other.upLast;
        upSince = other.upSince;
    }

    void expire(long nowMillis) {
        keys.values().removeIf(key -> key.expiresAtMillis <= nowMillis);
        tokens.values().removeIf(until -> until <= nowMillis);
    }

    public boolean hasToken(String runId) {
        return tokens.containsKey(runId);
    }

    /** Runs that are listed somewhere. */
    public Set<String> listedAnywhere() {
        Set<String> all = new HashSet<>(open.keySet());
        all.addAll(runs.keySet());
        all.addAll(deadlines.keySet());
        return all;
    }

    /** Whether a run that has not ended stands wherever it is looked for. */
    public boolean hasAllOf(String runId) {
        return open.containsKey(runId) && runs.containsKey(runId) && deadlines.containsKey(runId);
    }

    public boolean isListedAsOpen(String runId) {
        return open.containsKey(runId);
    }

    /** Idempotency keys that are taken. */
    public Set<String> takenKeys() {
        return keys.keySet();
    }

    long openRuns() {
        return open.size();
    }

    void openedOne(String runId, long createdAtMillis) {
        open.put(runId, createdAtMillis);
    }

    void listed(String runId, long createdAtMillis) {
        runs.put(runId, createdAtMillis);
    }

    void closedOne(String runId) {
        open.remove(runId);
    }

    /** Whether a later run of that name is listed. */
    boolean unlisted(String runId, long createdBeforeMillis) {
        return isLaterAfterRemoval(runs, runId, createdBeforeMillis);
    }

    void unlistedAsOpen(String runId, long createdBeforeMillis) {
        isLaterAfterRemoval(open, runId, createdBeforeMillis);
    }

    private static boolean isLaterAfterRemoval(Map<String, Long> list, String runId, long createdBeforeMillis) {
        return list.computeIfPresent(
                        runId, (id, createdAtMillis) -> createdAtMillis > createdBeforeMillis ? createdAtMillis : null)
                != null;
    }

    void undue(String runId) {
        deadlines.remove(runId);
    }

    void expireKey(String key, long atMillis) {
        keys.computeIfPresent(key, (name, before) -> new Key(before.runId, atMillis));
    }

    String claimKey(String key, String runId, long nowMillis) {
        return keys.computeIfAbsent(key, name -> new Key(runId, nowMillis + CLAIM_MILLIS)).runId;
    }

    void releaseKey(String key, String runId) {
        keys.computeIfPresent(key, (name, there) -> there.runId.equals(runId) ? null : there);
    }

    void deadline(String runId, long dueMillis) {
        deadlines.put(runId, dueMillis);
    }

    void deadlineInsteadOf(String runId, long knownMillis, long dueMillis) {
        deadlines.merge(runId, dueMillis, (there, due) -> there == knownMillis ? due : Math.min(there, due));
    }

    void deadlineIfNone(String runId, long dueMillis) {
        deadlines.putIfAbsent(runId, dueMillis);
    }

    void deadlineNoLater(String runId, long dueMillis) {
        deadlines.merge(runId, dueMillis, Math::min);
    }

    SharedIndex.Due due(long nowMillis, long thereSinceMillis) {
        if (thereSinceMillis - upLast > AWAY_MILLIS) {
            upSince = thereSinceMillis;
        }
        upLast = Math.max(upLast, nowMillis);
        List<String> due = deadlines.entrySet().stream()
                .filter(entry -> entry.getValue() <= nowMillis)
                .sorted(BY_SCORE)
                .limit(DUE_AT_ONCE)
                .map(Map.Entry::getKey)
                .toList();
        due.forEach(runId -> deadlines.put(runId, nowMillis + HAND_OUT_AGAIN_MILLIS));
        return new SharedIndex.Due(
                upSince == 0 ? nowMillis : upSince, due, nowMillis + HAND_OUT_AGAIN_MILLIS, due.size() == DUE_AT_ONCE);
    }

    void setToken(String runId, long nowMillis) {
        tokens.put(runId, nowMillis + TOKEN_MILLIS);
    }

    void removeToken(String runId) {
        tokens.remove(runId);
    }

    List<RunQuery.Place> listed(Optional<RunQuery.Place> after, int most) {
        return runs.entrySet().stream()
                .map(entry -> new RunQuery.Place(entry.getValue(), entry.getKey()))
                .filter(place -> after.isEmpty() || place.compareTo(after.get()) > 0)
                .sorted()
                .limit(most)
                .toList();
    }

    List<RunQuery.Place> open(long offset, int most) {
        return open.entrySet().stream()
                .sorted(BY_SCORE)
                .skip(offset)
                .limit(most)
                .map(entry -> new RunQuery.Place(entry.getValue(), entry.getKey()))
                .toList();
    }
}

package dev.runstream.store.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The names of keys and channels. Whatever one script touches has one hash tag, so that it lies in one slot of a Cluster.
 *
 * @param prefix what all of them begin with, {@code ai:} unless configured
 */
record RunKeys(String prefix) {
    /** What a script on one run may touch: the run itself, its events, its input, its readers. */
    String[] ofRun(String runId) {
        return new String[] {meta(runId), events(runId), run(runId, "input"), run(runId, "readers")};
    }

    String meta(String runId) {
        return run(runId, "meta");
    }

    String events(String runId) {
        return run(runId, "events");
    }

    String input(String runId) {
        return run(runId, "input");
    }

    String readers(String runId) {
        return run(runId, "readers");
    }

    /** The channel on which a run's events are told. */
    String channel(String runId) {
        return run(runId, "live");
    }

    /** The run that a channel belongs to; empty for another channel. */
    Optional<String> runOfChannel(String channel) {
        String begin = prefix + "run:{";
        String end = "}:live";
        return channel.startsWith(begin) && channel.endsWith(end)
                ? Optional.of(channel.substring(begin.length(), channel.length() - end.length()))
                : Optional.empty();
    }

    private String run(String runId, String what) {
        return prefix + "run:{" + runId + "}:" + what;
    }

    /** The cancel token: workers in any language ask for exactly this key. */
    String cancelToken(String runId) {
        return prefix + "run:" + runId + ":cancel";
    }

    /** The channel on which the names of runs are told whose cancel was asked for. */
    String cancelChannel() {
        return prefix + "run:cancel";
    }

    /** All runs by their creation. */
    String runs() {
        return prefix + "runs";
    }

    /** Those that have not ended. */
    String openRuns() {
        return prefix + "runs:open";
    }

    String deadlines() {
        return prefix + "deadlines";
    }

    /** Since when somebody has always been there; in the slot of the deadlines. */
    String up() {
        return "{" + prefix + "deadlines}:up";
    }

    String idempotency(String key) {
        return prefix + "idem:" + sha256(key);
    }

    /** The runs of an agent that wait for a worker. */
    String queue(String agent) {
        return prefix + "agent:" + agent + ":queue";
    }

    /** The channel on which it is told that a run waits. */
    String queueChannel() {
        return prefix + "agent:queue";
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

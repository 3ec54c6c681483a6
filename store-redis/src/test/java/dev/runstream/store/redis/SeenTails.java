package dev.runstream.store.redis;

import dev.runstream.core.log.LogState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How far a process has come with each run, as its ports can tell: for plants that look no further. */
final class SeenTails {
    private final Map<String, Authority.Tail> tails = new HashMap<>();

    void saw(StoredRun run) {
        saw(run.runId(), Authority.Tail.of(run));
    }

    private void saw(String runId, Authority.Tail tail) {
        tails.merge(
                runId,
                tail,
                (before, now) -> now.epoch() > before.epoch() || now.lastSeq() >= before.lastSeq() ? now : before);
    }

    void saw(Commit commit, Commit.Answer answer) {
        switch (answer) {
            case Commit.Answer.Stored stored ->
                saw(
                        commit.runId(),
                        new Authority.Tail(
                                stored.log().epoch(),
                                stored.log().lastSeq(),
                                Long.parseLong(commit.fields().getOrDefault("rev", "" + commit.revision()))));
            case Commit.Answer.Again again -> saw(again.now());
            case Commit.Answer.Stale stale -> saw(stale.now());
            case Commit.Answer.Moved moved -> {}
            case Commit.Answer.Gone gone -> tails.remove(commit.runId());
        }
    }

    /** The end of the copy instead of the real one. */
    Authority.Tail instead(String runId, Authority.Tail real) {
        Authority.Tail seen = tails.get(runId);
        return seen == null || seen.epoch() != real.epoch() ? real : seen;
    }

    void told(String runId, LiveMessage message) {
        Authority.Tail seen = tails.get(runId);
        if (seen != null && seen.lastSeq() == message.lastSeq()) {
            String revision = message.changes().getOrDefault("rev", "" + seen.revision());
            saw(runId, new Authority.Tail(message.log().epoch(), message.log().lastSeq(), Long.parseLong(revision)));
        }
    }

    /** A message as if nothing were missing before it. */
    LiveMessage asIfNext(String runId, LiveMessage message) {
        long last = Optional.ofNullable(tails.get(runId))
                .map(Authority.Tail::lastSeq)
                .orElse(Long.MAX_VALUE);
        if (message.lastSeq() <= last) {
            return message;
        }
        LogState log = message.log();
        LogState shifted = new LogState(
                log.epoch(),
                Math.min(log.firstSeq(), last + 1),
                last + message.events().size(),
                log.heldDataBytes(),
                0,
                0,
                0,
                log.attemptStarts());
        return new LiveMessage(message.node(), last, message.bytes(), shifted, message.changes(), message.events());
    }
}

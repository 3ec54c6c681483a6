package dev.runstream.store.redis;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** What this process listens to: each run once, however many ask. Safe for any thread. */
final class Follows {
    private final Authority authority;

    // shared; an entry and what Redis is told about it change together
    private final Map<String, Follow> follows = new ConcurrentHashMap<>();

    private record Follow(int count, CompletionStage<Void> begun) {}

    Follows(Authority authority) {
        this.authority = authority;
    }

    /**
     * From the end of the stage on, commits on the run are told; once for each {@link #end}. Where it fails nothing has
     * begun, and whoever asks next tries anew.
     */
    CompletionStage<Void> begin(String runId) {
        Follow follow = follows.compute(
                runId,
                (id, there) ->
                        there == null ? new Follow(1, authority.follow(id)) : new Follow(there.count + 1, there.begun));
        return follow.begun.whenComplete((begun, fault) -> {
            if (fault != null) {
                follows.computeIfPresent(runId, (id, there) -> there.begun.equals(follow.begun) ? null : there);
            }
        });
    }

    void end(String runId) {
        follows.computeIfPresent(runId, (id, follow) -> {
            if (follow.count > 1) {
                return new Follow(follow.count - 1, follow.begun);
            }
            authority.unfollow(id);
            return null;
        });
    }

    int size() {
        return follows.size();
    }
}

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

    /** From the end of the stage on, commits on the run are told; once for each {@link #end}. */
    CompletionStage<Void> begin(String runId) {
        return follows.compute(
                        runId,
                        (id, follow) -> follow == null
                                ? new Follow(1, authority.follow(id))
                                : new Follow(follow.count + 1, follow.begun))
                .begun;
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

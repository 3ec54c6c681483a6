package dev.runstream.store.redis;

import dev.runstream.core.run.RunQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One page of the listing of runs, filtered as it is read. */
final class Listing {
    private static final int AT_ONCE = 100;

    private final Authority authority;
    private final SharedIndex index;
    private final RunQuery query;
    private final List<StoredRun> found = new ArrayList<>();

    Listing(Authority authority, SharedIndex index, RunQuery query) {
        this.authority = authority;
        this.index = index;
        this.query = query;
    }

    /** The runs asked for, and one more where others follow. */
    CompletionStage<List<StoredRun>> runs() {
        return from(query.after());
    }

    private CompletionStage<List<StoredRun>> from(Optional<RunQuery.Place> after) {
        return index.listed(after, AT_ONCE)
                .thenCompose(places -> load(places).thenCompose(loaded -> {
                    loaded.stream()
                            .flatMap(Optional::stream)
                            .filter(run -> query.matches(run.record()))
                            .forEach(found::add);
                    boolean isEnough = found.size() > query.limit();
                    return isEnough || places.size() < AT_ONCE
                            ? CompletableFuture.completedFuture(isEnough ? found.subList(0, query.limit() + 1) : found)
                            : from(Optional.of(places.getLast()));
                }));
    }

    private CompletionStage<List<Optional<StoredRun>>> load(List<RunQuery.Place> places) {
        CompletionStage<List<Optional<StoredRun>>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (RunQuery.Place place : places) {
            all = all.thenCombine(authority.load(place.runId()), (before, run) -> {
                before.add(run);
                return before;
            });
        }
        return all;
    }
}
